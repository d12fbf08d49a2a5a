"""What HTTP requests ask for, read out of their JSON. Pure: bytes in, calls to be made out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from convexgen.runtime.calls import InvalidPathError, canonical_path
from convexgen.runtime.server.problems import RequestError
from convexgen.runtime.sync import read_timestamp
from convexgen.runtime.values import FORMATS, InvalidValueError, Json, Value, decode, read_json

DEFAULT_FORMAT: Final = "json"

Writer = Callable[[Value], Json]


@dataclass(frozen=True, slots=True)
class FunctionRequest:
    """A function to be called. `path` is canonical; `arguments` are as they came, and may not be values at all."""

    path: str
    arguments: Json
    write: Writer


def json_object(body: bytes) -> dict[str, Json]:
    """The object that a body is. Raises `RequestError`."""
    try:
        found = read_json(body)
    except InvalidValueError as error:
        raise _bad_body(str(error)) from None
    if not isinstance(found, dict):
        raise _bad_body("it is not an object")
    return found


def function_request(fields: Mapping[str, Json]) -> FunctionRequest:
    """`{path, args, format?}`. Raises `RequestError`."""
    if fields.get("componentPath"):
        raise RequestError(400, "ComponentNotFound", "This program has no components.")
    return FunctionRequest(function_path(_text(fields, "path")), _needed(fields, "args"), writer(fields))


def run_request(path: str, fields: Mapping[str, Json]) -> FunctionRequest:
    """`{args, format?}` for a function whose path is that of the URL: `messages/list`. Raises `RequestError`."""
    module, _, name = path.rpartition("/")
    if not module or not name:
        raise RequestError(400, "MissingIdentifier", "The URL names a module and a function, such as messages/list.")
    return FunctionRequest(function_path(f"{module}:{name}"), _needed(fields, "args"), writer(fields))


def url_request(query: Mapping[str, str]) -> FunctionRequest:
    """The same from the parameters of a URL, where `args` is a JSON text. Raises `RequestError`."""
    try:
        arguments = read_json(query["args"]) if "args" in query else {}
    except InvalidValueError as error:
        raise RequestError(400, "InvalidArgs", f"The parameter args cannot be used: {error}.") from None
    return function_request({**query, "args": arguments})


def batch(fields: Mapping[str, Json]) -> list[FunctionRequest]:
    """`{"queries": [...]}`. Raises `RequestError`."""
    queries = _needed(fields, "queries")
    if not isinstance(queries, list):
        raise _bad_body("`queries` is not a list")
    found: list[FunctionRequest] = []
    for each in queries:
        if not isinstance(each, dict):
            raise _bad_body("one of `queries` is not an object")
        found.append(function_request(each))
    return found


def function_path(text: str) -> str:
    """The canonical path. Raises `RequestError`."""
    try:
        return canonical_path(text)
    except InvalidPathError as error:
        raise RequestError(400, "BadConvexFunctionIdentifier", f"{error}.") from None


def timestamp(fields: Mapping[str, Json], latest: int) -> int:
    """The snapshot that `ts` names, as `query_ts` gave it. Raises `RequestError` for one that there has not been."""
    try:
        found = read_timestamp(_text(fields, "ts"))
    except ValueError:
        raise _bad_body("`ts` is not a timestamp") from None
    if found > latest:
        raise RequestError(400, "InvalidTimestamp", "The timestamp `ts` lies in the future.")
    return found


def arguments(sent: Json) -> dict[str, Value]:
    """The one object of arguments, bare or in a list. Raises `InvalidValueError` for anything else."""
    if isinstance(sent, list):
        if len(sent) > 1:
            raise InvalidValueError("arguments are one object, not several")
        sent = sent[0] if sent else {}
    found = decode(sent)
    if not isinstance(found, dict):
        raise InvalidValueError("arguments are an object")
    return found


def writer(fields: Mapping[str, Json]) -> Writer:
    """How values of the answer are to be written. Raises `RequestError`."""
    name = fields.get("format")
    if name is None:
        name = DEFAULT_FORMAT
    found = FORMATS.get(name) if isinstance(name, str) else None
    if found is None:
        raise RequestError(400, "BadFormat", f"There is no format {name!a}; there are {', '.join(FORMATS)}.")
    return found


def _text(fields: Mapping[str, Json], name: str) -> str:
    value = _needed(fields, name)
    if not isinstance(value, str):
        raise _bad_body(f"`{name}` is not a text")
    return value


def _needed(fields: Mapping[str, Json], name: str) -> Json:
    if name not in fields:
        raise _bad_body(f"there is no `{name}`")
    return fields[name]


def _bad_body(why: str) -> RequestError:
    return RequestError(400, "BadJsonBody", f"The request cannot be understood: {why}.")
