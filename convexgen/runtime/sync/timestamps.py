"""Timestamps as JSON has them: eight bytes, the lowest first, in base64; an integer would lose digits in JavaScript."""

from __future__ import annotations

from binascii import a2b_base64, b2a_base64
from typing import Final

_LAST: Final = 2**63 - 1


def timestamp_text(timestamp: int) -> str:
    return b2a_base64(timestamp.to_bytes(8, "little"), newline=False).decode()


def read_timestamp(text: str) -> int:
    """The nanoseconds since the epoch that a text stands for. Raises `ValueError`."""
    data = a2b_base64(text.encode("ascii"), strict_mode=True)
    timestamp = int.from_bytes(data, "little")
    if len(data) != 8 or timestamp > _LAST:
        raise ValueError(f"{text!a} is not a timestamp")
    return timestamp
