"""`convexgen data`: which tables there are, and the documents of one."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from convexgen.cli.streams import CLEAN, FINDINGS, UNREADABLE, say, waiting
from convexgen.cli.target import Target, backend_of, refuse
from convexgen.dev.calling import CallError, call
from convexgen.dev.data_folder import RunningBackend

Form = Literal["pretty", "json", "jsonl"]

_PAGE = 100
"""Documents that are asked for at once."""
_WIDEST = 60
"""Characters of a value in a table; of a longer one, the beginning is shown."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is to be shown of a table, and how."""

    limit: int
    order: Literal["asc", "desc"]
    form: Form


class _RefusedError(Exception):
    """What the backend says of a question that it does not answer."""


def tables(target: Target) -> int:
    """The names of all tables, one a line."""
    backend = backend_of(target)
    if backend is None:
        return UNREADABLE
    try:
        names = [each["name"] for each in _asked(backend, "tables", {})["page"]]
    except CallError as error:
        return refuse(error, target)
    except _RefusedError as refusal:
        say(str(refusal))
        return FINDINGS
    sys.stdout.write("".join(f"{name}\n" for name in names))
    if not names:
        say("There are no tables.")
    return CLEAN


def documents(target: Target, table: str, wishes: Wishes) -> int:
    """The documents that were made last, or first."""
    backend = backend_of(target)
    if backend is None:
        return UNREADABLE
    try:
        with waiting(f"reading {table}"):
            found, is_all = _documents(backend, table, wishes)
    except CallError as error:
        return refuse(error, target)
    except _RefusedError as refusal:
        say(str(refusal))
        return FINDINGS
    sys.stdout.write(written(found, wishes.form))
    if not found:
        say(f"There are no documents in {table}.")
    elif not is_all:
        which = "last" if wishes.order == "desc" else "first"
        shown = (
            "This is the document that was"
            if wishes.limit == 1
            else f"These are the {wishes.limit} documents that were"
        )
        say(f"{shown} made {which}; --limit shows more.")
    return CLEAN


def written(found: Sequence[dict[str, Any]], form: Form) -> str:
    """Documents as text. In JSON, values are written as clients send them, so that nothing is lost."""
    if form == "pretty":
        return _table(found) if found else ""
    lines = [json.dumps(each, ensure_ascii=False) for each in found]
    if form == "jsonl":
        return "".join(f"{line}\n" for line in lines)
    between = ",\n  "
    return f"[\n  {between.join(lines)}\n]\n" if lines else "[]\n"


def _documents(backend: RunningBackend, table: str, wishes: Wishes) -> tuple[list[dict[str, Any]], bool]:
    """The documents, and whether there are no more."""
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    is_done = False
    while not is_done and len(found) <= wishes.limit:
        options = {"numItems": min(_PAGE, wishes.limit + 1 - len(found)), "cursor": cursor}
        page = _asked(backend, "tableData", {"table": table, "order": wishes.order, "paginationOpts": options})
        found += page["page"]
        is_done, cursor = page["isDone"], page["continueCursor"]
    return found[: wishes.limit], len(found) <= wishes.limit


def _asked(backend: RunningBackend, function: str, arguments: object) -> Any:
    """The page that a function of the system gives. Raises `CallError`, `_RefusedError`."""
    answer = call(backend, f"_system/cli/{function}", arguments, form="convex_encoded_json")
    if answer.error is not None:
        raise _RefusedError(answer.error)
    if not isinstance(answer.value, dict) or "page" not in answer.value:
        raise CallError(f"{backend.url} does not answer as a backend does")
    return answer.value


def _table(found: Sequence[dict[str, Any]]) -> str:
    """Columns for all fields that any document has: the id first, the time last."""
    fields = dict.fromkeys(name for each in found for name in each if name not in ("_id", "_creationTime"))
    columns = ["_id", *fields, "_creationTime"]
    rows = [[_short(each[name]) if name in each else "" for name in columns] for each in found]
    widths = [max(map(len, cells)) for cells in zip(columns, *rows, strict=True)]
    return "".join([_line(columns, widths), _line(["-" * width for width in widths], widths), *_lines(rows, widths)])


def _lines(rows: Iterable[Sequence[str]], widths: Sequence[int]) -> Iterable[str]:
    return (_line(row, widths) for row in rows)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip() + "\n"


def _short(value: object) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        value = int(value)
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"
