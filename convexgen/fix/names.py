"""Mends of names: those that are only not imported, and those that are nearly right."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from convexgen.diagnostics import Diagnostic
from convexgen.fix.imports import spelling, written_as
from convexgen.fix.site import Edit, Mended, Site, fact


def import_name(site: Site, finding: Diagnostic) -> Mended | None:
    """A name that is only not imported, if there is just one place where it can come from."""
    name, home = fact(finding, "name"), fact(finding, "home")
    if name is None or not name.isidentifier():
        return None
    homes = [*_own_modules(site, name), *([home] if home else [])]
    if len(homes) != 1:
        return None
    expression, imports = spelling(site.module, name, homes[0])
    if isinstance(expression, cst.Name):
        return Mended((), imports) if imports and expression.value == name else None
    written = site.at(finding.primary.span, cst.Name)
    return None if written is None else Mended((Edit.of(written, lambda _: expression),))


def rename(site: Site, finding: Diagnostic) -> Mended | None:
    """The name that was probably meant."""
    meant = fact(finding, "meant")
    written = site.at(finding.primary.span, cst.Name) or site.at(finding.primary.span, cst.Attribute)
    if written is None or meant is None or re.fullmatch(r"\w+(?:\.\w+)*", meant) is None:
        return None
    expression = cst.parse_expression(meant)
    return Mended((Edit(written, lambda node: expression.with_changes(lpar=node.lpar, rpar=node.rpar)),))


def rename_import(site: Site, finding: Diagnostic) -> Mended | None:
    """The name that was probably meant, in the import and wherever the file uses what it imports."""
    alias = site.at(finding.primary.span, cst.ImportAlias)
    meant = fact(finding, "meant")
    if alias is None or meant is None or not meant.isidentifier() or site.around(alias, cst.ImportFrom) is None:
        return None
    edit = Edit.of(alias, lambda node: node.with_changes(name=cst.Name(meant)))
    if alias.asname is not None:
        return Mended((edit,))
    uses = (node for node in names(site, alias.evaluated_name) if site.parents[node] is not alias)
    return Mended((edit, *(Edit.of(node, lambda each: each.with_changes(value=meant)) for node in uses)))


def class_for_table_name(site: Site, finding: Diagnostic) -> Mended | None:
    """`Id["users"]` becomes `Id[User]`."""
    text = site.at(finding.primary.span, cst.SimpleString)
    return None if text is None or site.around(text, cst.Index) is None else name_table(site, finding)


def name_table(site: Site, finding: Diagnostic) -> Mended | None:
    """`query("messages")` becomes `query(Message)`."""
    text, meant = site.at(finding.primary.span, cst.SimpleString), fact(finding, "meant")
    if text is None or meant is None:
        return None
    return Mended((Edit.of(text, lambda _: cst.Name(meant)),))


def names(site: Site, name: str) -> Iterator[cst.Name]:
    """Every use of a name, but not attributes and keywords that are spelt like it."""
    for found in site.nodes.values():
        for node in found:
            if isinstance(node, cst.Name) and node.value == name:
                parent = site.parents[node]
                is_label = (isinstance(parent, cst.Attribute) and parent.attr is node) or (
                    isinstance(parent, cst.Arg) and parent.keyword is node
                )
                if not is_label:
                    yield node


def _own_modules(site: Site, name: str) -> Iterator[str]:
    """The modules of the project that define this name, as this file would write them."""
    definition = re.compile(rf"^(?:class {name}\b|type {name}\b|{name} *(?::[^=\n]*)?=[^=])".encode(), re.MULTILINE)
    for source in site.sources:
        if source.path != site.path and definition.search(source.content):
            yield written_as(site, _package_with(site, source.path, name) or source.path)


def _package_with(site: Site, path: str, name: str) -> str | None:
    """The package of the module at `path`, if it passes the name on."""
    folder, _, file = path.rpartition("/")
    package, module = f"{folder}/__init__.py", file.removesuffix(".py")
    names = rf"(?:\*|(?:[^(\n]*|\([^)]*)\b{name}\b)"
    import_of_name = re.compile(rf"^from \.{module} import {names}".encode(), re.MULTILINE)
    passed_on = (each for each in site.sources if each.path == package and import_of_name.search(each.content))
    return package if any(passed_on) else None
