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
        return _Reader(self._blobs, check_name(name), start, stop)

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
    def __init__(self, blobs: dict[str, bytes], name: str, start: int, stop: int) -> None:
        self._blobs = blobs
        self._name = name
        self._position = start
        self._stop = stop

    def read(self) -> bytes:
        if self._position >= self._stop:
            return b""
        content = self._blobs.get(self._name)
        if content is None:
            raise MissingBlobError(self._name)
        part = content[self._position : min(self._position + PART, self._stop)]
        self._position += len(part)
        return part

    def close(self) -> None:
        self._stop = 0
