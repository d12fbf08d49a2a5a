"""Which bytes of a file a request asks for. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

_range = re.compile(r"bytes=[ \t]*(.*)", re.IGNORECASE | re.ASCII)
_is_one = re.compile(r"([0-9]{0,18})-([0-9]{0,18})", re.ASCII).fullmatch


class UnsatisfiableRangeError(ValueError):
    """A `Range` that cannot be answered with one stretch of the file."""


class ByteRange(NamedTuple):
    """The bytes from `start` up to, but not including, `stop`: one at least."""

    start: int
    stop: int


def byte_range(header: str | None, size: int) -> ByteRange | None:
    """The part of a file of `size` bytes that a `Range` header asks for; None for all of it.

    What is no range of bytes is passed over, as HTTP wants it. Raises `UnsatisfiableRangeError` for several ranges, and
    for one that begins behind the end. A file without any bytes is always given as a whole.
    """
    found = _range.fullmatch(header) if header is not None and size else None
    if found is None:
        return None
    ranges = [each.strip(" \t") for each in found[1].split(",")]
    parsed = [_is_one(each) for each in ranges if each]
    if not parsed or not all(each and any(each.groups()) for each in parsed):
        return None
    if len(parsed) > 1:
        raise UnsatisfiableRangeError("one range at a time")
    assert parsed[0] is not None
    return _within(parsed[0][1], parsed[0][2], size)


def _within(first: str, last: str, size: int) -> ByteRange | None:
    if not first:
        start, stop = max(size - int(last), 0), size
    elif last and int(last) < int(first):
        return None
    else:
        start, stop = int(first), min(int(last) + 1, size) if last else size
    if start >= stop:
        raise UnsatisfiableRangeError(f"the file has {size} bytes")
    return ByteRange(start, stop)
