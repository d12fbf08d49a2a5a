"""All that one module declares, with every named type that its functions and tables reach."""

from __future__ import annotations

from collections.abc import Iterator

from convexgen import ir
from convexgen.analysis.auth import check_auth
from convexgen.analysis.crons import crons
from convexgen.analysis.declarations import (
    Findings,
    FunctionDeclaration,
    ModuleDeclaration,
    TableDeclaration,
    TypeDeclaration,
)
from convexgen.analysis.functions import Functions
from convexgen.analysis.named import NamedTypes
from convexgen.analysis.resolve import Program
from convexgen.analysis.routes import routes
from convexgen.analysis.tables import Tables
from convexgen.naming import Naming, wire_name
from convexgen.rules import reading


class Analysis:
    """One program being understood. What a module declares is worked out when it is asked for."""

    def __init__(self, program: Program, naming: Naming) -> None:
        self.program = program
        self.naming: Naming = naming
        self.named = NamedTypes(program, naming)
        self.tables = Tables(self.named)
        self._functions = Functions(self.named.fields)

    def module(self, name: str) -> ModuleDeclaration:
        """The declarations of the module called `name` (dotted, in the functions folder)."""
        syntax = self.program.modules[name]
        findings = Findings(syntax.path)
        self._check_imports(name, findings)
        tables = self.tables.declared_in(name, findings)
        functions, http_actions = self._functions.declared_in(name, findings)
        own_routes = routes(self.program, findings) if name == "http" else ()
        jobs = crons(self.program, findings) if name == "crons" else ()
        if name == "auth_config":
            check_auth(self.program, findings)
        used = self.named.closure(_mentioned(functions, tables))
        for declaration in used.values():
            findings.extend(declaration.findings)
        return ModuleDeclaration(
            syntax.path,
            name,
            "/".join(wire_name(part, self.naming) for part in name.split(".")) if name else "",
            syntax.doc,
            tables,
            self._types(name, used),
            used,
            functions,
            http_actions,
            own_routes,
            jobs,
            tuple(findings),
        )

    def _types(self, name: str, used: dict[str, TypeDeclaration]) -> tuple[TypeDeclaration, ...]:
        """The sound types of the module, the generic instances that they and `used` name, and our own types."""
        own = {each.definition.symbol: each for each in self.named.declared_in(name)}
        reached = self.named.closure(part for each in own.values() for part in ir.types_of(each.definition))
        instances = {
            symbol: each
            for symbol, each in (reached | used).items()
            if symbol.endswith("]") or each.module == name or not each.path
        }
        sound = {symbol: each for symbol, each in (own | instances).items() if not each.findings}
        return tuple(sound[symbol] for symbol in sorted(sound))

    def _check_imports(self, module: str, findings: Findings) -> None:
        for name in self.program.scope(module):
            broken = self.program.broken_import(module, name)
            if broken is not None:
                statement, meaning = broken
                what = f"`{statement.name}` from `{'.' * statement.level}{statement.module}`"
                if statement.name is None:
                    what = f"`{statement.module}`"
                close = self.program.suggestions(meaning)
                help_ = f"did you mean `{close}`?" if close else "define it there, or remove the import"
                meant = close or ""
                findings.report(
                    reading.UNRESOLVED_IMPORT, f"{what} is not there", statement.place, help=help_, meant=meant
                )


def _mentioned(functions: tuple[FunctionDeclaration, ...], tables: tuple[TableDeclaration, ...]) -> Iterator[ir.Type]:
    for each in functions:
        yield each.function.returns
        yield from (arg.type for arg in each.function.args)
    for table in tables:
        yield from (field.type for field in table.table.fields)
        yield from (ir.Named(variant) for variant in table.table.variants)
