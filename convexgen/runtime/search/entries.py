"""What a search index keeps of a document, as the bytes that a store and the log of commits know it by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from struct import Struct
from typing import Final

from convexgen.runtime.search.words import words_of

DIGEST_SIZE: Final = 16
_head = Struct(">dB")


def digest(key: bytes) -> bytes:
    """What stands for a value of a filter field, given as its sort key: short, and another one for any other value."""
    return blake2b(key, digest_size=DIGEST_SIZE).digest()


@dataclass(frozen=True, slots=True)
class SearchEntry:
    """`created`: when the document was, in milliseconds. `filters`: a digest for each filter field, in their order.

    `words` are in the order of the text; none if the field holds no text.
    """

    created: float
    filters: tuple[bytes, ...]
    words: tuple[str, ...]

    @classmethod
    def of(cls, created: float, filters: Iterable[bytes], text: str) -> SearchEntry:
        """That of a document, whose filter fields are given as sort keys."""
        return cls(created, tuple(map(digest, filters)), tuple(words_of(text)))

    def pack(self) -> bytes:
        """As bytes. Stores lie in files: whoever changes what they look like raises the version of those."""
        return _head.pack(self.created, len(self.filters)) + b"".join(self.filters) + " ".join(self.words).encode()

    @classmethod
    def unpack(cls, content: bytes) -> SearchEntry:
        """What `pack` has made bytes of."""
        created, count = _head.unpack_from(content)
        end = _head.size + count * DIGEST_SIZE
        filters = tuple(content[start : start + DIGEST_SIZE] for start in range(_head.size, end, DIGEST_SIZE))
        return cls(created, filters, tuple(content[end:].decode().split()))
