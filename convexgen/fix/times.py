"""Mends of numbers where a time belongs: taken for milliseconds, as they are in TypeScript, which takes consent."""

from __future__ import annotations

import libcst as cst

from convexgen.diagnostics import Diagnostic
from convexgen.fix.imports import spelling
from convexgen.fix.site import Edit, Import, Mended, Site, fact

_MODULE = "datetime"


def name_unit(site: Site, finding: Diagnostic) -> Mended | None:
    """`500` becomes `timedelta(milliseconds=500)`, and a moment becomes the `datetime` of it, in UTC."""
    given = site.expression_at(finding.primary.span)
    if given is None:
        return None
    if fact(finding, "method") == "run_after":
        delay, imports = spelling(site.module, "timedelta", _MODULE)
        return _made(site, given, f"{site.code(delay)}(milliseconds={site.code(given)})", imports)
    moment, imports = spelling(site.module, "datetime", _MODULE)
    zone, more = spelling(site.module, "UTC", _MODULE)
    code = f"{site.code(moment)}.fromtimestamp({site.code(given)} / 1000, {site.code(zone)})"
    return _made(site, given, code, imports | more)


def _made(site: Site, given: cst.BaseExpression, code: str, imports: frozenset[Import]) -> Mended:
    made = cst.parse_expression(code, config=site.module.config_for_parsing)
    return Mended((Edit.of(given, lambda _: made),), imports)
