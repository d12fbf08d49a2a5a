"""Mends of a function's first parameter, which is its context."""

from __future__ import annotations

import re

import libcst as cst

from convexgen.diagnostics import Diagnostic
from convexgen.fix.functions import function_at
from convexgen.fix.imports import spelling
from convexgen.fix.site import Edit, Mended, Site, fact, separator

_CONTEXT_TYPES = re.compile(r"\b(QueryCtx|MutationCtx|ActionCtx)\b")


def import_context(site: Site, finding: Diagnostic) -> Mended | None:
    """The annotation is right, and only its import is missing."""
    wanted = fact(finding, "context")
    name = site.at(finding.primary.span, cst.Name)
    if wanted is None or name is None or name.value != wanted or site.around(name, cst.Annotation) is None:
        return None
    expression, imports = spelling(site.module, wanted)
    return Mended((), imports) if imports and site.code(expression) == wanted else None


def annotate_context(site: Site, finding: Diagnostic) -> Mended | None:
    """`ctx` becomes `ctx: QueryCtx`."""
    wanted = fact(finding, "context")
    parameter = site.holder(finding.primary.span, cst.Param)
    if wanted is None or parameter is None or parameter.annotation is not None or not _is_context(parameter):
        return None
    expression, imports = spelling(site.module, wanted)
    return Mended(
        (Edit.of(parameter, lambda node: node.with_changes(annotation=cst.Annotation(expression))),),
        imports,
    )


def add_context(site: Site, finding: Diagnostic) -> Mended | None:
    """`f(limit: int)` becomes `f(ctx: QueryCtx, limit: int)`."""
    wanted = fact(finding, "context")
    function = function_at(site, finding)
    if function is None:
        parameter = _annotated(site, finding)
        parameters = site.around(parameter, cst.Parameters)
        if parameter is None or parameters is None or _is_context(parameter) or _has_context_type(site, parameter):
            return None
        function = site.around(parameters, cst.FunctionDef)
    if wanted is None or function is None or function.params.posonly_params:
        return None
    if any(parameter.name.value == "ctx" for parameter in _all(function.params)):
        return None
    expression, imports = spelling(site.module, wanted)
    first = cst.Param(cst.Name("ctx"), cst.Annotation(expression), comma=_separator(function))
    return Mended(
        (Edit.of(function.params, lambda node: node.with_changes(params=[first, *node.params])),),
        imports,
    )


def replace_context(site: Site, finding: Diagnostic) -> Mended | None:
    """`ctx: MutationCtx` becomes `ctx: QueryCtx`; it may be the decorator that is wrong."""
    wanted = fact(finding, "context")
    parameter = _annotated(site, finding)
    if wanted is None or parameter is None or parameter.annotation is None:
        return None
    if not _is_context(parameter) and not _has_context_type(site, parameter):
        return None
    expression, imports = spelling(site.module, wanted)
    return Mended(
        (Edit.of(parameter.annotation, lambda node: node.with_changes(annotation=expression)),),
        imports,
    )


def _annotated(site: Site, finding: Diagnostic) -> cst.Param | None:
    """The parameter whose annotation a finding points at."""
    return site.around(site.holder(finding.primary.span, cst.Annotation), cst.Param)


def _is_context(parameter: cst.Param) -> bool:
    return parameter.name.value.strip("_") in ("ctx", "context")


def _has_context_type(site: Site, parameter: cst.Param) -> bool:
    annotation = parameter.annotation
    return annotation is not None and _CONTEXT_TYPES.search(site.code(annotation.annotation)) is not None


def _all(parameters: cst.Parameters) -> list[cst.Param]:
    stars = (parameters.star_arg, parameters.star_kwarg)
    plain = [*parameters.posonly_params, *parameters.params, *parameters.kwonly_params]
    return [*plain, *(each for each in stars if isinstance(each, cst.Param))]


def _separator(function: cst.FunctionDef) -> cst.Comma | cst.MaybeSentinel:
    """What stands behind the first of several parameters."""
    parameters = function.params
    others = [*parameters.params, parameters.star_arg, *parameters.kwonly_params, parameters.star_kwarg]
    following = next((each for each in others if isinstance(each, cst.Param | cst.ParamStar)), None)
    return cst.MaybeSentinel.DEFAULT if following is None else separator(function.whitespace_before_params, following)
