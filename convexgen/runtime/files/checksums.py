"""SHA-256 in base64: how checksums of files are told and compared."""

from __future__ import annotations

from base64 import b64decode, b64encode
from hashlib import sha256
from typing import Final

_SIZE: Final = sha256().digest_size


class ChecksumMismatchError(ValueError):
    """Content that is not what it should be, according to the checksum that came with it."""

    def __init__(self, given: str, found: str) -> None:
        super().__init__(f"the checksum of the content is {found}, not {given}")


def checksum_text(digest: bytes) -> str:
    return b64encode(digest).decode()


def read_checksum(text: str) -> str:
    """The one spelling of a checksum. Raises `ValueError` for a text that is none."""
    try:
        digest = b64decode(text, validate=True)
    except ValueError:
        digest = b""
    if len(digest) != _SIZE:
        raise ValueError(f"{text!a} is not a SHA-256 checksum in base64")
    return checksum_text(digest)
