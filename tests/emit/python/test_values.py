"""Values travel without loss: whatever is encoded comes back the same, to the bit."""

from __future__ import annotations

import json
import math
import struct
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from tests.emit.python.conftest import PACKAGE

KEYS = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=8).filter(lambda key: key[:1] != "$")


def same(one: object, other: object) -> bool:
    """Equal, and of the same types; floats to the bit."""
    if type(one) is not type(other):
        return False
    if isinstance(one, float) and isinstance(other, float):
        return struct.pack("<d", one) == struct.pack("<d", other)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return one == other


def travelled(values: ModuleType, value: object) -> Any:
    """`value` after it went to a server and came back."""
    text = json.dumps(values.encode(value), allow_nan=False)
    return values.decode(json.loads(text))


@given(st.data())
@settings(deadline=None)
def test_convex_values_come_back_the_same(values: ModuleType, data: st.DataObject) -> None:
    leaves = (
        st.none()
        | st.booleans()
        | st.floats().map(lambda number: math.nan if math.isnan(number) else number)
        | st.text(st.characters(exclude_categories=["Cs"]))
        | st.binary()
        | st.integers(-(2**63), 2**63 - 1).map(values.Int64)
    )
    value = data.draw(st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner)))
    assert same(travelled(values, value), value)


@pytest.mark.parametrize(
    ("type_name", "strategy"),
    [
        ("WireInt", st.integers(-(2**53), 2**53)),
        ("WireInt64", st.integers(-(2**63), 2**63 - 1)),
        ("WireFloat", st.floats(allow_nan=False) | st.integers(-(2**53), 2**53)),
        ("WireDatetime", st.datetimes(datetime(1831, 1, 1), datetime(2109, 1, 1), timezones=st.just(UTC))),
        ("WireDate", st.dates()),
        ("WireUuid", st.uuids()),
        ("WireDecimal", st.decimals(allow_nan=False)),
    ],
)
@given(data=st.data())
@settings(deadline=None)
def test_declared_types_come_back_the_same(
    values: ModuleType, type_name: str, strategy: st.SearchStrategy[Any], data: st.DataObject
) -> None:
    adapter: TypeAdapter[Any] = TypeAdapter(getattr(values, type_name))
    value = data.draw(strategy)
    received = adapter.validate_python(travelled(values, adapter.validate_python(value)))
    assert received == value
    assert adapter.validate_python(value) == received


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5, "5.0"),
        (5.0, "5.0"),
        (-0.0, '{"$float": "AAAAAAAAAIA="}'),
        (math.nan, '{"$float": "AAAAAAAA+H8="}'),
        (-math.inf, '{"$float": "AAAAAAAA8P8="}'),
        (True, "true"),
        (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=1), "0.001"),
        (datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC), "-1000.0"),
        (bytearray(b"x"), '{"$bytes": "eA=="}'),
        (({"a": (1,)},), '[{"a": [1.0]}]'),
    ],
)
def test_the_text_of_values(values: ModuleType, value: object, text: str) -> None:
    assert json.dumps(values.encode(value)) == text


def test_unset_is_false_and_alone(chat: ModuleType, values: ModuleType) -> None:
    assert not chat.UNSET
    assert repr(chat.UNSET) == "UNSET"
    with pytest.raises(ValueError, match="a Unset is not a Convex value"):
        values.encode([chat.UNSET])


def test_int64_has_64_bits(chat: ModuleType) -> None:
    assert {chat.Int64(-(2**63)), chat.Int64(7)} == {-(2**63), 7}
    with pytest.raises(ValueError, match="does not fit into 64 bits"):
        chat.Int64(2**63)


def test_errors_survive_pickling(chat: ModuleType) -> None:
    script = f"""
import pickle
import {PACKAGE} as chat
for error in (
    chat.ConvexError("a:b", "text", {{"code": 1}}, ("line",)),
    chat.FunctionError("a:b", "text"),
    chat.RequestRejected(503, "Overloaded", "Later"),
    chat.Timeout("text"),
):
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy), vars(copy)) == (type(error), str(error), vars(error)), error
"""
    folder = Path(chat.__path__[0]).parent
    subprocess.run([sys.executable, "-W", "error", "-c", script], cwd=folder, check=True)


@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        (f"import {PACKAGE}", ("pydantic", "httpx", f"{PACKAGE}.client", f"{PACKAGE}.models")),
        (f"from {PACKAGE} import Client; Client(None)", ("httpx", f"{PACKAGE}.async_client", f"{PACKAGE}.models")),
        (f"from {PACKAGE} import ConvexError", ("pydantic", "httpx", f"{PACKAGE}.client")),
    ],
)
def test_nothing_is_imported_before_it_is_used(chat_folder: Path, statement: str, absent: tuple[str, ...]) -> None:
    script = f"import sys; {statement}; print(*sorted(set({absent!r}) & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], cwd=chat_folder, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []
