"""Reading the IR back from JSON, with everything that is wrong with it told at once.

What passes has the promised form, and every type and document in it is declared: what is built can be emitted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from convexgen.ir import FORMAT, Document, Ir, Module, Named, ObjectDef, Type, types_of, walk

if TYPE_CHECKING:
    from pydantic import ValidationError

_SYSTEM_TABLES = frozenset({"_storage", "_scheduled_functions"})


class InvalidSpecError(ValueError):
    """A text is not the IR as JSON. The message has one line per problem: where in the document, and what."""


def parse(text: str) -> Ir:
    """The program that `render(…, "ir")` or a file of that format holds. Raises `InvalidSpecError`."""
    from pydantic import ValidationError  # noqa: PLC0415  (writing needs neither pydantic nor the models)

    from convexgen.emit.spec.ir_document import IrDocument, IrVersion  # noqa: PLC0415

    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidSpecError(f"not JSON: {error}") from error
    try:
        version = IrVersion.model_validate_json(text).format
        if version != FORMAT:
            raise InvalidSpecError(f"format: this convexgen reads format {FORMAT}, the document has format {version}")
        ir = IrDocument.model_validate_json(text).build()
    except ValidationError as error:
        raise InvalidSpecError("\n".join(_problems(error, document))) from error
    if dangling := list(dict.fromkeys(_dangling(ir))):
        raise InvalidSpecError("\n".join(dangling))
    return ir


def _problems(error: ValidationError, document: object) -> list[str]:
    """One line for each place. A place may break several alternatives of one union: their texts are joined."""
    texts: dict[str, list[str]] = {}
    for detail in error.errors(include_url=False, include_context=False, include_input=False):
        texts.setdefault(_place(detail["loc"], document), []).append(detail["msg"])
    return [f"{place}: {'; '.join(dict.fromkeys(messages))}" for place, messages in texts.items()]


def _place(location: tuple[int | str, ...], document: object) -> str:
    """`location` as one would write it in JavaScript. Pydantic mixes names of alternatives in; they lead nowhere."""
    place, here = "", document
    for depth, part in enumerate(location, start=1):
        if isinstance(here, list) and isinstance(part, int):
            place, here = f"{place}[{part}]", here[part]
        elif isinstance(here, dict) and (part in here or depth == len(location)):
            place, here = f"{place}.{part}", here.get(part)
    return place.removeprefix(".") or "document"


def _dangling(ir: Ir) -> Iterator[str]:
    """A line for each type or table that is named and declared nowhere."""
    definitions = {definition.symbol: definition for module in ir.modules for definition in module.types}
    tables = {table.name for module in ir.modules for table in module.tables} | _SYSTEM_TABLES
    for module in ir.modules:
        for place, symbol in _symbols_named(module):
            if symbol not in definitions:
                yield f"module {module.path}: {place} names the type {symbol!r}, which no module declares"
        for place, table in _tables_named(module):
            if table not in tables:
                yield f"module {module.path}: {place} names the table {table!r}, which no module declares"
        for owner in module.tables:
            for variant in owner.variants:
                if not isinstance(definitions.get(variant), ObjectDef):
                    yield f"module {module.path}: the variant {variant!r} of table {owner.name!r} is no object"


def _symbols_named(module: Module) -> Iterator[tuple[str, str]]:
    for place, type_ in _types(module):
        for inner in walk(type_):
            if isinstance(inner, Named):
                yield place, inner.symbol


def _tables_named(module: Module) -> Iterator[tuple[str, str]]:
    """The tables whose documents are needed. The table of an id is but a name, and may be left out."""
    for place, type_ in _types(module):
        for inner in walk(type_):
            if isinstance(inner, Document):
                yield place, inner.table


def _types(module: Module) -> Iterator[tuple[str, Type]]:
    for function in module.functions:
        for type_ in (*(arg.type for arg in function.args), function.returns):
            yield f"function {function.name}", type_
    for definition in (*module.types, *module.tables):
        for type_ in types_of(definition):
            yield f"type {definition.symbol}", type_
