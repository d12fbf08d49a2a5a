"""Asking issuers: a JSON document from a URL, within limits of time and size."""

from __future__ import annotations

import asyncio
import ssl
from binascii import a2b_base64
from functools import cache
from typing import Final, Protocol
from urllib.parse import unquote_to_bytes

import httpx

from convexgen.runtime.auth.errors import IssuerUnavailableError

_PATIENCE: Final = 10.0
"""Seconds for one document, from the first byte asked to the last one read."""
_LARGEST: Final = 2**20
"""Bytes of a document."""
_ACCEPTED: Final = ("application/json", "application/jwk-set+json")
_LATER: Final = (408, 425, 429)


class WrongAnswerError(Exception):
    """An issuer that is there and gives something else than what it should."""


class Fetch(Protocol):
    """Gets a JSON document."""

    async def __call__(self, url: str, /) -> bytes:
        """Raises `IssuerUnavailableError` for what may pass, `WrongAnswerError` for what will not."""
        ...


async def fetch(url: str, /) -> bytes:
    """The document at an `http:`, `https:` or `data:` URL. Follows no redirects: they could lead anywhere."""
    if url.startswith("data:"):
        return _data(url)
    try:
        async with asyncio.timeout(_PATIENCE):
            return await _get(url)
    except (TimeoutError, httpx.TimeoutException):
        raise IssuerUnavailableError(f"{url} does not answer") from None
    except httpx.InvalidURL as error:
        raise WrongAnswerError(f"{url} is no URL: {error}") from None
    except httpx.HTTPError as error:
        raise IssuerUnavailableError(f"{url} cannot be reached: {error}") from None


async def _get(url: str) -> bytes:
    headers = {"Accept": ", ".join(_ACCEPTED)}
    client = httpx.AsyncClient(verify=await asyncio.to_thread(_trust), timeout=_PATIENCE)
    async with client, client.stream("GET", url, headers=headers) as answer:
        if answer.status_code >= 500 or answer.status_code in _LATER:
            raise IssuerUnavailableError(f"{url} answered with status {answer.status_code}")
        if answer.status_code != 200:
            raise WrongAnswerError(f"{url} answered with status {answer.status_code}")
        media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type not in _ACCEPTED:
            raise WrongAnswerError(f"{url} answered with {media_type or 'no content type'}, not with JSON")
        content = bytearray()
        async for piece in answer.aiter_bytes():
            content += piece
            if len(content) > _LARGEST:
                raise WrongAnswerError(f"{url} answered with more than {_LARGEST} bytes")
        return bytes(content)


@cache
def _trust() -> ssl.SSLContext:
    """The certificates that are believed. They take a moment to read, which the event loop should not wait for."""
    return httpx.create_ssl_context()


def _data(url: str) -> bytes:
    description, comma, content = url.removeprefix("data:").partition(",")
    if not comma:
        raise WrongAnswerError("a data: URL has a comma before its content")
    raw = unquote_to_bytes(content)
    if not description.endswith(";base64"):
        return raw
    try:
        return a2b_base64(raw, strict_mode=True)
    except ValueError as error:
        raise WrongAnswerError(f"a data: URL is not base64: {error}") from None
