"""Documents out of rows: what numbers mean, which ids and times are kept, and whether the schema allows them.

JSON has one kind of number, and documents have two. In a snapshot a number without a point is an Int64. In files that
people write it is a Float64, as everywhere else in clients. Where that does not fit a field and the other does, it is
the other.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Final, TypeAlias, cast

from convexgen.authoring.ids import Int64
from convexgen.runtime.program.live import LiveTable
from convexgen.runtime.transfer.rows import Row, TableFile
from convexgen.runtime.values import (
    InvalidIdError,
    InvalidValueError,
    Json,
    Value,
    check_document,
    decode,
    decode_id,
    encode,
    encode_id,
    new_internal_id,
)
from convexgen.runtime.values.ids import RANDOM_SIZE

Document: TypeAlias = dict[str, Value]

_SMALLEST, _GREATEST = -(2**63), 2**63 - 1
_first_of_path = re.compile(r"^Path: \.(\w+)", re.MULTILINE).search
_BEFORE_THE_REASON: Final = " does not match the schema: "


@dataclass(slots=True)
class SystemFields:
    """Gives ids and creation times to documents that bring none. `now`: milliseconds since the epoch."""

    random: Random
    now: float

    def id(self, table: int) -> str:
        return encode_id(table, new_internal_id(self.random.randbytes(RANDOM_SIZE), self.now))

    def creation_time(self) -> float:
        """Each later than the one before."""
        self.now = math.nextafter(self.now, math.inf)
        return self.now


@dataclass(slots=True)
class TableDocuments:
    """The documents of one table. `live` is what they are held to, `names` those of tables by the numbers in ids.

    `exact`: whether numbers without a point are rather Int64.
    """

    table: str
    number: int
    live: LiveTable
    names: Mapping[int, str]
    exact: bool
    given: SystemFields
    size: int = 0
    """Bytes of the documents so far."""
    _seen: set[bytes] = field(default_factory=set)
    _other: frozenset[str] = frozenset()
    """The fields whose numbers were of the other kind in the document before."""

    def read(self, source: TableFile, rows: Iterable[Row]) -> Iterator[Document]:
        """Those of the rows that may be stored, with their system fields. All others are problems."""
        for line, fields in rows:
            try:
                yield self._document(fields)
            except InvalidValueError as error:
                source.tell(_reason(str(error)), line)

    def _document(self, fields: dict[str, Json]) -> Document:
        """Takes a field for the other kind of number where the check says that this is what is wrong."""
        system: Document = {"_id": self._id(fields), "_creationTime": self._creation_time(fields)}
        other, tried = self._other, set[str]()
        likeliest: InvalidValueError | None = None
        while True:
            try:
                document = self._checked(cast("Document", decode(self._read(fields, other))) | system)
            except InvalidValueError as error:
                likeliest = likeliest or error
                doubted = _doubted(fields, str(error)) - tried
                if not doubted:
                    raise likeliest from None
                tried |= doubted
                other ^= doubted
            else:
                self._other = other
                return document

    def _read(self, fields: dict[str, Json], other: frozenset[str]) -> Json:
        return {name: _exact(item) if self.exact != (name in other) else item for name, item in fields.items()}

    def _checked(self, document: Document) -> Document:
        self.size += check_document(document)
        self.live.check(document, self.names)
        return document

    def _id(self, fields: dict[str, Json]) -> str:
        text = fields.get("_id")
        if text is None:
            return self.given.id(self.number)
        if not isinstance(text, str):
            raise InvalidValueError("_id is not an ID")
        table, internal = decode_id(text)
        if table != self.number:
            whose = self.names.get(table)
            raise InvalidValueError(f"_id is an ID of {f'the table {whose}' if whose else 'another table'}")
        if internal in self._seen:
            raise InvalidValueError(f"the ID {text} is there twice")
        self._seen.add(internal)
        return text

    def _creation_time(self, fields: dict[str, Json]) -> float:
        time = fields.get("_creationTime")
        if time is None:
            return self.given.creation_time()
        if isinstance(time, bool) or not isinstance(time, int | float) or not math.isfinite(time):
            raise InvalidValueError("_creationTime is not a number")
        return float(time)


def _doubted(fields: dict[str, Json], complaint: str) -> frozenset[str]:
    """The fields whose integers may be what a complaint is about: the one that it names, or else all."""
    named = _first_of_path(complaint)
    return frozenset(
        name for name, item in fields.items() if (named is None or name == named[1]) and _has_integers(item)
    )


def _reason(text: str) -> str:
    """What is wrong with a document, on one line, without showing all of it: everybody knows which one it is."""
    lines = (text.partition(_BEFORE_THE_REASON)[2] or text).splitlines()
    whole = next((number for number, line in enumerate(lines) if line.startswith("Object: ")), len(lines))
    return " ".join(filter(None, map(str.strip, lines[:whole])))


def number_in(rows: Iterable[Row]) -> int | None:
    """The number of the table that the id of the first document says; None if there is none."""
    for _, fields in rows:
        try:
            return decode_id(str(fields.get("_id"))).table_number
        except InvalidIdError:
            return None
    return None


def _exact(encoded: Json) -> Json:
    """The same with all numbers without a point as Int64. Raises `InvalidValueError` for one that is too large."""
    if isinstance(encoded, dict):
        return {name: _exact(item) for name, item in encoded.items()}
    if isinstance(encoded, list):
        return [_exact(item) for item in encoded]
    if isinstance(encoded, int) and not isinstance(encoded, bool):
        if not _SMALLEST <= encoded <= _GREATEST:
            raise InvalidValueError("Number is out of the range of Int64")
        return encode(Int64(encoded))
    return encoded


def _has_integers(encoded: Json) -> bool:
    if isinstance(encoded, dict):
        return any(map(_has_integers, encoded.values()))
    if isinstance(encoded, list):
        return any(map(_has_integers, encoded))
    return isinstance(encoded, int) and not isinstance(encoded, bool)
