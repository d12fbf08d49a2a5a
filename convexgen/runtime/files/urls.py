"""Addresses of files: those to read from, which whoever has them may, and those to upload to, good for an hour."""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import Final

from convexgen.runtime.files.blobs import is_name

UPLOAD_PATH: Final = "/api/storage/upload"
DOWNLOAD_PATH: Final = "/api/storage/"
LIFETIME: Final = 60 * 60 * 1000
"""Milliseconds that a token is good for."""

_is_token = re.compile(r"([0-9]{1,16})\.([A-Za-z0-9_-]{43})", re.ASCII).fullmatch


class InvalidTokenError(ValueError):
    """A token for uploads that is not ours."""


class TokenExpiredError(ValueError):
    """A token for uploads that was ours for an hour."""


@dataclass(slots=True)
class FileUrls:
    """`origin`: `https://backend.example`, where clients reach the backend. `secret`: bytes that nobody else knows.

    Whoever serves sets `origin` before a function runs; URLs that were given out keep the one that they have.
    """

    secret: bytes
    origin: str = "http://127.0.0.1:3210"

    def download(self, name: str) -> str:
        """Where the content of a file is read. There are so many names that none is ever guessed."""
        return f"{self.origin}{DOWNLOAD_PATH}{name}"

    def upload(self, now: float) -> str:
        """Where files may be uploaded, as many as come, for an hour from `now` (milliseconds since the epoch)."""
        expires_at = str(int(now) + LIFETIME)
        return f"{self.origin}{UPLOAD_PATH}?token={expires_at}.{self._signature(expires_at)}"

    def check_token(self, token: str, now: float) -> None:
        """Raises `InvalidTokenError` and `TokenExpiredError`. Takes as long for one wrong signature as for another."""
        found = _is_token(token)
        if found is None or not hmac.compare_digest(found[2], self._signature(found[1])):
            raise InvalidTokenError("this is no token for uploads")
        if int(found[1]) <= now:
            raise TokenExpiredError("the token has expired")

    def _signature(self, expires_at: str) -> str:
        digest = hmac.digest(self.secret, f"upload until {expires_at}".encode(), "sha256")
        return urlsafe_b64encode(digest).rstrip(b"=").decode()


def name_in(segment: str) -> str | None:
    """The name of a blob, as the last segment of a URL may have it; None if it is none."""
    lowered = segment.lower()
    return lowered if is_name(lowered) else None
