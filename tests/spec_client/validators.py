"""Values that validators let through, for functions of a spec to give back."""

from __future__ import annotations

import base64
import struct
from typing import Any

from hypothesis import strategies as st

from convexgen import Int64

NOTHING = object()
"""Stands for an optional field that is not there."""
_TEXT = st.text(max_size=6)
_SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "string": _TEXT,
    "number": st.floats(allow_nan=False),
    "boolean": st.booleans(),
    "null": st.none(),
    "bigint": st.integers(-(2**63), 2**63 - 1).map(Int64),
    "bytes": st.binary(max_size=6),
    "any": st.none() | st.booleans() | _TEXT | st.lists(_TEXT, max_size=2) | st.just({"shape": {"deep": [1.5, "x"]}}),
}
_JOBS = "_scheduled_functions"
_COUNTS = frozenset({"numItems", "maximumRowsRead", "maximumBytesRead"})
_WHOLE = st.integers(1, 1000).map(float)
_KEYS = st.from_regex(r"\A[a-z][a-zA-Z0-9 -]{0,5}\Z")


def values_of(validator: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values as the runtime has them. A union without members has none, and so gives null.

    Sizes and times of the system's own documents are whole numbers. Options of pages count, and have the `id` left out
    that only the hooks of React give. No value of Convex has a field whose name begins with `$`: nor has any of these.
    """
    match validator["type"]:
        case "literal":
            return st.just(_literal(validator["value"]))
        case "id":
            return st.from_regex(r"\A[0-9a-z]{31}\Z")
        case "array":
            return st.lists(values_of(validator["value"]), max_size=2)
        case "record":
            keys = _KEYS if validator["keys"]["type"] == "string" else values_of(validator["keys"])
            return st.dictionaries(keys, values_of(validator["values"]["fieldType"]), max_size=2)
        case "union":
            return st.one_of(*map(values_of, validator["value"])) if validator["value"] else st.none()
        case "object":
            fields = {name: _field(each) for name, each in validator["value"].items() if not name.startswith("$")}
            if {"numItems", "cursor"} <= fields.keys():
                fields = {name: _WHOLE if name in _COUNTS else fields[name] for name in fields if name != "id"}
            if validator["value"].get("_id", {}).get("fieldType", {}).get("tableName") in ("_storage", _JOBS):
                numbers = {name for name, each in validator["value"].items() if each["fieldType"]["type"] == "number"}
                fields |= {name: _WHOLE for name in numbers if name in fields}
            return st.fixed_dictionaries(fields).map(_without_nothing)
        case kind:
            return _SCALARS[kind]


def _field(field: dict[str, Any]) -> st.SearchStrategy[Any]:
    inner = values_of(field["fieldType"])
    return inner | st.just(NOTHING) if field["optional"] else inner


def _without_nothing(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if value is not NOTHING}


def _literal(value: Any) -> Any:
    if not isinstance(value, dict):
        return float(value) if type(value) is int else value
    return Int64(struct.unpack("<q", base64.b64decode(value["$integer"]))[0])
