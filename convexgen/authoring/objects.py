"""What the fields of an object are, whichever way its class was written: pydantic model, dataclass or `TypedDict`."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, NotRequired, Required, TypeVar, get_args, get_origin, is_typeddict

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from typing_extensions import ReadOnly, get_type_hints

from convexgen.naming import Naming, wire_name


@dataclass(frozen=True, slots=True)
class ObjectField:
    """A field by its two names. `required`: it has no default and must be there on the way in."""

    name: str
    wire: str
    annotation: Any
    required: bool


@dataclass(frozen=True, slots=True)
class ObjectType:
    """How objects of a class are recognised, taken apart (`values`: at least the fields that are there) and made."""

    cls: type
    fields: tuple[ObjectField, ...]
    accepts: Callable[[Any], bool]
    values: Callable[[Any], Mapping[str, Any]]
    make: Callable[[dict[str, Any]], Any]


def object_type(annotation: Any, naming: Naming) -> ObjectType | None:
    """The object type that an annotation stands for, its type parameters replaced; None if it is of another kind."""
    cls = get_origin(annotation) or annotation
    if not isinstance(cls, type):
        return None
    if issubclass(cls, BaseModel):
        return _model(cls, naming)
    if not (dataclasses.is_dataclass(cls) or is_typeddict(cls)):
        return None
    arguments = dict(zip(getattr(cls, "__parameters__", ()), get_args(annotation), strict=False))
    hints = {name: substitute(hint, arguments) for name, hint in get_type_hints(cls, include_extras=True).items()}
    return _typed_dict(cls, hints, naming) if is_typeddict(cls) else _dataclass(cls, hints, naming)


def substitute(annotation: Any, arguments: Mapping[Any, Any]) -> Any:
    """`annotation` with type parameters replaced."""
    if isinstance(annotation, TypeVar):
        return arguments.get(annotation, annotation)
    parameters = getattr(annotation, "__parameters__", ())
    if not parameters or isinstance(annotation, type):
        return annotation
    return annotation[tuple(arguments.get(parameter, parameter) for parameter in parameters)]


def wire_path(model: type[BaseModel], path: tuple[str, ...], naming: Naming) -> tuple[str, ...]:
    """The wire names along a path of Python names: `("meta", "last_edit")` gives `("meta", "lastEdit")`.

    Raises `AttributeError` for a field that there is not.
    """
    return tuple(field.wire for field in fields_along(model, path, naming))


def fields_along(model: type[BaseModel], path: tuple[str, ...], naming: Naming) -> tuple[ObjectField, ...]:
    """The fields along a path of Python names. Raises `AttributeError` for one that there is not."""
    annotation: Any = model
    fields: list[ObjectField] = []
    for name in path:
        fields.append(_field_of(annotation, name, naming))
        annotation = fields[-1].annotation
    return tuple(fields)


def _field_of(annotation: Any, name: str, naming: Naming) -> ObjectField:
    for member in _members(annotation):
        found = object_type(member, naming)
        for field in found.fields if found else ():
            if field.name == name:
                return field
    raise AttributeError(f"{annotation} has no field {name}")


def _members(annotation: Any) -> tuple[Any, ...]:
    if get_origin(annotation) is Annotated:
        return _members(get_args(annotation)[0])
    return (annotation, *get_args(annotation))


def _wire(name: str, alias: str | None, naming: Naming) -> str:
    return wire_name(name, naming) if alias is None else alias


def _alias_in(annotation: Any) -> str | None:
    for argument in get_args(annotation):
        if isinstance(argument, FieldInfo) and argument.alias is not None:
            return argument.alias
    return None


def _is_required(hint: Any, otherwise: bool) -> bool:
    """What `Required` or `NotRequired` says. `TypedDict` itself does not see them in annotations that are strings."""
    origin = get_origin(hint)
    if origin in (Required, NotRequired):
        return origin is Required
    return _is_required(get_args(hint)[0], otherwise) if origin in (Annotated, ReadOnly) else otherwise


def _model(cls: type[BaseModel], naming: Naming) -> ObjectType:
    cls.model_rebuild()
    generic = cls.__pydantic_generic_metadata__["origin"] or cls
    if generic.__module__.partition(".")[0] == "convexgen":  # `PaginationOptions` and its like, as clients know them
        naming = "camel"
    fields = tuple(
        ObjectField(name, _wire(name, info.alias, naming), info.annotation, info.is_required())
        for name, info in cls.model_fields.items()
    )
    return ObjectType(
        cls,
        fields,
        lambda value: isinstance(value, generic),
        lambda value: value.__dict__,
        lambda values: cls.model_validate(values, by_alias=False, by_name=True),
    )


def _dataclass(cls: Any, hints: Mapping[str, Any], naming: Naming) -> ObjectType:
    declared = [field for field in dataclasses.fields(cls) if field.init]
    fields = tuple(
        ObjectField(
            field.name,
            _wire(field.name, _alias_in(hints[field.name]), naming),
            hints[field.name],
            field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING,
        )
        for field in declared
    )
    return ObjectType(
        cls,
        fields,
        lambda value: isinstance(value, cls),
        lambda value: {field.name: getattr(value, field.name) for field in declared},
        lambda values: cls(**values),
    )


def _typed_dict(cls: Any, hints: Mapping[str, Any], naming: Naming) -> ObjectType:
    required = {name for name, hint in hints.items() if _is_required(hint, name in cls.__required_keys__)}
    fields = tuple(
        ObjectField(name, _wire(name, _alias_in(hint), naming), hint, name in required) for name, hint in hints.items()
    )
    return ObjectType(
        cls,
        fields,
        lambda value: isinstance(value, dict) and required <= value.keys() <= hints.keys(),
        lambda value: value,
        dict,
    )
