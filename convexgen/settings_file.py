"""The door for settings: `[tool.convexgen]` of pyproject.toml, the environment and the command line become `Settings`.

Pure: it is given texts and gives back a value and findings, each with the place of the offending key. pydantic
validates what a project says, by way of `settings_sections`. Loading it costs as much as reading fifty modules, so that
it is spared where there is nearly nothing to validate.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, get_args

from convexgen.diagnostics import Diagnostic, Label, Rule, in_order
from convexgen.naming import Naming
from convexgen.rules.breaking import CHANGES
from convexgen.rules.tool import (
    INVALID_SETTING,
    INVALID_TOML,
    OVERLAPPING_OUTPUTS,
    PATH_OUTSIDE_PROJECT,
    SHADOWED_PACKAGE,
    UNKNOWN_SETTING,
)
from convexgen.selection import complaint
from convexgen.settings import PythonOutput, Settings, TypeScriptOutput, kebab, normal_path
from convexgen.source import Span
from convexgen.toml_places import KeyPath, place_of, place_of_text

PATH = "pyproject.toml"
SECTION: KeyPath = ("tool", "convexgen")
ENVIRONMENT = {
    "CONVEXGEN_SOURCE": "source",
    "CONVEXGEN_NAMING": "naming",
    "CONVEXGEN_SELECT": "select",
    "CONVEXGEN_EXTEND_SELECT": "extend-select",
    "CONVEXGEN_IGNORE": "ignore",
}
"""The environment variables that stand for settings; `CONVEXGEN_CACHE_DIR` and the like are not among them."""
_SELECTORS = ("select", "extend-select", "ignore")
"""Settings that are lists of selectors; the environment and the command line separate those by commas."""
_PER_FILE = "per-file-ignores"
KINDS = ("typescript", "python", "spec")
"""What an output can be."""


class _Said(NamedTuple):
    """What is said of settings: `values` in pyproject.toml, `given` elsewhere, and for those of which keys `elsewhere`
    tells where that is.
    """

    values: dict[str, Any]
    given: dict[str, Any]
    elsewhere: dict[str, str]

    @property
    def all(self) -> dict[str, Any]:
        return {**self.values, **self.given}


def load(
    text: str | None, environment: Mapping[str, str], overrides: Mapping[str, str]
) -> tuple[Settings | None, tuple[Diagnostic, ...]]:
    """The settings that hold, with what is to be said about them; None when one of the findings is an error.

    `text` is pyproject.toml, None where there is none. `overrides` comes from the command line and wins over the
    environment, which wins over the file.
    """
    said = _said(text, environment, overrides)
    if isinstance(said, Diagnostic):
        return None, (said,)
    settings = _plain(said)
    if settings is None:
        from convexgen.settings_sections import ValidationError, settings_of  # noqa: PLC0415 - pydantic, by need

        try:
            settings = settings_of(said.all)
        except ValidationError as error:
            return None, in_order([_explain(item, text, said) for item in error.errors()])
    findings = [
        *_path_findings(settings, text, said.elsewhere),
        *_selector_findings(settings, text, said.elsewhere),
        *_breaking_findings(settings, text),
    ]
    failed = any(finding.rule is not SHADOWED_PACKAGE for finding in findings)
    return None if failed else settings, in_order(findings)


def is_plain(text: str | None, environment: Mapping[str, str], overrides: Mapping[str, str]) -> bool:
    """Whether `load` will have its answer without pydantic."""
    said = _said(text, environment, overrides)
    return isinstance(said, Diagnostic) or _plain(said) is not None


def _plain(said: _Said) -> Settings | None:
    """The settings of a project that only says where functions are, how names are spelt and which rules are wanted."""
    usual, values = Settings(), said.all
    source, naming = values.pop("source", usual.source), values.pop("naming", usual.naming)
    select = values.pop("select", ())
    extend, ignore = values.pop("extend-select", usual.extend_select), values.pop("ignore", usual.ignore)
    if values or not isinstance(source, str) or not source or naming not in get_args(Naming):
        return None
    if not all(map(_are_texts, (select, extend, ignore))):
        return None
    wanted = tuple(select) if "select" in said.all else usual.select
    return Settings(normal_path(source), naming, usual.outputs, wanted, tuple(extend), tuple(ignore))


def _are_texts(values: object) -> bool:
    return isinstance(values, list | tuple) and all(isinstance(each, str) for each in values)


def _said(text: str | None, environment: Mapping[str, str], overrides: Mapping[str, str]) -> _Said | Diagnostic:
    """Everything that is said; or why there is nothing to be read."""
    try:
        document = tomllib.loads(text or "")
    except tomllib.TOMLDecodeError as error:
        return _invalid_toml(text or "", str(error))
    section = _lookup(document, SECTION)
    if not isinstance(section, dict):
        return _finding(INVALID_SETTING, "`tool.convexgen` must be a table", text, SECTION)
    from_environment = {key: environment[name] for name, key in ENVIRONMENT.items() if environment.get(name)}
    elsewhere = {
        key: f"the environment variable {name}" for name, key in ENVIRONMENT.items() if key in from_environment
    }
    elsewhere |= {key: f"the option --{key}" for key in overrides}
    given = {key: _split(key, value) for key, value in {**from_environment, **overrides}.items()}
    return _Said(_with_kebab_keys(section), given, elsewhere)


def _lookup(document: Mapping[str, Any], path: KeyPath) -> object:
    value: object = document
    for key in path:
        value = value.get(str(key), {}) if isinstance(value, dict) else {}
    return value


def _with_kebab_keys(value: Any) -> Any:
    """`value` with `file_type` and `file-type` made one, but not globs; the spelling in the file is kept for places."""
    if isinstance(value, dict):
        return {
            kebab(key): inner if kebab(key) == _PER_FILE else _with_kebab_keys(inner) for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_with_kebab_keys(inner) for inner in value]
    return value


def _split(key: str, value: str) -> str | tuple[str, ...]:
    """`a, b` as a list where the setting is one."""
    if key not in _SELECTORS:
        return value
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _invalid_toml(text: str, message: str) -> Diagnostic:
    """The parser's own words end in the place, which is taken off them."""
    found = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", message)
    span = Span(PATH)
    if found:
        lines = text.split("\n")
        line, column = (int(found[1]), int(found[2])) if found[1] else (len(lines), len(lines[-1]) + 1)
        span = Span(PATH, line, column, line, column + 1)
        message = message[: found.start()]
    return Diagnostic(INVALID_TOML, f"this is not valid TOML: {message[:1].lower()}{message[1:]}", Label(span))


def _finding(rule: Rule, message: str, text: str | None, path: KeyPath, help: str | None = None) -> Diagnostic:
    return Diagnostic(rule, message, Label(place_of(PATH, text or "", path)), help=help)


def _explain(error: Any, text: str | None, said: _Said) -> Diagnostic:
    """One of pydantic's errors in the words of somebody who edits pyproject.toml."""
    place = tuple(part for part in error["loc"] if part not in KINDS)
    key = str(place[-1])
    if error["type"] == "extra_forbidden":
        from convexgen.settings_sections import known_keys  # noqa: PLC0415 - loaded already, where there is an error

        known = known_keys(place, said.values)
        close = difflib.get_close_matches(key, known, 1)
        advice = f"did you mean `{close[0]}`?" if close else f"there are {_listed(known)}"
        return _finding(UNKNOWN_SETTING, f"there is no setting `{_dotted(place)}`", text, (*SECTION, *place), advice)
    message = f"`{_dotted(place)}` {_complaint(error)}"
    choices = _advice(error)
    if place[0] in said.elsewhere:
        message = f"{said.elsewhere[str(place[0])]}: {message}"
        return Diagnostic(INVALID_SETTING, message, Label(Span("")), help=choices)
    return _finding(INVALID_SETTING, message, text, (*SECTION, *place), choices)


def _complaint(error: Any) -> str:
    match error["type"]:
        case "missing" | "union_tag_not_found":
            return "is missing" if error["type"] == "missing" else "does not say its `kind`"
        case "literal_error":
            return f"cannot be {error['input']!r}"
        case "union_tag_invalid":
            return f"is of no known kind: {error['ctx']['tag']!r}"
        case "string_type":
            return "must be a text"
        case "string_too_short":
            return "must not be empty"
        case "string_pattern_mismatch":
            return "must end in `.json`"
        case "dict_type" | "model_type":
            return "must be a table"
        case "date_type":
            return "must be a day without quotes, such as 2030-01-31"
        case _:
            return "must be a list"


def _advice(error: Any) -> str | None:
    match error["type"]:
        case "literal_error":
            choices = re.findall(r"'([^']*)'", error["ctx"]["expected"])
        case "union_tag_not_found" | "union_tag_invalid":
            choices = list(KINDS)
        case _:
            return None
    given = error["input"] if error["type"] == "literal_error" else error.get("ctx", {}).get("tag", "")
    close = difflib.get_close_matches(str(given), choices, 1)
    return f"did you mean {close[0]!r}?" if close else f"write one of {', '.join(repr(choice) for choice in choices)}"


def _dotted(place: KeyPath) -> str:
    """`outputs[0].file-type` for `("outputs", 0, "file-type")`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).removeprefix(".")


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _path_findings(settings: Settings, text: str | None, elsewhere: Mapping[str, str]) -> list[Diagnostic]:
    source_place: KeyPath = (*SECTION, "source")
    findings = []
    if _leads_out(settings.source):
        message = f"`source` leads out of the project: {settings.source}"
        findings.append(_finding(PATH_OUTSIDE_PROJECT, message, None if "source" in elsewhere else text, source_place))
    elif settings.source == ".":
        message = "`source` must be a folder of its own below the project's root"
        findings.append(_finding(INVALID_SETTING, message, None if "source" in elsewhere else text, source_place))
    elif settings.source == "convex":
        findings.append(
            _finding(
                SHADOWED_PACKAGE,
                "a folder `convex` at the root of the project hides the package `convex` from Python",
                None if "source" in elsewhere else text,
                source_place,
                "name the functions folder otherwise, for example `backend`, if that package is used",
            )
        )
    for position, output in enumerate(settings.outputs):
        place: KeyPath = (*SECTION, "outputs", position, "path")
        if _leads_out(output.path):
            message = f"an output leads out of the project: {output.path}"
            findings.append(_finding(PATH_OUTSIDE_PROJECT, message, text, place))
        elif complaint := _overlap(settings, position):
            findings.append(_finding(OVERLAPPING_OUTPUTS, complaint, text, place))
    return findings


def _selector_findings(settings: Settings, text: str | None, elsewhere: Mapping[str, str]) -> Iterator[Diagnostic]:
    lists: list[tuple[KeyPath, tuple[str, ...]]] = [
        (("select",), settings.select or ()),
        (("extend-select",), settings.extend_select),
        (("ignore",), settings.ignore),
        *(((_PER_FILE, glob), selectors) for glob, selectors in settings.per_file_ignores),
    ]
    for place, selectors in lists:
        for selector in selectors:
            wrong = complaint(selector, ignoring=place[0] in ("ignore", _PER_FILE))
            if wrong and place[0] in elsewhere:
                message = f"{elsewhere[str(place[0])]}: {wrong.message}"
                yield Diagnostic(INVALID_SETTING, message, Label(Span("")), help=wrong.help)
            elif wrong:
                span = place_of_text(PATH, text or "", (*SECTION, *place), selector)
                yield Diagnostic(INVALID_SETTING, wrong.message, Label(span), help=wrong.help)


def _breaking_findings(settings: Settings, text: str | None) -> Iterator[Diagnostic]:
    """Names that are not those of rules about changes, and reasons that nobody has written."""
    section: KeyPath = (*SECTION, "breaking")
    named: list[tuple[KeyPath, str]] = [
        ((*section, "severities", name), name) for name, _ in settings.breaking.severities
    ]
    for position, allowed in enumerate(settings.breaking.allow):
        place: KeyPath = (*section, "allow", position)
        named.append(((*place, "rule"), allowed.rule))
        if allowed.reason in ("…", "..."):
            message = f"`{_dotted(place[2:])}.reason` does not say why"
            yield _finding(INVALID_SETTING, message, text, (*place, "reason"), "write why nothing breaks")
    names = [rule.name for rule in CHANGES]
    for place, name in named:
        if name not in names:
            close = difflib.get_close_matches(name, names, 1)
            help_ = f"did you mean `{close[0]}`?" if close else "name a rule whose code begins with CG7"
            yield _finding(INVALID_SETTING, f"there is no rule `{name}` about changes", text, place, help_)


def _leads_out(path: str) -> bool:
    return path == ".." or path.startswith(("../", "/")) or bool(re.match(r"[A-Za-z]:", path))


def _overlap(settings: Settings, position: int) -> str | None:
    """Why the output at `position` cannot lie where it does, in view of the sources and the other outputs."""
    output = settings.outputs[position]
    if _same_or_inside(settings.source, output.path):
        return f"an output at `{output.path}` would take in the functions folder `{settings.source}`"
    for other in settings.outputs[:position]:
        if other.path.casefold() == output.path.casefold():
            return f"two outputs go to `{output.path}`"
    for other in settings.outputs:
        if other is output or isinstance(other, TypeScriptOutput) or not _same_or_inside(output.path, other.path):
            continue
        if other.path.casefold() != output.path.casefold():
            what = "the Python package" if isinstance(other, PythonOutput) else "the file"
            return f"an output at `{output.path}` would lie inside {what} `{other.path}`"
    return None


def _same_or_inside(path: str, folder: str) -> bool:
    """Compared without regard to case, as some file systems do."""
    return folder == "." or f"{path.casefold()}/".startswith(f"{folder.casefold()}/")
