"""The text of a function spec to the program that it tells of; and all that is wrong with it, each at its place."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from pydantic import ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from convexgen.diagnostics import Diagnostic, Label, in_order
from convexgen.emit.spec import InvalidSpecError
from convexgen.emit.spec.function_spec_reading import SpecProgram, read_functions
from convexgen.rules.tool import INVALID_FUNCTION_SPEC
from convexgen.source import Span
from convexgen.spec_client.json_places import place_of, span_of

REMEDY = "write it again with `npx convex function-spec > function_spec.json`"
_EXPECTED = {
    "string_type": "a text",
    "bool_type": "`true` or `false`",
    "bool_parsing": "`true` or `false`",
    "tuple_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
}
_DEEPEST = 130
"""Of the JSON: some forty objects in one another. Documents of Convex may have sixteen levels."""
_Place = tuple[str | int, ...]


def read_spec(content: bytes, path: str) -> tuple[SpecProgram | None, tuple[Diagnostic, ...]]:
    """The program, and what is wrong with the file at `path`. There is no program if anything is."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None, (_finding("it is not valid UTF-8", Span(path), REMEDY),)
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        place = span_of(path, text, error.pos, error.pos + 1)
        return None, (_finding(f"it is not JSON: {_lowered(error.msg)}", place, REMEDY),)
    except (ValueError, RecursionError):
        return None, (_finding("it is nested deeper than can be read, or holds a number too long", Span(path), REMEDY),)
    if _depth(document) > _DEEPEST:
        return None, (_finding("it is nested deeper than any value of Convex can be", Span(path), REMEDY),)
    return _read(document, text, path)


def _depth(document: object) -> int:
    """How many objects and lists stand in one another."""
    depth, level = 0, [document]
    while level:
        inner = (list(each.values()) if isinstance(each, dict) else each for each in level)
        level = [each for values in inner if isinstance(values, list) for each in values]
        depth += 1
    return depth


def _read(document: object, text: str, path: str) -> tuple[SpecProgram | None, tuple[Diagnostic, ...]]:
    if not isinstance(document, dict) or "functions" not in document:
        what = "this is no function spec: there is no `functions` in it"
        return None, (_finding(what, place_of(path, text, ()), REMEDY),)
    functions = document["functions"]
    try:
        spec = read_functions(functions)
    except InvalidSpecError as error:
        cause = error.__cause__
        assert isinstance(cause, ValidationError)  # the reader raises it from nothing else
        return None, in_order(list(_problems(cause, document, text, path)))
    found = in_order(list(_identifiers(functions, text, path)))
    return (None if found else spec), found


def _problems(error: ValidationError, document: object, text: str, path: str) -> Iterator[Diagnostic]:
    for detail in error.errors(include_url=False):
        place = _place(("functions", *detail["loc"]), document)
        message, help_ = _told(detail)
        shown = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).removeprefix(".")
        yield _finding(f"`{shown}`: {message}", place_of(path, text, place), help_)


def _place(location: _Place, document: object) -> _Place:
    """`location` without the names of alternatives that pydantic mixes in."""
    here, place = document, []
    for part in location:
        if isinstance(here, dict) and part not in here and part in (here.get("type"), here.get("functionType")):
            continue
        place.append(part)
        if isinstance(here, dict):
            here = here.get(part)
        else:
            here = here[part] if isinstance(here, list) and isinstance(part, int) and part < len(here) else None
    return tuple(place)


def _told(detail: ErrorDetails) -> tuple[str, str]:
    """What is wrong, and what to do about it."""
    context = detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            return "it is not there", REMEDY
        case "union_tag_not_found":
            return f"there is no `{_wire(str(context['discriminator']))}` in it", REMEDY
        case "union_tag_invalid":
            known = str(context["expected_tags"]).replace("'", "").split(", ")
            tag = str(context["tag"])
            return f"`{_wire(str(context['discriminator']))}` is `{tag}`, which is none that Convex has", _advice(
                tag, known
            )
        case "literal_error":
            known = str(context["expected"]).replace("'", "").replace(" or ", ", ").split(", ")
            return f"`{detail['input']}` is none that Convex has", _advice(str(detail["input"]), known)
        case kind if kind in _EXPECTED:
            return f"this should be {_EXPECTED[kind]}", REMEDY
        case _:
            return _lowered(detail["msg"]), REMEDY


def _wire(discriminator: str) -> str:
    return to_camel(discriminator.replace("'", "").split(" | ")[-1])


def _advice(given: str, known: Sequence[str]) -> str:
    near = get_close_matches(given, known, 1)
    return f"did you mean `{near[0]}`?" if near else f"write one of {', '.join(f'`{each}`' for each in known)}"


def _identifiers(functions: Sequence[dict[str, object]], text: str, path: str) -> Iterator[Diagnostic]:
    """Identifiers that name no function, and those that name one that there is already."""
    known = Counter[str]()
    for number, function in enumerate(functions):
        if "identifier" not in function or function["functionType"] == "HttpAction":
            continue
        identifier = str(function["identifier"])
        module, _, name = identifier.partition(":")
        key = f"{module.removesuffix('.js')}:{name or 'default'}"
        known[key] += 1
        place: _Place = ("functions", number, "identifier")
        if not all(module.removesuffix(".js").split("/")) or ":" in name:
            what = f"`{identifier}` names no function"
            yield _finding(what, place_of(path, text, place), "write it as `folder/module.js:function`")
        elif known[key] == 2:
            what = f"there is a function called `{key}` already"
            yield _finding(what, place_of(path, text, place), "take one of the two out")


def _finding(message: str, place: Span, help_: str) -> Diagnostic:
    return Diagnostic(INVALID_FUNCTION_SPEC, message, Label(place), help=help_)


def _lowered(message: str) -> str:
    return message[:1].lower() + message[1:]
