"""Blobs in memory, for tests and for backends that are to forget everything."""

from __future__ import annotations

from collections.abc import Iterator

from convexgen.runtime.files.blobs import PART, MissingBlobError, check_name


class MemoryBlobs:
    """`Blobs`."""

    def __init__(self) -> None:
        self._blobs: dict[str, bytes] = {}

    def create(self, name: str) -> _Writer:
        return _Writer(self._blobs, check_name(name))

    def open(self, name: str, start: int, stop: int) -> _Reader:
        content = self._blobs.get(check_name(name))
        if content is None:
            raise MissingBlobError(name)
        return _Reader(content[start:stop])

    def delete(self, name: str) -> None:
        self._blobs.pop(check_name(name), None)

    def names(self) -> Iterator[str]:
        return iter(tuple(self._blobs))


class _Writer:
    def __init__(self, blobs: dict[str, bytes], name: str) -> None:
        self._blobs = blobs
        self._name = name
        self._parts: list[bytes] = []

    def write(self, part: bytes) -> None:
        self._parts.append(part)

    def finish(self) -> None:
        self._blobs[self._name] = b"".join(self._parts)

    def discard(self) -> None:
        self._parts.clear()


class _Reader:
    def __init__(self, content: bytes) -> None:
        self._content = content
        self._position = 0

    def read(self) -> bytes:
        part = self._content[self._position : self._position + PART]
        self._position += len(part)
        return part

    def close(self) -> None:
        """There is nothing to let go of."""
