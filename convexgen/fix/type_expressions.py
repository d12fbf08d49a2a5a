"""Mends of annotations, and of the defaults that go with them."""

from __future__ import annotations

import libcst as cst

from convexgen.diagnostics import Diagnostic
from convexgen.fix.imports import is_own, spelling
from convexgen.fix.site import Edit, Import, Mended, Site, fact

_WRAPPERS = frozenset({"Annotated", "Final", "Required", "NotRequired", "ReadOnly"})
_SETS = frozenset({"builtins.set", "builtins.frozenset"})


def list_for_set(site: Site, finding: Diagnostic) -> Mended | None:
    """`set[T]` becomes `list[T]`: what is in it stays, that nothing is in it twice does not."""
    written = site.at(finding.primary.span, cst.Name) or site.at(finding.primary.span, cst.Attribute)
    generic = site.around(written, cst.Subscript)
    if written is None or generic is None or dict(finding.facts).get("type") not in _SETS:
        return None
    return Mended((Edit.of(written, lambda _: cst.Name("list")),))


def complete_unset(site: Site, finding: Diagnostic) -> Mended | None:
    """`x: T | Unset` gets its `= UNSET`, and `x: T = UNSET` its `| Unset`."""
    name = site.at(finding.primary.span, cst.Name)
    holder = site.around(name, cst.AnnAssign) or site.around(name, cst.Param)
    if holder is None or holder.annotation is None or _is_positional(site, holder):
        return None
    default = holder.value if isinstance(holder, cst.AnnAssign) else holder.default
    if default is None:
        return _with_default(site, holder)
    return _with_type(site, holder.annotation) if is_own(site, default, "UNSET") else None


def accept_none(site: Site, finding: Diagnostic) -> Mended | None:
    """`x: str = None` becomes `x: str | None = None`."""
    default = site.at(finding.primary.span, cst.Name)
    holder = site.around(default, cst.AnnAssign) or site.around(default, cst.Param)
    if holder is None or holder.annotation is None or fact(finding, "default") != "None":
        return None
    return _joined(holder.annotation, cst.Name("None"))


def _with_default(site: Site, holder: cst.AnnAssign | cst.Param) -> Mended:
    value, imports = spelling(site.module, "UNSET")
    field = "value" if isinstance(holder, cst.AnnAssign) else "default"
    change = {field: value, "equal": cst.AssignEqual()}
    return Mended((Edit(holder, lambda node: node.with_changes(**change)),), imports)


def _with_type(site: Site, annotation: cst.Annotation) -> Mended | None:
    written = annotation.annotation
    if isinstance(written, cst.Subscript) and site.code(written.value).rpartition(".")[2] in _WRAPPERS:
        return None  # `Unset` belongs inside of it
    unset, imports = spelling(site.module, "Unset")
    return _joined(annotation, unset, imports)


def _joined(
    annotation: cst.Annotation, other: cst.BaseExpression, imports: frozenset[Import] = frozenset()
) -> Mended | None:
    """The annotation with one more alternative. One in quotes cannot be joined with a class."""
    if not isinstance(annotation.annotation, cst.Name | cst.Attribute | cst.Subscript | cst.BinaryOperation):
        return None

    def joined(node: cst.Annotation) -> cst.Annotation:
        return node.with_changes(annotation=cst.BinaryOperation(node.annotation, cst.BitOr(), other))

    return Mended((Edit.of(annotation, joined),), imports)


def _is_positional(site: Site, holder: cst.AnnAssign | cst.Param) -> bool:
    """Whether it may be a field of a dataclass, where a default must not stand before fields without one."""
    line = site.around(holder, cst.SimpleStatementLine)
    owner = site.around(site.around(line, cst.IndentedBlock), cst.ClassDef)
    return owner is not None and not all(_is_deprecation(site, each.decorator) for each in owner.decorators)


def _is_deprecation(site: Site, decorator: cst.BaseExpression) -> bool:
    function = decorator.func if isinstance(decorator, cst.Call) else decorator
    return site.code(function).rpartition(".")[2] == "deprecated"
