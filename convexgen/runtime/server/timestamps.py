"""How timestamps stand in JSON: eight bytes, the lowest first, in base64."""

from __future__ import annotations

from binascii import Error, a2b_base64, b2a_base64
from struct import Struct

_UNSIGNED = Struct("<Q")


def timestamp_text(timestamp: int) -> str:
    return b2a_base64(_UNSIGNED.pack(timestamp), newline=False).decode()


def read_timestamp(text: str) -> int | None:
    """The timestamp, None for a text that is none."""
    try:
        raw = a2b_base64(text.encode("ascii"), strict_mode=True)
    except (Error, UnicodeEncodeError):
        return None
    if len(raw) != _UNSIGNED.size:
        return None
    (found,) = _UNSIGNED.unpack(raw)
    return int(found)
