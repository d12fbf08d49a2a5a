"""Takes in what a client sends, up to so many bytes and for so many seconds."""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.requests import ClientDisconnect, Request

from convexgen.runtime.server.problems import RequestError

MAXIMUM_BODY: Final = 16 * 2**20 + 2000
PATIENCE: Final = 60.0
"""Seconds that a client may take to send a request."""


async def read_body(request: Request, limit: int = MAXIMUM_BODY, patience: float = PATIENCE) -> bytes:
    """The whole body. Raises `RequestError` if it is too large, too slow or breaks off."""
    if _announced(request) > limit:
        raise _too_large(limit)
    try:
        async with asyncio.timeout(patience):
            return await _collected(request, limit)
    except TimeoutError:
        raise RequestError(408, "RequestTimeout", f"The request did not arrive within {patience:g} seconds.") from None
    except ClientDisconnect:
        raise RequestError(400, "ClientDisconnected", "The client went away.") from None


def _announced(request: Request) -> int:
    length = request.headers.get("content-length", "")
    return int(length) if length.isdecimal() and len(length) < 20 else 0


async def _collected(request: Request, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise _too_large(limit)
        parts.append(part)
    return b"".join(parts)


def _too_large(limit: int) -> RequestError:
    return RequestError(413, "RequestTooLarge", f"A request may have {limit} bytes at most.")
