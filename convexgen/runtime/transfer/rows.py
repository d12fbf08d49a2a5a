"""Rows of single tables out of CSV, JSON lines and JSON arrays: read bit by bit, however large the file.

A row is JSON as it stands in the file. What it means, and whether it may be stored, is asked elsewhere.
"""

from __future__ import annotations

import codecs
import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Final, NamedTuple

from convexgen.runtime.transfer.problems import Problems
from convexgen.runtime.values import InvalidValueError, Json, read_json, readable

LONGEST: Final = 4 * 2**20
"""Bytes of one row: more than any document can have."""
_PART: Final = 64 * 1024

_is_number = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?").fullmatch
_place = re.compile(r"(.*): line (\d+) column (\d+) \(char \d+\)").fullmatch
_blank = re.compile(r"[ \t\r\n]*")
_UTF8_MARK: Final = b"\xef\xbb\xbf"


class Row(NamedTuple):
    """The fields of a document, and the line that it begins on."""

    line: int
    fields: dict[str, Json]


class TableFile(NamedTuple):
    """A file with documents of one table. `name` is that within an archive, empty where there is none."""

    name: str
    file: IO[bytes]
    problems: Problems

    def tell(self, text: str, line: int | None = None) -> None:
        self.problems.add(text, file=self.name, line=line)


Reader = Callable[[TableFile], Iterator[Row]]
"""Gives the rows that can be read, and adds those that cannot to the problems."""


def json_lines(source: TableFile) -> Iterator[Row]:
    """An object on each line; empty lines do not count."""
    for line, text in _lines(source):
        if text.strip():
            yield from _row(source, line, text)


def _lines(source: TableFile) -> Iterator[tuple[int, bytes]]:
    """The lines by their numbers. Ends with a problem where one is longer than any document."""
    number = 0
    while text := source.file.readline(LONGEST + 1):
        number += 1
        if len(text) > LONGEST:
            source.tell(f"this line is longer than {readable(LONGEST)}, more than any document", number)
            return
        yield number, text.removeprefix(_UTF8_MARK) if number == 1 else text


def _row(source: TableFile, line: int, text: str | bytes) -> Iterator[Row]:
    try:
        found = read_json(text)
    except InvalidValueError as error:
        place = _place(str(error))
        if place is None:
            source.tell(str(error), line)
        else:
            source.tell(f"{place[1]}, at column {place[3]}", line + int(place[2]) - 1)
        return
    if isinstance(found, dict):
        yield Row(line, found)
    else:
        source.tell("this is no object", line)


def comma_separated(source: TableFile) -> Iterator[Row]:
    """The first line names the fields; then a document on each: numbers where that is what they look like, and text.

    `007` is text, as it would lose something as a number.
    """
    csv.field_size_limit(LONGEST)
    rows = csv.reader((text for text in _texts(source)), strict=True)
    line = 1
    try:
        names = next(rows, None)
        if names is None:
            source.tell("the file is empty: its first line names the fields")
            return
        if not _check_names(source, names):
            return
        for cells in rows:
            line, begun = rows.line_num, line + 1
            if not cells:
                continue
            if len(cells) == len(names):
                yield Row(begun, dict(zip(names, map(_cell, cells), strict=True)))
            else:
                source.tell(f"there are {len(cells)} values, but {len(names)} fields in the first line", begun)
    except csv.Error as error:
        source.tell(f"not CSV: {error}", rows.line_num)


def _texts(source: TableFile) -> Iterator[str]:
    for number, text in _lines(source):
        try:
            yield text.decode()
        except UnicodeDecodeError:
            source.tell("the text is not UTF-8", number)
            return


def _check_names(source: TableFile, names: list[str]) -> bool:
    doubles = sorted({name for name in names if names.count(name) > 1})
    for name in doubles:
        source.tell(f"the field {name!a} is there twice", 1)
    if "" in names:
        source.tell("a field has no name", 1)
    return not doubles and "" not in names


def _cell(text: str) -> Json:
    if not _is_number(text):
        return text
    try:
        return read_json(text)
    except InvalidValueError:  # beyond all numbers
        return text


def json_array(source: TableFile) -> Iterator[Row]:
    """One array of objects."""
    elements = _Elements(source.file)
    try:
        for line, text in elements:
            yield from _row(source, line, text)
    except _NotAnArrayError as error:
        source.tell(str(error), elements.line)


class _NotAnArrayError(Exception):
    """The file cannot be read on. The text says why."""


class _Elements:
    """Takes an array apart without holding more of it than an element and a little. `line` is where it has come to."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._text_of = codecs.getincrementaldecoder("utf-8-sig")().decode
        self._decoder = json.JSONDecoder()
        self._text = ""
        self._ended = False
        self.line = 1

    def __iter__(self) -> Iterator[tuple[int, str]]:
        if self._next() != "[":
            raise _NotAnArrayError("the file holds no array, which begins with [")
        self._take(1)
        if self._next() == "]":
            self._take(1)
        else:
            yield from self._elements()
        if self._next():
            raise _NotAnArrayError("there is something behind the end of the array")

    def _elements(self) -> Iterator[tuple[int, str]]:
        while True:
            self._next()
            yield self.line, self._take(self._length())
            follows = self._next()
            if follows not in (",", "]"):
                raise _NotAnArrayError("after an element of the array there is neither a comma nor its end")
            self._take(1)
            if follows == "]":
                return

    def _next(self) -> str:
        """The next character that is no blank, in front of what is still to be read; none at the end."""
        while True:
            blank = _blank.match(self._text)
            assert blank is not None
            self._take(blank.end())
            if self._text or not self._more(_PART):
                return self._text[:1]

    def _length(self) -> int:
        """Of the element in front."""
        while True:
            try:
                end = self._decoder.raw_decode(self._text)[1]
                if end < len(self._text) or self._ended:  # the end of a number may be that of what was read of it
                    return end
            except json.JSONDecodeError as error:
                if self._ended:
                    self.line += error.lineno - 1
                    raise _NotAnArrayError(f"not JSON: {error.msg}, at column {error.colno}") from None
            except RecursionError:
                raise _NotAnArrayError("this has too many arrays and objects in one another") from None
            if len(self._text) > LONGEST:
                raise _NotAnArrayError(f"this is no object of JSON, or has more than {readable(LONGEST)}")
            self._more(max(len(self._text), _PART))

    def _more(self, size: int) -> bool:
        part = self._file.read(size)
        self._ended = not part
        try:
            self._text += self._text_of(part, self._ended)
        except UnicodeDecodeError:
            raise _NotAnArrayError("the text is not UTF-8") from None
        return bool(part)

    def _take(self, length: int) -> str:
        taken, self._text = self._text[:length], self._text[length:]
        self.line += taken.count("\n")
        return taken


READERS: Final[Mapping[str, Reader]] = {"csv": comma_separated, "jsonLines": json_lines, "jsonArray": json_array}
"""By the names of formats that clients use."""
