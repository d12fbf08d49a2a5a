"""Where the content of files lies: in the data folder, unless a variable names a bucket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from convexgen.dev.data_folder import DataFolder
from convexgen.runtime.files import Blobs
from convexgen.runtime.files.disk_blobs import DiskBlobs

VARIABLE: Final = "CONVEXGEN_FILES"


class InvalidBucketError(Exception):
    """What the variable says is no bucket that can be used."""


def file_contents(folder: DataFolder, variables: Mapping[str, str]) -> Blobs:
    """Those of `s3://bucket/prefix` where `CONVEXGEN_FILES` says so; how it is reached, the variables `AWS_…` say.

    Nothing else may be below the prefix. Raises `InvalidBucketError`, `OSError`.
    """
    bucket = variables.get(VARIABLE)
    if not bucket:
        return DiskBlobs(folder.files)
    try:
        from convexgen.runtime.files.s3_blobs import S3Blobs  # noqa: PLC0415 # an optional dependency
    except ImportError:
        raise InvalidBucketError(f"{VARIABLE} needs more packages: `pip install convexgen[s3]`") from None
    try:
        return S3Blobs.at(bucket)
    except ValueError as error:
        raise InvalidBucketError(f"{VARIABLE}: {error}") from None
