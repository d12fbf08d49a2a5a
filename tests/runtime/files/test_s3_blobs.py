"""What is particular about blobs in buckets."""

from __future__ import annotations

import obstore
import pytest
from obstore.store import S3Store

from convexgen.runtime.files import BlobError
from convexgen.runtime.files.s3_blobs import S3Blobs
from tests.runtime.files.s3_service import Service
from tests.runtime.files.test_blobs import ONE, OTHER, content, put


def test_a_large_one_goes_in_several_parts(s3: Service) -> None:
    blobs = S3Blobs(s3.new_bucket())
    part = bytes(range(256)) * 4096
    put(blobs, ONE, *[part] * 11, b"the end")
    assert content(blobs, ONE, 0, 11 * len(part) + 7) == part * 11 + b"the end"
    assert content(blobs, ONE, 11 * len(part) - 1, 11 * len(part) + 3) == part[-1:] + b"the"


def test_what_else_is_in_the_bucket_is_left_alone(s3: Service) -> None:
    bucket = s3.new_bucket()
    blobs = S3Blobs(bucket)
    put(blobs, ONE, b"one")
    for stranger in ("notes.txt", f"deeper/{OTHER}"):
        obstore.put(bucket, stranger, b"a stranger")
    assert list(blobs.names()) == [ONE]


def _bucket_that_is_not_there(s3: Service) -> S3Store:
    return s3.bucket("no-such-bucket")


def _service_that_is_not_there(s3: Service) -> S3Store:
    del s3
    return Service("http://127.0.0.1:9").bucket("files")  # the port of a service that nobody runs


@pytest.mark.parametrize("make", [_bucket_that_is_not_there, _service_that_is_not_there])
def test_what_is_not_there_is_told(s3: Service, make: object) -> None:
    assert callable(make)
    blobs = S3Blobs(make(s3))
    writer = blobs.create(ONE)
    writer.write(b"x")
    with pytest.raises(BlobError):
        writer.finish()
    writer.discard()
    with pytest.raises(BlobError):
        list(blobs.names())
    with pytest.raises(BlobError):
        content(blobs, ONE, 0, 1)
