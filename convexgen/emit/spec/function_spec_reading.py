"""Reading a function spec, ours or one that a deployment gave: as much of a program as validators tell.

They know no names of types, no whole numbers, dates, limits or defaults, and nothing of tables. What is not read here
(descriptions, components) is passed over.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from convexgen import ir
from convexgen.emit.spec.ir_reading import InvalidSpecError
from convexgen.emit.spec.validators import Validators

_HTTP = "HttpAction"


@dataclass(frozen=True, slots=True)
class SpecProgram:
    """The functions and routes of a program. `untyped` are the wire identifiers of functions that take anything.

    Objects are types without a name.
    """

    program: ir.Ir
    untyped: frozenset[str]


def parse_function_spec(text: str) -> SpecProgram:
    """What the JSON of `convex function-spec` or of our own `spec` says. Raises `InvalidSpecError`."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidSpecError(f"not JSON: {error}") from error
    if not isinstance(document, dict):
        raise InvalidSpecError("document: it is no JSON object")
    return read_functions(document.get("functions"))


def read_functions(functions: object) -> SpecProgram:
    """The same for the list of functions alone, as a deployment gives it. Raises `InvalidSpecError`."""
    try:
        listed = _FUNCTIONS.validate_python(functions)
    except ValidationError as error:
        raise InvalidSpecError("\n".join(_problems(error))) from error
    return _Reader().program(listed)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel)


class _Scalar(_Part):
    type: Literal["any", "boolean", "null", "number", "bigint", "string", "bytes"]


def _known_literal(value: object) -> object:
    if isinstance(value, str | bool | int | float) or (isinstance(value, dict) and value.keys() == {"$integer"}):
        return value
    raise PydanticCustomError("literal_value", "a literal is a text, a number, `true` or `false`")


class _Literal(_Part):
    type: Literal["literal"]
    value: Annotated[Any, AfterValidator(_known_literal)]


class _Id(_Part):
    type: Literal["id"]
    table_name: str


class _Array(_Part):
    type: Literal["array"]
    value: _Validator


class _Union(_Part):
    type: Literal["union"]
    value: tuple[_Validator, ...]


class _Field(_Part):
    field_type: _Validator
    optional: bool


class _Record(_Part):
    type: Literal["record"]
    keys: _Validator
    values: _Field


class _Object(_Part):
    type: Literal["object"]
    value: dict[str, _Field]


_Validator: TypeAlias = Annotated[_Scalar | _Literal | _Id | _Array | _Union | _Record | _Object, Discriminator("type")]


class _Visibility(_Part):
    kind: ir.Visibility


class _HttpAction(_Part):
    function_type: Literal["HttpAction"]
    method: ir.HttpMethod
    path: str


class _Function(_Part):
    function_type: Literal["Query", "Mutation", "Action"]
    identifier: str
    visibility: _Visibility | None = None
    args: _Validator | None = None
    returns: _Validator | None = None


_FUNCTIONS = TypeAdapter(tuple[Annotated[_HttpAction | _Function, Discriminator("function_type")], ...])
_SCALARS: dict[str, ir.ScalarKind] = {"number": "float", "bigint": "int64"}
"""The others are called in the `Ir` what they are called here."""
_KINDS: dict[str, ir.FunctionKind] = {"Query": "query", "Mutation": "mutation", "Action": "action"}


@dataclass(slots=True)
class _Reader:
    """Builds one program. `types` are the objects met so far."""

    types: list[ir.TypeDef] = field(default_factory=list)
    untyped: set[str] = field(default_factory=set)

    def program(self, functions: tuple[_HttpAction | _Function, ...]) -> SpecProgram:
        modules: dict[str, list[ir.Function]] = {}
        for each in functions:
            if isinstance(each, _Function):
                module, _, name = each.identifier.partition(":")
                wire = module.removesuffix(".js")
                modules.setdefault(wire, []).append(self._function(f"{wire}:{name}", name or "default", each))
        routes = (ir.HttpRoute(each.method, each.path, "") for each in functions if isinstance(each, _HttpAction))
        found = [ir.Module(wire.replace("/", "."), wire, tuple(modules[wire])) for wire in sorted(modules)]
        objects = ir.Module("", "", types=tuple(self.types))
        return SpecProgram(ir.Ir((*found, objects), tuple(routes)), frozenset(self.untyped))

    def _function(self, identifier: str, name: str, spec: _Function) -> ir.Function:
        args: tuple[ir.Field, ...] = ()
        if isinstance(spec.args, _Object):
            args = self._fields(spec.args)
        else:
            self.untyped.add(identifier)
        returns = ir.Scalar("any") if spec.returns is None else self._type(spec.returns)
        visibility = "public" if spec.visibility is None else spec.visibility.kind
        return ir.Function(name, name, _KINDS[spec.function_type], visibility, args, returns)

    def _type(self, validator: _Validator) -> ir.Type:
        match validator:
            case _Scalar(type=kind):
                return ir.Scalar(_SCALARS.get(kind, kind))  # type: ignore[arg-type]
            case _Literal(value=value):
                return _literal(value)
            case _Id(table_name=table):
                return ir.IdOf(table)
            case _Array(value=element):
                return ir.ArrayOf(self._type(element))
            case _Union(value=members):
                types = tuple(map(self._type, members))
                return types[0] if len(types) == 1 else ir.UnionOf(types)
            case _Record(keys=keys, values=values):
                return ir.RecordOf(self._type(keys), self._type(values.field_type))
            case _Object():
                return self._object(validator)

    def _object(self, validator: _Object) -> ir.Type:
        for table in ("_storage", "_scheduled_functions"):
            if validator == _system_document(table):
                return ir.Document(table)
        symbol = f"{len(self.types)}"
        self.types.append(ir.ObjectDef(symbol, "", ()))
        self.types[int(symbol)] = ir.ObjectDef(symbol, "", self._fields(validator))
        return ir.Named(symbol)

    def _fields(self, validator: _Object) -> tuple[ir.Field, ...]:
        return tuple(
            ir.Field(name, name, self._type(each.field_type), "absent" if each.optional else "required")
            for name, each in validator.value.items()
        )


def _literal(value: object) -> ir.Type:
    """A literal, or the whole type of one that the `Ir` cannot hold: a big integer or a fraction."""
    if isinstance(value, float) and value.is_integer():
        return ir.LiteralOf(int(value))
    if isinstance(value, str | bool | int):
        return ir.LiteralOf(value)
    return ir.Scalar("float" if isinstance(value, float) else "int64")


def _system_document(table: str) -> object:
    return _Object.model_validate(Validators({}, {}).value(ir.Document(table), "output"))


def _problems(error: ValidationError) -> Iterator[str]:
    for detail in error.errors(include_url=False, include_context=False, include_input=False):
        place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in detail["loc"])
        yield f"functions{place}: {detail['msg']}"
