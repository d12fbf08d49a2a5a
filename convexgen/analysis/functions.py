"""Queries, mutations, actions and HTTP actions: their signatures, never their bodies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from convexgen import ir
from convexgen.analysis.classes import describe
from convexgen.analysis.declarations import FieldDeclaration, Findings, FunctionDeclaration, span
from convexgen.analysis.fields import Fields
from convexgen.analysis.named import deprecation
from convexgen.analysis.resolve import External, Missing, Program
from convexgen.analysis.signatures import Role, Signatures
from convexgen.analysis.syntax import (
    AssignmentSyntax,
    CallExpr,
    ClassSyntax,
    ConstantExpr,
    Expr,
    FunctionSyntax,
    HiddenFunction,
    ParameterSyntax,
)
from convexgen.analysis.types import ANY, Scope
from convexgen.diagnostics import Label
from convexgen.naming import exported_name, wire_name
from convexgen.rules import functions, reading

_DECORATORS: Mapping[str, tuple[str, ir.Visibility]] = {
    "convexgen.query": ("query", "public"),
    "convexgen.mutation": ("mutation", "public"),
    "convexgen.action": ("action", "public"),
    "convexgen.internal_query": ("query", "internal"),
    "convexgen.internal_mutation": ("mutation", "internal"),
    "convexgen.internal_action": ("action", "internal"),
    "convexgen.http_action": ("http", "public"),
}
_OWN_NAMES = tuple(name.rpartition(".")[2] for name in _DECORATORS)
_NOT_BY_NAME: Mapping[str, str] = {
    "positional": "is positional-only, but arguments are given by name",
    "args": "takes any number of arguments, but a function names each of its arguments",
    "kwargs": "takes any arguments, but a function names each of its arguments",
}
_BY_NAME_INSTEAD: Mapping[str, str] = {
    "positional": "remove the `/`",
    "args": "write `{name}: list[{type}]`",
    "kwargs": "name each of them, or write `{name}: dict[str, {type}]`",
}


def role_of(program: Program, module: str, syntax: FunctionSyntax) -> Role | None:
    """The role that the decorators give to a function; None for a plain function."""
    for decorator in syntax.decorators:
        expression = decorator.function if isinstance(decorator, CallExpr) else decorator
        meaning = program.meaning(module, expression)
        if isinstance(meaning, External) and meaning.name in _DECORATORS:
            return Role(*_DECORATORS[meaning.name])
    return None


class Functions:
    """Declares the functions of one program."""

    def __init__(self, fields: Fields) -> None:
        self.fields = fields
        self.program = fields.program
        self.signatures = Signatures(fields.program)

    def declared_in(self, module: str, findings: Findings) -> tuple[tuple[FunctionDeclaration, ...], tuple[str, ...]]:
        """The functions of `module`, in the order of their names on the wire, and the names of its HTTP actions."""
        declared: dict[str, FunctionDeclaration] = {}
        http: list[str] = []
        places: dict[str, FunctionSyntax] = {}
        for syntax, role in self._functions(module, findings):
            if syntax.name in places:
                self._report_duplicate(syntax, places[syntax.name], findings)
            places[syntax.name] = syntax
            self._check_place(module, syntax, findings)
            self._check_decorators(module, syntax, findings)
            if role.kind == "http":
                self._check_async(syntax, findings)
                self.signatures.check_http(module, syntax, findings)
                http.append(syntax.name)
            else:
                declared[syntax.name] = self._function(module, syntax, role, findings)
        ordered = sorted(declared.values(), key=lambda each: (each.function.wire, each.function.name))
        return tuple(ordered), tuple(sorted(http))

    def _functions(self, module: str, findings: Findings) -> Iterator[tuple[FunctionSyntax, Role]]:
        for statement in self.program.modules[module].body:
            if isinstance(statement, FunctionSyntax):
                role = role_of(self.program, module, statement)
                if role is not None:
                    yield statement, role
                else:
                    self._check_unknown_decorators(module, statement, findings)
            elif isinstance(statement, AssignmentSyntax):
                self._check_not_called(module, statement, findings)
            elif isinstance(statement, ClassSyntax):
                for method in statement.methods:
                    self._check_nested(module, method, f"is a method of `{statement.name}`", findings)
            elif isinstance(statement, HiddenFunction):
                self._check_nested(module, statement.function, f"stands in {statement.within}", findings)

    def _check_nested(self, module: str, syntax: FunctionSyntax, where: str, findings: Findings) -> None:
        if role_of(self.program, module, syntax) is not None:
            help_ = "move the function to the top level of the module"
            findings.report(functions.NESTED_FUNCTION, f"`{syntax.name}` {where}", syntax.place, help=help_)

    def _check_unknown_decorators(self, module: str, syntax: FunctionSyntax, findings: Findings) -> None:
        """That a decorator is not one of ours misspelt: without it the function would silently be a plain one."""
        for decorator in syntax.decorators:
            expression = decorator.function if isinstance(decorator, CallExpr) else decorator
            meaning = self.program.meaning(module, expression)
            name = meaning.name.rpartition(".")[2] if isinstance(meaning, External | Missing) else ""
            known = isinstance(meaning, External) and not self.program.is_unknown_own_name(meaning)
            close = get_close_matches(name, _OWN_NAMES, 1, 0.75)
            if close and not known and not self.program.is_broken_import(module, expression):
                text = describe(expression)
                meant = f"{text[: -len(name)]}{close[0]}"
                help_, message = f"did you mean `{meant}`?", f"`{text}` is not defined"
                findings.report(reading.UNKNOWN_NAME, message, expression.place, help=help_, name=text, meant=meant)

    def _check_not_called(self, module: str, syntax: AssignmentSyntax, findings: Findings) -> None:
        if isinstance(syntax.value, CallExpr):
            meaning = self.program.meaning(module, syntax.value.function)
            if isinstance(meaning, External) and meaning.name in _DECORATORS:
                text = describe(syntax.value.function)
                message = f"`{text}` is called, and what it makes of a function this way is not read"
                help_ = f"write `@{text}` above `async def {syntax.target}(…)`"
                findings.report(functions.DECORATOR_CALL, message, syntax.value.function.place, help=help_)

    def _report_duplicate(self, syntax: FunctionSyntax, first: FunctionSyntax, findings: Findings) -> None:
        label = Label(span(findings.path, first.place), "first defined here")
        message = f"`{syntax.name}` is defined twice; Python keeps only the last one"
        findings.report(
            functions.DUPLICATE_FUNCTION, message, syntax.place, secondary=(label,), help="rename one of the two"
        )

    def _check_place(self, module: str, syntax: FunctionSyntax, findings: Findings) -> None:
        if module == "schema" or module.startswith("schema.") or module == "auth_config":
            help_ = "move it to a module of its own"
            message = f"`{syntax.name}` stands in `{module}`, which is read for something else"
            findings.report(functions.FUNCTION_IN_SCHEMA, message, syntax.place, help=help_)
        elif any(part.startswith("_") for part in module.split(".")):
            message = f"`{syntax.name}` stands in the private module `{module}`, from which nothing is exported"
            help_ = "move it to a module whose name does not start with `_`"
            findings.report(functions.PRIVATE_MODULE, message, syntax.place, help=help_)

    def _check_decorators(self, module: str, syntax: FunctionSyntax, findings: Findings) -> None:
        ours = 0
        above: Expr | None = None
        for decorator in syntax.decorators:
            called = isinstance(decorator, CallExpr)
            expression = decorator.function if isinstance(decorator, CallExpr) else decorator
            meaning = self.program.meaning(module, expression)
            text = describe(expression)
            if isinstance(meaning, External) and meaning.name in _DECORATORS:
                ours += 1
                if called:
                    message = f"`@{text}` takes no arguments"
                    findings.report(functions.DECORATOR_CALL, message, decorator.place, help=f"write `@{text}`")
                elif ours > 1:
                    message = f"`{syntax.name}` is two kinds of function at once"
                    findings.report(functions.DECORATOR_CALL, message, decorator.place, help=f"remove `@{text}`")
                elif above is not None:
                    message = f"`@deprecated` takes a plain function, and `@{text}` makes something else of it"
                    findings.report(functions.DECORATOR_CALL, message, above.place, help=f"move it below `@{text}`")
            elif meaning == External("typing.deprecated"):
                above = decorator
            elif not self.program.is_broken_import(module, expression):
                message = f"what `@{text}` makes of `{syntax.name}` only shows at run time"
                help_ = f"call what `{text}` does inside the function"
                findings.report(reading.UNREADABLE_DECORATOR, message, decorator.place, help=help_)

    def _function(self, module: str, syntax: FunctionSyntax, role: Role, findings: Findings) -> FunctionDeclaration:
        self._check_async(syntax, findings)
        parameters = self.signatures.arguments(module, syntax, role, findings)
        args = tuple(self._arguments(module, parameters, findings))
        function = ir.Function(
            exported_name(syntax.name),
            wire_name(syntax.name, self.fields.naming),
            role.kind,  # type: ignore[arg-type]
            role.visibility,
            tuple(each.field for each in args),
            self._returns(module, syntax, role, findings),
            syntax.doc,
            deprecation(self.program, module, syntax.decorators),
        )
        return FunctionDeclaration(function, findings.path, syntax.place, args)

    def _check_async(self, syntax: FunctionSyntax, findings: Findings) -> None:
        if not syntax.is_async:
            message = f"`{syntax.name}` is not `async`"
            findings.report(functions.NOT_ASYNC, message, syntax.place, help=f"write `async def {syntax.name}`")

    def _arguments(
        self, module: str, parameters: tuple[ParameterSyntax, ...], findings: Findings
    ) -> Iterator[FieldDeclaration]:
        for parameter in parameters:
            if parameter.kind in _NOT_BY_NAME:
                message = f"`{parameter.name}` {_NOT_BY_NAME[parameter.kind]}"
                help_ = _BY_NAME_INSTEAD[parameter.kind].format(name=parameter.name, type=_written_type(parameter))
                findings.report(functions.UNSUPPORTED_PARAMETER, message, parameter.place, help=help_)
                continue
            if parameter.annotation is None:
                message = f"the argument `{parameter.name}` has no type"
                help_ = f"write `{parameter.name}: {_written_type(parameter)}`"
                findings.report(functions.MISSING_ARGUMENT_TYPE, message, parameter.place, help=help_)
            yield self.fields.of_parameter(parameter, module, findings)

    def _returns(self, module: str, syntax: FunctionSyntax, role: Role, findings: Findings) -> ir.Type:
        if syntax.returns is not None:
            return self.fields.types.read(syntax.returns, Scope(module), findings)
        if role.visibility == "public":
            message = f"the public function `{syntax.name}` does not say what it returns"
            help_ = f"write `async def {syntax.name}(…) -> …:`, with `None` for nothing"
            findings.report(functions.MISSING_RETURN_TYPE, message, syntax.place, help=help_)
        return ANY


def _written_type(parameter: ParameterSyntax) -> str:
    """What is annotated, or what the default tells: the beginning of what is to be typed."""
    if parameter.annotation is not None:
        return describe(parameter.annotation)
    known = parameter.default.value if isinstance(parameter.default, ConstantExpr) else None
    return type(known).__name__ if isinstance(known, str | int | float | bytes) else "…"
