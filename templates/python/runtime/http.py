"""Calls over a Convex server's HTTP API. Each call is one request.

One transport may be shared by threads (`HttpTransport`) or tasks (`AsyncHttpTransport`).
"""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from typing import cast

import httpx

from .errors import ConnectionFailed, ProtocolError, RequestRejected, Timeout
from .transport import CLIENT_NAME, Call, result_of
from .values import JsonValue


class _HttpCalls:
    """What requests look like, whichever way they are sent."""

    def __init__(self, url: str, token: str | None) -> None:
        self._url = url.rstrip("/")
        self._token = token

    def set_auth(self, token: str | None) -> None:
        self._token = token

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "Convex-Client": CLIENT_NAME}
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token}"
        return headers

    def _address(self, call: Call) -> str:
        return f"{self._url}/api/{call.kind}"


class HttpTransport(_HttpCalls):
    """Calls a server from threads."""

    def __init__(self, url: str, token: str | None = None) -> None:
        super().__init__(url, token)
        self._http = httpx.Client()

    def call(self, call: Call) -> JsonValue:
        with translated(call.path, call.timeout):
            response = self._http.post(
                self._address(call),
                content=_body(call),
                headers=self._headers(),
                timeout=call.timeout,
            )
        return result_of(call.path, answer_of(response))

    def close(self) -> None:
        self._http.close()


class AsyncHttpTransport(_HttpCalls):
    """Calls a server from tasks."""

    def __init__(self, url: str, token: str | None = None) -> None:
        super().__init__(url, token)
        self._http = httpx.AsyncClient()

    async def call(self, call: Call) -> JsonValue:
        with translated(call.path, call.timeout):
            response = await self._http.post(
                self._address(call),
                content=_body(call),
                headers=self._headers(),
                timeout=call.timeout,
            )
        return result_of(call.path, answer_of(response))

    async def aclose(self) -> None:
        await self._http.aclose()


def _body(call: Call) -> bytes:
    body = {"path": call.path, "args": call.args, "format": "convex_encoded_json"}
    return json.dumps(
        body, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    ).encode()


@contextmanager
def translated(name: str, timeout: float | None) -> Generator[None, None, None]:
    """Have what goes wrong with a request for `name` told as `errors` describes."""
    try:
        yield
    except httpx.TimeoutException as error:
        raise Timeout(f"{name}: no answer within {timeout} s") from error
    except (httpx.TransportError, httpx.InvalidURL) as error:
        raise ConnectionFailed(f"{name}: {error}") from error
    except httpx.HTTPError as error:
        raise ProtocolError(f"{name}: {error}") from error


def answer_of(response: httpx.Response) -> JsonValue:
    """The JSON that came. Raises `RequestRejected` and `ProtocolError`."""
    try:
        answer = cast(JsonValue, response.json())
    except ValueError as error:
        if response.is_success:
            raise ProtocolError(f"not JSON: {response.text:.200}") from error
        raise RequestRejected(response.status_code, "", response.text[:200]) from error
    if response.is_success or response.status_code == 560:
        return answer
    code, message = "", response.text[:200]
    if isinstance(answer, dict):
        code = str(answer.get("code", code))
        message = str(answer.get("message", message))
    raise RequestRejected(response.status_code, code, message)
