"""Ids of documents as text: which table, which document, and a checksum that catches every slip of one character.

A text spells bytes in base 32: the number of the table (seven bits to a byte, the lowest first, the high bit set on all
but the last), the sixteen bytes of the document, and two bytes of checksum. There is one text for each id, so texts may
be compared instead of ids, and in one table they have the same order.
"""

from __future__ import annotations

import re
from base64 import b32encode
from functools import lru_cache
from itertools import accumulate
from typing import Final, NamedTuple

from convexgen.runtime.values.domain import InvalidValueError

INTERNAL_SIZE: Final = 16
RANDOM_SIZE: Final = 14
"""Bytes of a document's id, and how many of them are random."""

GREATEST_TABLE_NUMBER: Final = 2**32 - 1
FIRST_USER_TABLE: Final = 10_001
"""Tables below this number are the system's own."""

_MILLISECONDS_A_DAY = 86_400_000
_CHECKSUM_SIZE = 2
_TEXT_SIZES = (31, 32, 34, 36, 37)
"""As the number of a table has one to five bytes, and a character has five bits."""

_is_base32 = re.compile("[0-9a-hjkmnp-tv-z]+").fullmatch
_TO_DIGITS = str.maketrans("0123456789abcdefghjkmnpqrstvwxyz", "0123456789abcdefghijklmnopqrstuv")
_FROM_STANDARD = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789abcdefghjkmnpqrstvwxyz")


class InvalidIdError(InvalidValueError):
    """A text that is the id of no document, in whatever table."""


class DocumentId(NamedTuple):
    """An id taken apart: the number of a table, 1 … 2^32-1, and the sixteen bytes of a document."""

    table_number: int
    internal: bytes

    def __str__(self) -> str:
        return encode_id(self.table_number, self.internal)


def new_internal_id(random_bytes: bytes, now: float) -> bytes:
    """The sixteen bytes of a new document: fourteen at random, and the day. `now`: milliseconds since the epoch."""
    if len(random_bytes) != RANDOM_SIZE:
        raise ValueError(f"{len(random_bytes)} random bytes, not {RANDOM_SIZE}")
    return random_bytes + (int(now // _MILLISECONDS_A_DAY) & 0xFFFF).to_bytes(2, "big")


def encode_id(table_number: int, internal: bytes) -> str:
    """The text of an id. Raises `ValueError` for a number that no table has, or another count of bytes than sixteen."""
    if not 0 < table_number <= GREATEST_TABLE_NUMBER or len(internal) != INTERNAL_SIZE:
        raise ValueError(f"no id has the table number {table_number} and {len(internal)} bytes")
    data = _table_bytes(table_number) + internal
    return b32encode(data + _checksum(data)).rstrip(b"=").translate(_FROM_STANDARD).decode()


@lru_cache(4096)
def decode_id(text: str) -> DocumentId:
    """What the text of an id says. Raises `InvalidIdError` unless it is, to the letter, what `encode_id` would give.

    A document that was read is likely to be changed, so what was taken apart is remembered.
    """
    if len(text) not in _TEXT_SIZES:
        raise InvalidIdError(f"Unable to decode ID: Invalid ID length {len(text)}")
    if not _is_base32(text):
        raise InvalidIdError(f"Unable to decode ID: {text!a} has characters that no ID has")
    size, surplus = divmod(len(text) * 5, 8)
    number = int(text.translate(_TO_DIGITS), 32)
    data = (number >> surplus).to_bytes(size, "big")
    body, checksum = data[:-_CHECKSUM_SIZE], data[-_CHECKSUM_SIZE:]
    table, internal = body[:-INTERNAL_SIZE], body[-INTERNAL_SIZE:]
    table_number = sum((byte & 0x7F) << 7 * place for place, byte in enumerate(table))
    if not 0 < table_number <= GREATEST_TABLE_NUMBER or table != _table_bytes(table_number):
        raise InvalidIdError(f"Unable to decode ID: {text!a} names no table")
    if checksum != _checksum(body) or number & ((1 << surplus) - 1):
        raise InvalidIdError(f"Unable to decode ID: the checksum of {text!a} is wrong")
    return DocumentId(table_number, internal)


def _table_bytes(number: int) -> bytes:
    data = bytearray()
    while number > 0x7F:
        data.append(number & 0x7F | 0x80)
        number >>= 7
    data.append(number)
    return bytes(data)


def _checksum(data: bytes) -> bytes:
    """Two sums modulo 256: of the bytes, and of all the sums on the way. No change of two neighbours keeps both."""
    return bytes((sum(data) & 0xFF, sum(accumulate(data)) & 0xFF))
