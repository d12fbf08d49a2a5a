"""Of a mistake that a rule has told mypy says no more: for every mistake of the table, all in one run of mypy."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from convexgen.diagnostics import Diagnostic, Label, in_order
from convexgen.plan import plan
from convexgen.rules import calls, reading, schema
from convexgen.rules.tool import TYPE_ERROR
from convexgen.settings import Settings
from convexgen.snapshot import Snapshot
from convexgen.source import SourceFile, Span
from convexgen.typecheck.mypy_process import typecheck
from convexgen.typecheck.repetitions import told_once
from tests.analysis import mistakes
from tests.analysis.bodies import cases as bodies
from tests.analysis.bodies import test_bodies
from tests.analysis.test_mistakes import CASES

NO_BODY = "Missing return statement [empty-body]"
"""Said of functions that are `...`, as most in the table are."""
NO_RETURN_TYPE = "Function is missing a return type annotation [no-untyped-def]"
NO_VALUE = "Function does not return a value (it only ever returns None) [func-returns-value]"
MAY_BE_NONE_IN_VIEW = (
    'Argument 1 to "of" of "Table" has incompatible type "Message | None"; expected "Message" [arg-type]'
)
UNTYPED_CACHE = 'Need type annotation for "CACHE" (hint: "CACHE: dict[<type>, <type>] = ...") [var-annotated]'
OF_ITS_OWN = {
    "table with a computed name": {NO_RETURN_TYPE},
    "decorator of somebody else": {'No module "helpers" [import-not-found]'},
    "class from outside": {'No module "geometry" [import-not-found]'},
    "import without its dot": {'No module "schema" [import-not-found]'},
    "function as a type": {NO_RETURN_TYPE},
    "constraint that is computed": {NO_RETURN_TYPE},
    "module as a type": {
        'Incompatible import of "datetime" (imported name has type Module, local name has type "type[datetime]")'
        " [assignment]"
    },
    "functions where none are looked for": {
        'Name "other" is not defined [name-defined]',
        'Untyped decorator makes function "g" untyped [untyped-decorator]',
        'Need type annotation for "each" [var-annotated]',
    },
    "a router that is made of nothing": {'Name "make" is not defined [name-defined]'},
    "providers that only exist at run time": {NO_RETURN_TYPE},
    "document of a table by no name": {
        'Too many arguments for "insert" of "DatabaseWriter" [call-arg]',
        'Value of type variable "T" of "insert" of "DatabaseWriter" cannot be "str" [type-var]',
    },
    "view in place of a document": {MAY_BE_NONE_IN_VIEW},
    "view inserted": {MAY_BE_NONE_IN_VIEW},
    "kept and looked into": {'"Coroutine[Any, Any, User | None]" has no attribute "name" [attr-defined]'},
    "plain function looked into": {'"Coroutine[Any, Any, User]" has no attribute "name" [attr-defined]'},
    "unknown field of a union": {'Item "None" of "Shape | None" has no attribute "id" [union-attr]'},
    "creation time": {'Item "None" of "Message | None" has no attribute "id" [union-attr]'},
    "query in a comprehension": {NO_VALUE},
    "three queries in a row": {NO_VALUE},
    "filter by an attribute": {'Item "None" of "Message | None" has no attribute "author" [union-attr]'},
    "inside of a nested function": {
        NO_RETURN_TYPE,
        'Call to untyped function "stamp" in typed context [no-untyped-call]',
    },
    "dict of the module": {UNTYPED_CACHE},
    "del of the module": {UNTYPED_CACHE},
    "list of the module": {'Need type annotation for "SEEN" (hint: "SEEN: list[<type>] = ...") [var-annotated]'},
    "counter of the module": {'Need type annotation for "COUNTS" [var-annotated]'},
}
"""What mypy says besides, of something else that is wrong, or of the same in another place."""


def test_mypy_repeats_nothing(tmp_path: Path, mypy_cache: Path) -> None:
    (tmp_path / ".git").mkdir()
    packages: dict[str, str] = {}
    by_rules: dict[str, tuple[Diagnostic, ...]] = {}
    cases = [(name, {"schema.py": mistakes.SCHEMA} | files) for name, files in CASES.items()]
    cases += [(name, {"schema.py": bodies.SCHEMA} | files) for name, files in test_bodies.CASES.items()]
    assert len({name for name, _ in cases}) == len(cases)
    for number, (name, files) in enumerate(cases):
        contents = {path: text.encode("utf-8", "surrogateescape") for path, text in files.items()}
        sources = tuple(SourceFile.of(f"backend/{path}", contents[path]) for path in sorted(contents))
        found = plan(Snapshot(sources, {}), Settings()).diagnostics
        if any(finding.rule.unreadable for finding in found):
            continue  # mypy is not asked about what is no Python
        package = f"backend/c{number}/"
        for path, content in contents.items():
            file = tmp_path / package / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        packages[name] = package
        by_rules[name] = tuple(_moved(finding, package) for finding in found)
    types = typecheck(tmp_path, Settings(), mypy_cache)
    left = {name: _left(packages[name], rules, types) for name, rules in by_rules.items()}
    assert {name: said for name, said in left.items() if said} == OF_ITS_OWN


def _moved(finding: Diagnostic, package: str) -> Diagnostic:
    span = finding.primary.span
    return replace(finding, primary=Label(replace(span, path=span.path.replace("backend/", package, 1))))


def _left(package: str, rules: tuple[Diagnostic, ...], types: tuple[Diagnostic, ...]) -> set[str]:
    here = [finding for finding in types if finding.primary.span.path.startswith(package)]
    told = told_once(in_order([*rules, *here]))
    said = {finding.message for finding in told if finding.rule is TYPE_ERROR} - {NO_BODY}
    return {text.replace("Cannot find implementation or library stub for module named", "No module") for text in said}


def error(message: str, *place: int) -> Diagnostic:
    code = message.rpartition("[")[2].rstrip("]")
    return Diagnostic(TYPE_ERROR, message, Label(Span("a.py", *place)), facts=(("code", code),))


@pytest.mark.parametrize(
    "heard",
    [
        error("elsewhere [arg-type]", 4, 5, 4, 9),
        error("beside it on the line [arg-type]", 3, 20, 3, 22),
        error("of the whole function [empty-body]", 3, 1, 5, 1),
        error('Argument 1 to "print" has incompatible type "int" [arg-type]', 2, 1, 2, 2),
        error('Argument 1 to "query" has incompatible type "int" [arg-type]', 4, 1, 4, 2),
    ],
    ids=lambda each: each.message,
)
def test_what_is_of_its_own_is_heard(heard: Diagnostic) -> None:
    name = Diagnostic(reading.UNKNOWN_NAME, "not defined", Label(Span("a.py", 3, 5, 3, 9)))
    call = Diagnostic(calls.WRONG_VALUE, "of another type", Label(Span("a.py", 3, 4, 3, 12)))
    far = Diagnostic(schema.NOT_A_TABLE, "no table", Label(Span("b.py", 4, 5, 4, 9)))
    assert told_once((heard,), before=(name, call, far)) == (heard,)


def test_a_warning_hides_no_error() -> None:
    """With warnings alone a run ends well."""
    warning = Diagnostic(schema.REDUNDANT_INDEX, "not needed", Label(Span("a.py", 3, 5, 3, 9)))
    heard = error("of another type [assignment]", 3, 5, 3, 9)
    assert told_once((warning, heard)) == (warning, heard)


def test_nothing_else_is_ever_left_out() -> None:
    rule = Diagnostic(reading.UNKNOWN_NAME, "not defined", Label(Span("a.py", 3, 5, 3, 9)))
    other = Diagnostic(reading.UNSUPPORTED_TYPE, "no type", Label(Span("a.py", 3, 5, 3, 9)))
    assert told_once((rule, other, rule)) == (rule, other, rule)
