"""The program as a JSON file has it: our own IR, or a function spec, which tells of functions alone."""

from __future__ import annotations

import json
from pathlib import Path

from convexgen.baselines.error import BaselineError
from convexgen.breaking.compare import Baseline
from convexgen.emit.spec import InvalidSpecError, parse
from convexgen.folders import reason

_SHOWN = 3
"""Problems of a document that are told."""
_ADVICE = (
    "name a file that `convexgen spec --format ir` has written; "
    "where a git ref is called like a file, write it in full (`refs/heads/…`)"
)


def read_document(path: Path, title: str) -> Baseline:
    """The program in the file at `path`, called `title`. Raises `BaselineError`."""
    try:
        text = path.read_text(encoding="utf-8")
        document = json.loads(text)
    except OSError as error:
        why = "there is no such file" if isinstance(error, FileNotFoundError) else reason(error)
        raise BaselineError.of(f"`{title}` cannot be read: {why}", "name a file, a git ref or a URL") from error
    except (ValueError, RecursionError) as error:
        raise BaselineError.of(f"`{title}` is not JSON: {error}", _ADVICE) from error
    keys = document.keys() if isinstance(document, dict) else ()
    try:
        if "modules" in keys:
            return Baseline(parse(text), title)
        if "functions" in keys:
            return _function_spec(text, title)
    except InvalidSpecError as error:
        raise BaselineError.of(f"`{title}` is not what it should be: {_shortened(str(error))}", _ADVICE) from error
    raise BaselineError.of(f"`{title}` is neither a convexgen IR nor a function spec", _ADVICE)


def _function_spec(text: str, title: str) -> Baseline:
    from convexgen.emit.spec.function_spec_reading import parse_function_spec  # noqa: PLC0415

    spec = parse_function_spec(text)
    return Baseline(spec.program, title, "validators", spec.untyped)


def _shortened(problems: str) -> str:
    lines = problems.split("\n")
    more = f" (and {len(lines) - _SHOWN} more)" if len(lines) > _SHOWN else ""
    return f"{'; '.join(lines[:_SHOWN])}{more}"
