"""Which bytes a `Range` header asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convexgen.runtime.server.byte_ranges import UnsatisfiableRangeError, byte_range


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("bytes=0-0", (0, 1)),
        ("bytes=2-5", (2, 6)),
        ("bytes=2-", (2, 10)),
        ("bytes=2-99", (2, 10)),
        ("bytes=-3", (7, 10)),
        ("bytes=-99", (0, 10)),
        ("bytes= 2-5 ", (2, 6)),
        ("BYTES=2-5", (2, 6)),
        ("bytes=2-5,", (2, 6)),
        ("bytes=", None),
        ("bytes=-", None),
        ("bytes=5-2", None),
        ("bytes=a-b", None),
        ("bytes=2-5;6-7", None),
        ("bytes=+2-5", None),
        ("bytes=٢-٥", None),
        (f"bytes=0-{'9' * 19}", None),
        ("lines=2-5", None),
        ("2-5", None),
        ("bytes=0-1,x", None),
    ],
)
def test_a_file_of_ten_bytes(header: str | None, expected: tuple[int, int] | None) -> None:
    assert byte_range(header, 10) == expected


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=10-20", "bytes=-0", "bytes=0-1,3-4", "bytes=0-1, -2"])
def test_what_cannot_be_had(header: str) -> None:
    with pytest.raises(UnsatisfiableRangeError):
        byte_range(header, 10)


@pytest.mark.parametrize("header", ["bytes=0-", "bytes=5-9", "bytes=-1", "bytes=0-1,3-4"])
def test_an_empty_file_is_given_as_a_whole(header: str) -> None:
    assert byte_range(header, 0) is None


@given(st.text("bytes=0123456789-, \t", max_size=20), st.integers(0, 100))
def test_whatever_comes_is_within_the_file(header: str, size: int) -> None:
    try:
        found = byte_range(header, size)
    except UnsatisfiableRangeError:
        return
    assert found is None or 0 <= found.start < found.stop <= size
