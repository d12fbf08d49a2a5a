"""How a file says a name of ours, and the import that it needs for that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from convexgen.fix.site import Site, separator

PACKAGE = "convexgen"


def spelling(module: cst.Module, name: str) -> tuple[cst.Name | cst.Attribute, frozenset[str]]:
    """What to write for convexgen's `name` in this module, and what must be imported for it."""
    for statement in _own_imports(module):
        if isinstance(statement.names, cst.ImportStar):
            return cst.Name(name), frozenset()
        for alias in statement.names:
            if alias.evaluated_name == name:
                return cst.Name(alias.evaluated_alias or name), frozenset()
    package = _package_name(module)
    if package is not None and not any(True for _ in _own_imports(module)):
        return cst.Attribute(cst.Name(package), cst.Name(name)), frozenset()
    return cst.Name(name), frozenset({name})


def with_imports(module: cst.Module, names: Sequence[str]) -> cst.Module:
    """`module` with these names of ours imported: in the import that there is, or else in one of its own."""
    for name in names:
        statement = next(_own_imports(module), None)
        if statement is None:
            module = _with_statement(module, name)
        elif not isinstance(statement.names, cst.ImportStar):
            extended = statement.with_changes(names=_with_alias(statement, statement.names, name))
            module = module.with_deep_changes(statement, names=extended.names)
    return module


def is_own(site: Site, node: cst.BaseExpression, name: str) -> bool:
    """Whether an expression is how this file says convexgen's `name`."""
    expression, missing = spelling(site.module, name)
    return not missing and site.code(expression) == site.code(node)


def _own_imports(module: cst.Module) -> Iterator[cst.ImportFrom]:
    for statement in _small_statements(module):
        if isinstance(statement, cst.ImportFrom) and not statement.relative:
            source = statement.module
            if isinstance(source, cst.Name) and source.value == PACKAGE:
                yield statement


def _package_name(module: cst.Module) -> str | None:
    """What `import convexgen` binds the package to."""
    for statement in _small_statements(module):
        if isinstance(statement, cst.Import):
            for alias in statement.names:
                if alias.evaluated_name == PACKAGE:
                    return alias.evaluated_alias or PACKAGE
    return None


def _small_statements(module: cst.Module) -> Iterator[cst.BaseSmallStatement]:
    for line in module.body:
        if isinstance(line, cst.SimpleStatementLine):
            yield from line.body


def _goes_first(statement: cst.BaseSmallStatement) -> bool:
    """Whether a statement at the head of a module is its docstring, or an import of something from outside."""
    match statement:
        case cst.Expr(value=cst.SimpleString()) | cst.Import():
            return True
        case cst.ImportFrom(relative=dots):
            return not dots
    return False


def _with_alias(statement: cst.ImportFrom, aliases: Sequence[cst.ImportAlias], name: str) -> list[cst.ImportAlias]:
    """The aliases with one more, where their order asks for it, on a line of its own if they stand on such."""
    gap = statement.lpar.whitespace_after if statement.lpar else cst.SimpleWhitespace("")
    comma = separator(gap, aliases[0])
    keys = [_order(alias.evaluated_name) for alias in aliases]
    position = len(aliases)
    if keys == sorted(keys):
        position = sum(key < _order(name) for key in keys)
    last = aliases[-1]
    if position == len(aliases) and not _has_comment(last):
        return [
            *aliases[:-1],
            last.with_changes(comma=comma),
            cst.ImportAlias(cst.Name(name), comma=last.comma),
        ]
    position = min(position, len(aliases) - 1)  # the comment behind the last name stays behind it
    return [*aliases[:position], cst.ImportAlias(cst.Name(name), comma=comma), *aliases[position:]]


def _has_comment(alias: cst.ImportAlias) -> bool:
    gap = alias.comma.whitespace_after if isinstance(alias.comma, cst.Comma) else None
    return isinstance(gap, cst.ParenthesizedWhitespace) and (
        gap.first_line.comment is not None or any(line.comment for line in gap.empty_lines)
    )


def _order(name: str) -> tuple[int, str]:
    """As import sorters have it: constants, then classes, then the rest."""
    return (0 if name.isupper() and len(name) > 1 else 1 if name[0].isupper() else 2), name


def _with_statement(module: cst.Module, name: str) -> cst.Module:
    """`module` with an import of its own, behind the imports at its head that are not relative."""
    position = 0
    for number, line in enumerate(module.body, 1):
        if not isinstance(line, cst.SimpleStatementLine) or not all(_goes_first(each) for each in line.body):
            break
        position = number
    line = cst.SimpleStatementLine([cst.ImportFrom(cst.Name(PACKAGE), [cst.ImportAlias(cst.Name(name))])])
    return module.with_changes(body=[*module.body[:position], line, *module.body[position:]])
