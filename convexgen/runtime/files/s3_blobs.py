"""Blobs as objects in a bucket of S3, or of any service that speaks its language.

What is being written lies in a temporary file without a name, which goes with the process, and is sent when it is
whole: a slow upload keeps no connection to the service, and one that is refused never reaches it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from tempfile import TemporaryFile

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from convexgen.runtime.files.blobs import PART, BlobError, MissingBlobError, check_name, is_name


class S3Blobs:
    """`Blobs`. `bucket` may have a prefix, in which there is nothing else; it says how the service is reached."""

    def __init__(self, bucket: S3Store) -> None:
        self._bucket = bucket

    @classmethod
    def at(cls, url: str) -> S3Blobs:
        """Those of `s3://bucket/prefix`; the usual variables `AWS_…` say how it is reached. Raises `ValueError`."""
        if not url.startswith("s3://"):
            raise ValueError(f"{url!a} is not the URL of a bucket, such as s3://bucket/prefix")
        try:
            return cls(S3Store.from_url(url))
        except (BaseError, ValueError) as error:
            raise ValueError(f"{url!a} cannot be used: {error}") from None

    def create(self, name: str) -> _Writer:
        return _Writer(self._bucket, check_name(name))

    def open(self, name: str, start: int, stop: int) -> _Reader:
        return _Reader(self._bucket, check_name(name), start, stop)

    def delete(self, name: str) -> None:
        # S3 itself does not say that there was none; other services may.
        with _as_blob_errors(check_name(name)), suppress(FileNotFoundError):
            obstore.delete(self._bucket, name)

    def names(self) -> Iterator[str]:
        with _as_blob_errors():
            for batch in obstore.list(self._bucket):
                yield from filter(is_name, (found["path"] for found in batch))


class _Writer:
    def __init__(self, bucket: S3Store, name: str) -> None:
        self._bucket = bucket
        self._name = name
        with _as_blob_errors():
            self._file = TemporaryFile()  # noqa: SIM115 # closed by `finish` or `discard`

    def write(self, part: bytes) -> None:
        with _as_blob_errors():
            self._file.write(part)

    def finish(self) -> None:
        with _as_blob_errors():
            self._file.seek(0)
            obstore.put(self._bucket, self._name, self._file)
            self._file.close()

    def discard(self) -> None:
        with _as_blob_errors():
            self._file.close()


class _Reader:
    def __init__(self, bucket: S3Store, name: str, start: int, stop: int) -> None:
        self._bucket = bucket
        self._name = name
        self._range = (start, stop)
        self._parts: Iterator[bytes] | None = None
        self._lock = threading.Lock()

    def read(self) -> bytes:
        with self._lock, _as_blob_errors(self._name):
            if self._parts is None:
                self._parts = self._begun()
            return next(self._parts, b"")

    def close(self) -> None:
        with self._lock:
            self._parts = iter(())

    def _begun(self) -> Iterator[bytes]:
        start, stop = self._range
        if start >= stop:
            return iter(())
        stream = obstore.get(self._bucket, self._name, options={"range": (start, stop)}).stream(min_chunk_size=PART)
        return (bytes(part) for part in stream)


@contextmanager
def _as_blob_errors(name: str = "") -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise MissingBlobError(name) from None
    except (BaseError, OSError) as error:
        raise BlobError(str(error)) from error
