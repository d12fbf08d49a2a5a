"""Stored files: their content in a store of blobs, what is known of them in documents, and never one without the other.

The content comes first and goes last. An upload is written and made durable before a transaction adds the documents;
`delete` only notes in its transaction that the content may go, which is done after the commit, and again after a crash.
What is left over by a crash in between is content that no document names: it is found by looking, and deleted.
"""

from __future__ import annotations

from convexgen.runtime.files.blobs import BlobError, BlobReader, Blobs, BlobWriter, MissingBlobError
from convexgen.runtime.files.checksums import ChecksumMismatchError
from convexgen.runtime.files.content_types import InvalidContentTypeError
from convexgen.runtime.files.stored_files import FoundFile, StoredFiles
from convexgen.runtime.files.uploads import TooLargeError, Upload
from convexgen.runtime.files.urls import FileUrls, InvalidTokenError, TokenExpiredError

__all__ = [
    "BlobError",
    "BlobReader",
    "BlobWriter",
    "Blobs",
    "ChecksumMismatchError",
    "FileUrls",
    "FoundFile",
    "InvalidContentTypeError",
    "InvalidTokenError",
    "MissingBlobError",
    "StoredFiles",
    "TokenExpiredError",
    "TooLargeError",
    "Upload",
]
