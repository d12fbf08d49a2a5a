"""From a generated method to the transport and back.

A generated method only hands over what it was called with. How arguments are checked and
results read follows from its own annotations, worked out when it is first called: a
package of thousands of functions is imported without paying for those nobody calls.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from copy import copy
from dataclasses import dataclass
from importlib import import_module
from threading import Lock
from types import TracebackType
from typing import Any, Self, TypeVar, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from .errors import InvalidArguments, ProtocolError
from .transport import AsyncTransport, Call, Kind, Transport
from .values import UNSET, JsonObject, JsonValue, Receiving, decode, encode

DEFAULT_TIMEOUT = 30.0
"""Seconds that a call waits for the server, unless told otherwise."""

ResultT = TypeVar("ResultT")


@dataclass(frozen=True, slots=True)
class Codec:
    """How one function's arguments and result travel."""

    arguments: TypeAdapter[Any]
    result: TypeAdapter[Any]

    def send(self, path: str, arguments: dict[str, Any]) -> JsonObject:
        """The encoded arguments, those that are `UNSET` left out."""
        given = {name: v for name, v in arguments.items() if v is not UNSET}
        try:
            checked = self.arguments.validate_python(given)
            return {name: encode(value) for name, value in checked.items()}
        except ValidationError as error:
            raise InvalidArguments(f"{path}: {_problems(error)}") from error
        except ValueError as error:
            raise InvalidArguments(f"{path}: {error}") from error

    def receive(self, path: str, result: JsonValue) -> Any:
        """The Python value of an encoded result."""
        try:
            decoded = {"result": decode(result)}
        except ValueError as error:
            raise ProtocolError(f"{path}: {error}") from error
        try:
            return self._read(decoded, Receiving.AS_DECLARED)
        except ValidationError:
            pass  # perhaps the server knows more members of an enum than we do
        try:
            return self._read(decoded, Receiving.TOLERANTLY)
        except ValidationError as error:
            raise ProtocolError(f"{path}: {_problems(error)}") from error

    def _read(self, decoded: dict[str, Any], how: Receiving) -> Any:
        return self.result.validate_python(
            decoded, context=how, extra="ignore", by_alias=True, by_name=False
        )["result"]


def _problems(error: ValidationError) -> str:
    """All that is wrong on one line: `limit: Input should be an integer`."""
    return "; ".join(
        f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}"
        for problem in error.errors(include_url=False, include_input=False)
    )


_codecs: dict[Callable[..., Any], Codec] = {}
_building = Lock()


def codec_of(method: Callable[..., Any], wire_names: list[str]) -> Codec:
    """The codec of a generated method, whose parameters travel as `wire_names`."""
    codec = _codecs.get(method)
    if codec is None:
        with _building:
            codec = _codecs.get(method) or _build_codec(method, wire_names)
            _codecs[method] = codec
    return codec


def _build_codec(method: Callable[..., Any], wire_names: list[str]) -> Codec:
    models = import_module("..models", __package__)
    hints = get_type_hints(method, localns={"models": models}, include_extras=True)
    result = hints.pop("return")
    arguments = dict(zip(wire_names, hints.values(), strict=True))
    return Codec(
        _adapter("Arguments", arguments, total=False),
        _adapter("Result", {"result": result}, total=True),
    )


_typed_dict: Any = TypedDict  # checkers only know shapes that are written out


def _adapter(name: str, fields: dict[str, Any], total: bool) -> TypeAdapter[Any]:
    shape = _typed_dict(name, fields, total=total)
    shape.__pydantic_config__ = ConfigDict(strict=True)
    return TypeAdapter(shape)


@dataclass(frozen=True, slots=True)
class Caller:
    """A transport, and how long a call may take."""

    transport: Transport
    timeout: float | None


class Functions:
    """The base of generated classes that call the functions of one module."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def _call(
        self,
        method: Callable[..., ResultT],
        kind: Kind,
        path: str,
        args: dict[str, Any],
    ) -> ResultT:
        codec = codec_of(method, list(args))
        caller = self._caller
        call = Call(kind, path, codec.send(path, args), caller.timeout)
        result: ResultT = codec.receive(path, caller.transport.call(call))
        return result


class BaseClient:
    """The base of the generated `Client`.

    `server` is the URL of a deployment, or a transport of your own. `token` is a JSON
    Web Token, `timeout` how many seconds a call may wait for the server (None: for ever).
    One client may be used by several threads at once; its connections are closed by
    `close` or at the end of a `with` statement.
    """

    def __init__(
        self,
        server: str | Transport,
        *,
        token: str | None = None,
        timeout: float | None = DEFAULT_TIMEOUT,
    ) -> None:
        if isinstance(server, str):
            from .http import HttpTransport  # httpx is slow to import

            server = HttpTransport(server)
        if token is not None:
            server.set_auth(token)
        self._attach(Caller(server, timeout))

    def _attach(self, caller: Caller) -> None:
        self._caller = caller

    def set_auth(self, token: str | None) -> None:
        """Send this JSON Web Token with all further calls, or none."""
        self._caller.transport.set_auth(token)

    def with_timeout(self, seconds: float | None) -> Self:
        """This client with another time-out; the two share their connections."""
        twin = copy(self)
        twin._attach(Caller(self._caller.transport, seconds))
        return twin

    def close(self) -> None:
        """Close the connections."""
        self._caller.transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class AsyncCaller:
    """A transport, and how long a call may take."""

    transport: AsyncTransport
    timeout: float | None


class AsyncFunctions:
    """The base of generated classes that call the functions of one module."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def _call(
        self,
        method: Callable[..., Coroutine[Any, Any, ResultT]],
        kind: Kind,
        path: str,
        args: dict[str, Any],
    ) -> ResultT:
        codec = codec_of(method, list(args))
        caller = self._caller
        call = Call(kind, path, codec.send(path, args), caller.timeout)
        result: ResultT = codec.receive(path, await caller.transport.call(call))
        return result


class BaseAsyncClient:
    """The base of the generated `AsyncClient`.

    `server` is the URL of a deployment, or a transport of your own. `token` is a JSON
    Web Token, `timeout` how many seconds a call may wait for the server (None: for ever).
    One client may be used by several tasks at once; its connections are closed by
    `aclose` or at the end of an `async with` statement.
    """

    def __init__(
        self,
        server: str | AsyncTransport,
        *,
        token: str | None = None,
        timeout: float | None = DEFAULT_TIMEOUT,
    ) -> None:
        if isinstance(server, str):
            from .http import AsyncHttpTransport  # httpx is slow to import

            server = AsyncHttpTransport(server)
        if token is not None:
            server.set_auth(token)
        self._attach(AsyncCaller(server, timeout))

    def _attach(self, caller: AsyncCaller) -> None:
        self._caller = caller

    def set_auth(self, token: str | None) -> None:
        """Send this JSON Web Token with all further calls, or none."""
        self._caller.transport.set_auth(token)

    def with_timeout(self, seconds: float | None) -> Self:
        """This client with another time-out; the two share their connections."""
        twin = copy(self)
        twin._attach(AsyncCaller(self._caller.transport, seconds))
        return twin

    async def aclose(self) -> None:
        """Close the connections."""
        await self._caller.transport.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()
