"""What to type instead of a type that means nothing here: for types of Python, and for the words of other languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import NamedTuple

import convexgen

_INSTEAD: Mapping[str, str] = {
    "builtins.set": "use `list[…]`: Convex has no sets",
    "builtins.frozenset": "use `list[…]`: Convex has no sets",
    "builtins.object": "use `Any`, or better the type that it really is",
    "builtins.complex": "use two fields of type `float`",
    "builtins.bytearray": "use `bytes`",
    "builtins.memoryview": "use `bytes`",
    "builtins.range": "use `list[int]`",
    "datetime.timedelta": "use `float` and say the unit in the name, as in `duration_seconds`",
    "datetime.time": "use `str`, or `int` minutes since midnight",
    "typing.Iterable": "use `list[…]`",
    "typing.Iterator": "use `list[…]`",
    "typing.AsyncIterator": "use `list[…]`, or `Page[…]` for long results",
    "typing.MutableMapping": "use `dict[str, …]`",
    "typing.MutableSequence": "use `list[…]`",
    "typing.Collection": "use `list[…]`",
    "typing.NamedTuple": "use a dataclass or a pydantic model",
    "typing.Callable": "a function is not a value; pass what it needs instead",
    "typing.NoReturn": "use `None`",
    "typing.Never": "use `None`",
    "typing.Text": "use `str`",
    "pathlib.Path": "use `str`",
    "enum.Flag": "use an `Enum` of strings and a list of its members",
    "enum.IntFlag": "use an `Enum` of strings and a list of its members",
    "pydantic.EmailStr": "use `str`",
    "pydantic.HttpUrl": "use `str`",
    "pydantic.AnyUrl": "use `str`",
    "pydantic.PositiveInt": "use `Annotated[int, Gt(0)]`",
    "pydantic.NonNegativeInt": "use `Annotated[int, Ge(0)]`",
    "pydantic.PositiveFloat": "use `Annotated[float, Gt(0)]`",
    "pydantic.NonNegativeFloat": "use `Annotated[float, Ge(0)]`",
    "pydantic.Json": "use `Any`",
    "pydantic.SecretStr": "use `str`",
    "builtins.any": "write `Any`, and import it from `typing`",
    "builtins.callable": "a function is not a value; pass what it needs instead",
    "builtins.type": "a class is not a value; use a `Literal` or an `Enum` of names",
    "collections.Counter": "use `dict[str, int]`",
    "collections.OrderedDict": "use `dict[str, …]`",
    "collections.defaultdict": "use `dict[str, …]`",
    "collections.deque": "use `list[…]`",
    "enum.Enum": "name an enum of your own",
    "enum.StrEnum": "name an enum of your own",
    "enum.IntEnum": "name an enum of your own",
    "typing.Awaitable": "write what is given when it is awaited",
    "typing.Coroutine": "write what is given when it is awaited",
    "typing.LiteralString": "use `str`",
    "typing.TypedDict": "name a `TypedDict` of your own",
    "pydantic.BaseModel": "name a model of your own",
    "convexgen.ActionCtx": "a function has one context, which is its first parameter",
    "convexgen.MutationCtx": "a function has one context, which is its first parameter",
    "convexgen.QueryCtx": "a function has one context, which is its first parameter",
    "convexgen.Request": "only an HTTP action is given a request",
    "convexgen.Response": "only an HTTP action gives a response",
    "convexgen.Table": "name a table of your own",
    "convexgen.View": "name a view of your own",
}
_WITHOUT_ARGUMENTS: Mapping[str, str] = {
    "builtins.dict": "dict[str, …]",
    "builtins.tuple": "tuple[str, ...]",
    "typing.Annotated": "Annotated[…, …]",
    "typing.Literal": 'Literal["a", "b"]',
    "typing.Mapping": "Mapping[str, …]",
    "typing.Optional": "… | None",
    "typing.Union": "… | …",
}
_FROM_TYPESCRIPT: Mapping[str, str] = {
    "Array": "list",
    "Date": "datetime",
    "Map": "dict",
    "Record": "dict",
    "Set": "list",
    "String": "str",
    "Number": "float",
    "Boolean": "bool",
    "array": "list",
    "bigint": "Int64",
    "boolean": "bool",
    "float64": "float",
    "int64": "Int64",
    "integer": "int",
    "null": "None",
    "number": "float",
    "string": "str",
    "undefined": "None",
    "unknown": "Any",
    "void": "None",
}
_HOMES: Mapping[str, str] = {
    "Annotated": "typing",
    "Any": "typing",
    "BaseModel": "pydantic",
    "Decimal": "decimal",
    "Enum": "enum",
    "Generic": "typing",
    "Literal": "typing",
    "NewType": "typing",
    "Optional": "typing",
    "Sequence": "collections.abc",
    "StrEnum": "enum",
    "TypedDict": "typing",
    "UUID": "uuid",
    "Union": "typing",
    "date": "datetime",
    "datetime": "datetime",
    **dict.fromkeys(convexgen.__all__, "convexgen"),
}
_WELL_KNOWN = ("str", "int", "float", "bool", "bytes", "list", "dict", *_HOMES)


def instead_of(name: str) -> str | None:
    """What to use instead of the outside type `name`, where there is something."""
    return _INSTEAD.get(name)


def with_arguments(name: str, text: str) -> str:
    """How the generic type `name`, written `text`, looks with the types that it needs."""
    return _WITHOUT_ARGUMENTS.get(name, f"{text}[…]")


def needs_arguments(name: str) -> bool:
    """Whether the outside type `name` says nothing without types in brackets."""
    return name in _WITHOUT_ARGUMENTS


class Advice(NamedTuple):
    """What to do, for a person (`help`) and for a program: a name has its `home` there, or another one was `meant`."""

    help: str
    home: str = ""
    meant: str = ""


def for_undefined(text: str, known: Iterable[str]) -> Advice:
    """What to do about a name that nothing defines, where `known` are the names that there are."""
    if text in _HOMES:
        return Advice(f"add `from {_HOMES[text]} import {text}`", _HOMES[text])
    if text in _FROM_TYPESCRIPT:
        meant = _FROM_TYPESCRIPT[text]
    else:
        meant = next(iter(get_close_matches(text, [*known, *_WELL_KNOWN], 1)), "")
    if not meant:
        return Advice(f"import or define `{text}`")
    return Advice(f"did you mean `{meant}`?", meant=meant)
