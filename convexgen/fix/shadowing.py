"""The mend of a function that is called like a type of Python: it gets an underscore, in all files that name it.

To clients it stays what it was, since they do not see the underscore. The mend is only made where every use is known
to be one of the function, or one of the type that it hid.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from convexgen.diagnostics import Diagnostic
from convexgen.fix.imports import dotted, relative_to, small_statements, source_of
from convexgen.fix.names import names
from convexgen.fix.site import Edit, Mended, Site, fact

_TAKES_FUNCTION = {"run_query", "run_mutation", "run_action", "run_after", "run_at"}
_TAKES_FUNCTION |= {"interval", "hourly", "daily", "weekly", "monthly", "cron"}
_TAKES_TYPE = {"isinstance", "issubclass"}


def rename_function(site: Site, finding: Diagnostic) -> Mended | None:
    """`list` becomes `list_`."""
    name = fact(finding, "function")
    definitions = [each for each in site.module.body if isinstance(each, cst.FunctionDef) and each.name.value == name]
    if name is None or len(definitions) != 1 or any(_is_bound(each, f"{name}_") for each in site.module.body):
        return None
    own = _uses(site, name)
    elsewhere = [_in_other_file(site, other, name) for other in _others(site, name)]
    if own is None or not all(each is not None for each in elsewhere):
        return None
    others = tuple((other, tuple(edits)) for each in elsewhere if each for other, edits in [each] if edits)
    return Mended((_renaming(definitions[0].name, name), *own), elsewhere=others)


def _renaming(node: cst.Name, name: str) -> Edit:
    return Edit.of(node, lambda each: each.with_changes(value=f"{name}_"), key=("rename", name))


def _is_bound(statement: cst.CSTNode, name: str) -> bool:
    return isinstance(statement, cst.FunctionDef | cst.ClassDef) and statement.name.value == name


def _uses(site: Site, name: str) -> list[Edit] | None:
    """The uses of the function in a file that knows it by its name; None if there is one that may be of the type."""
    found: list[Edit] = []
    for node in names(site, name):
        is_function = _is_function(site, node)
        if is_function is None:
            return None
        if is_function:
            found.append(_renaming(node, name))
    return found


def _is_function(site: Site, node: cst.Name) -> bool | None:
    """Whether a name stands for the function, or for the type; None if that cannot be told."""
    parent = site.parents[node]
    match parent:
        case cst.FunctionDef() | cst.ImportAlias():
            return False  # where it is defined, or comes from: seen to elsewhere
        case cst.Subscript(value=value) if value is node:
            return False
        case cst.Annotation() | cst.SubscriptElement() | cst.Index() | cst.BinaryOperation(operator=cst.BitOr()):
            return False
        case cst.Call(func=function) if function is node:
            return isinstance(site.parents[parent], cst.Await)
        case cst.Arg():
            called = site.inside(parent, cst.Call)
            taker = called.func if called is not None else None
            if isinstance(taker, cst.Attribute) and taker.attr.value in _TAKES_FUNCTION:
                return True
            return False if isinstance(taker, cst.Name) and taker.value in _TAKES_TYPE else None
    return None


def _others(site: Site, name: str) -> Iterator[Site | None]:
    """The other files that have the name in them."""
    for source in site.sources:
        if source.path != site.path and name.encode() in source.content:
            yield site.open(source)


def _in_other_file(site: Site, other: Site | None, name: str) -> tuple[Site, Sequence[Edit]] | None:
    """What is to be done in another file; None if that is not certain."""
    if other is None:
        return None
    edits: list[Edit] = []
    modules: set[str] = set()
    spellings = (dotted(site.path), relative_to(other.path, site.path))
    for source, alias in _imported(other):
        full = _joined(source, alias.evaluated_name) if alias is not None else ""
        if alias is None and source in spellings:
            return None  # a star brings the name without saying so
        if alias is not None and full in spellings:
            modules.add(alias.evaluated_alias or alias.evaluated_name)
        elif alias is not None and source in spellings and alias.evaluated_name == name:
            uses = _uses(other, name) if alias.asname is None else []
            if uses is None:
                return None
            edits += [_renaming(cst.ensure_type(alias.name, cst.Name), name), *uses]
    edits += [_renaming(node.attr, name) for node in _attributes(other, name) if other.code(node.value) in modules]
    return other, edits


def _imported(site: Site) -> Iterator[tuple[str, cst.ImportAlias | None]]:
    """What a file imports, and from which module, `""` for whole modules; None stands for a star."""
    for statement in small_statements(site.module):
        if isinstance(statement, cst.Import | cst.ImportFrom):
            source = source_of(statement) if isinstance(statement, cst.ImportFrom) else ""
            if isinstance(statement.names, cst.ImportStar):
                yield source, None
            else:
                yield from ((source, alias) for alias in statement.names)


def _joined(source: str, name: str) -> str:
    return f"{source}{name}" if not source or source.endswith(".") else f"{source}.{name}"


def _attributes(site: Site, name: str) -> Iterator[cst.Attribute]:
    for found in site.nodes.values():
        for node in found:
            if isinstance(node, cst.Attribute) and node.attr.value == name:
                yield node
