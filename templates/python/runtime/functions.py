"""What a generated method stands for: a function of the server, by its own annotations.

A generated method has no body to speak of. How its arguments are checked and its result
is read follows from its signature, worked out when it is first called: a package of
thousands of functions is imported without paying for those nobody calls.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from inspect import Signature, signature
from typing import Any, Generic, ParamSpec, TypeVar, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from .errors import InvalidArguments, ProtocolError
from .transport import Call, Kind
from .values import UNSET, JsonObject, JsonValue, Receiving, decode, encode

P = ParamSpec("P")
ResultT = TypeVar("ResultT")
ItemT = TypeVar("ItemT")


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

    def show(self, path: str, value: Any) -> JsonValue:
        """A Python value encoded as the server would, had it been the result."""
        try:
            checked = self.result.validate_python(
                {"result": value}, context=Receiving.TOLERANTLY
            )
            return encode(checked["result"])
        except ValidationError as error:
            raise InvalidArguments(f"{path}: {_problems(error)}") from error
        except ValueError as error:
            raise InvalidArguments(f"{path}: {error}") from error

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


_typed_dict: Any = TypedDict  # checkers only know shapes that are written out


def _adapter(
    name: str, fields: dict[str, Any], total: bool, is_open: bool = False
) -> TypeAdapter[Any]:
    shape = _typed_dict(name, fields, total=total)
    shape.__pydantic_config__ = ConfigDict(
        strict=True, extra="allow" if is_open else "ignore"
    )
    return TypeAdapter(shape)


class Function:
    """One function of the server, as a generated method describes it.

    `renamed` are the arguments that have other names on the wire.
    """

    def __init__(
        self,
        kind: Kind,
        path: str,
        method: Callable[..., Any],
        renamed: Mapping[str, str] | None,
    ) -> None:
        self.kind: Kind = kind
        self.path = path
        self.method = method
        self.renamed = renamed or {}

    def call(
        self, args: tuple[Any, ...], kwargs: Mapping[str, Any], timeout: float | None
    ) -> Call:
        """A call with these arguments. Raises `TypeError` and `InvalidArguments`."""
        deprecated = getattr(self.method, "__deprecated__", None)
        if deprecated is not None:
            warnings.warn(deprecated, DeprecationWarning, stacklevel=3)
        given = self._signature.bind(None, *args, **kwargs).arguments
        if self._rest is not None:
            given.update(given.pop(self._rest, {}))
        wired = {
            self.renamed.get(name, name): value
            for name, value in given.items()
            if name != "self"
        }
        return Call(self.kind, self.path, self.codec.send(self.path, wired), timeout)

    def receive(self, result: JsonValue) -> Any:
        """The Python value of an encoded result."""
        return self.codec.receive(self.path, result)

    @cached_property
    def _signature(self) -> Signature:
        return signature(self.method)

    @cached_property
    def _rest(self) -> str | None:
        """The parameter for arguments that nobody has described, if the function has one."""
        parameters = self._signature.parameters.values()
        return next((p.name for p in parameters if p.kind is p.VAR_KEYWORD), None)

    @cached_property
    def codec(self) -> Codec:
        """How the arguments and the result travel."""
        models = import_module("..models", __package__)
        common = import_module(".models", __package__)
        checked_names = {**vars(common), "WirePage": common.Page, "models": models}
        hints = get_type_hints(self.method, localns=checked_names, include_extras=True)
        result = hints.pop("return")
        if self._rest is not None:
            del hints[self._rest]
        arguments = {self.renamed.get(name, name): hint for name, hint in hints.items()}
        return Codec(
            _adapter(
                "Arguments", arguments, total=False, is_open=self._rest is not None
            ),
            _adapter("Result", {"result": result}, total=True),
        )


class QueryReference(Generic[P, ResultT]):
    """A query, to be named to those who ask for its result by its arguments."""

    wire_function: Function


class ListReference(Generic[P, ItemT]):
    """A query that gives a list by pages. `P` are the arguments that choose no page."""

    wire_function: Function
