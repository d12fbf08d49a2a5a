"""How a file says a name from another module, and the import that it needs for that."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence

import libcst as cst
from libcst.helpers import get_full_name_for_node

from convexgen.fix.site import Import, Site, separator

PACKAGE = "convexgen"


def spelling(module: cst.Module, name: str, source: str = PACKAGE) -> tuple[cst.BaseExpression, frozenset[Import]]:
    """What to write for the `name` of `source` in this module, and what must be imported for it."""
    for statement in _imports_from(module, source):
        if isinstance(statement.names, cst.ImportStar):
            return cst.Name(name), frozenset()
        for alias in statement.names:
            if alias.evaluated_name == name:
                return cst.Name(alias.evaluated_alias or name), frozenset()
    known_as = _name_of_module(module, source)
    if known_as is not None and not any(True for _ in _imports_from(module, source)):
        return cst.parse_expression(f"{known_as}.{name}"), frozenset()
    return cst.Name(name), frozenset({Import(source, name)})


def with_imports(module: cst.Module, imports: Iterable[Import]) -> cst.Module:
    """`module` with these names imported: in the import that there is, or else in one of its own."""
    for source, name in imports:
        body = list(module.body)
        for number, line in enumerate(body):
            extended = _extended(line, source, name)
            if extended is not None:
                body[number] = extended
                break
        else:
            body.insert(_position(module, source), cst.parse_statement(f"from {source} import {name}"))
        module = module.with_changes(body=body)
    return module


def _extended(
    line: cst.SimpleStatementLine | cst.BaseCompoundStatement, source: str, name: str
) -> cst.SimpleStatementLine | None:
    """A line that imports names from `source`, with one more."""
    if not isinstance(line, cst.SimpleStatementLine):
        return None
    for statement in line.body:
        if isinstance(statement, cst.ImportFrom) and source_of(statement) == source:
            if isinstance(statement.names, cst.ImportStar):
                return line
            extended = statement.with_changes(names=_with_alias(statement, statement.names, name))
            return line.with_changes(body=[extended if each is statement else each for each in line.body])
    return None


def is_own(site: Site, node: cst.BaseExpression, name: str) -> bool:
    """Whether an expression is how this file says convexgen's `name`."""
    expression, missing = spelling(site.module, name)
    return not missing and site.code(expression) == site.code(node)


def written_as(site: Site, path: str) -> str:
    """How this file imports from the module at `path`: relative, unless it and its neighbours do not do that."""
    relative, absolute = relative_to(site.path, path), dotted(path)
    own = [source_of(each) for each in small_statements(site.module) if isinstance(each, cst.ImportFrom)]
    if relative in own or absolute in own:
        return relative if relative in own else absolute
    is_relative = any(source.startswith(".") for source in own)
    used = f"from {absolute} import ".encode()
    is_absolute = not is_relative and any(used in source.content for source in site.sources)
    return absolute if is_absolute else relative


def dotted(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def relative_to(here: str, path: str) -> str:
    """`.schema`, or `..schema` from a folder below."""
    folders, target = here.split("/")[:-1], dotted(path).split(".")
    shared = 0
    while shared < min(len(folders), len(target) - 1) and folders[shared] == target[shared]:
        shared += 1
    return "." * (len(folders) - shared + 1) + ".".join(target[shared:])


def _imports_from(module: cst.Module, source: str) -> Iterator[cst.ImportFrom]:
    for statement in small_statements(module):
        if isinstance(statement, cst.ImportFrom) and source_of(statement) == source:
            yield statement


def source_of(statement: cst.ImportFrom) -> str:
    """The module that an import takes names from, as it is written."""
    name = get_full_name_for_node(statement.module) if statement.module is not None else ""
    return "." * len(statement.relative) + (name or "")


def _name_of_module(module: cst.Module, source: str) -> str | None:
    """What `import source` binds the module to."""
    for statement in small_statements(module):
        if isinstance(statement, cst.Import):
            for alias in statement.names:
                if alias.evaluated_name == source:
                    return alias.evaluated_alias or source
    return None


def small_statements(module: cst.Module) -> Iterator[cst.BaseSmallStatement]:
    """The simple statements at the top level of a file."""
    for line in module.body:
        if isinstance(line, cst.SimpleStatementLine):
            yield from line.body


def _goes_first(statement: cst.BaseSmallStatement, source: str) -> bool:
    """Whether a statement at the head of a module stands above an import from `source`.

    So do its docstring and other imports, of which the relative ones come last. Of the others, sorters have those of
    the standard library first.
    """
    match statement:
        case cst.Expr(value=cst.SimpleString()):
            return True
        case cst.ImportFrom():
            return source_of(statement) == "__future__" or _rank(source_of(statement)) <= _rank(source)
        case cst.Import(names=aliases):
            return all(_rank(alias.evaluated_name) <= _rank(source) for alias in aliases)
    return False


def _rank(source: str) -> int:
    """Where import sorters have a module: the standard library, then what is installed, then the project's own."""
    if source.startswith("."):
        return 2
    return 0 if source.partition(".")[0] in sys.stdlib_module_names else 1


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


def _position(module: cst.Module, source: str) -> int:
    """Where one more import goes: behind those at the head that are not relative, or behind all if it is."""
    position = 0
    for number, line in enumerate(module.body, 1):
        if not isinstance(line, cst.SimpleStatementLine) or not all(_goes_first(each, source) for each in line.body):
            break
        position = number
    return position
