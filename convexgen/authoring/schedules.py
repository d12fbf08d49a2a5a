"""When crons run, as canonical text: `every 300s`, or a cron expression of five fields in UTC.

The text is what `ir.Cron` holds. These functions need nothing but the standard library, so that whoever reads a
`crons.py` without importing it comes to the same text and the same errors. All raise `ValueError` for bad values.
"""

from __future__ import annotations

from datetime import UTC, time, timedelta
from typing import Literal, TypeAlias, get_args

Weekday: TypeAlias = Literal["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]

_WEEKDAYS: tuple[str, ...] = get_args(Weekday)
_WEEKDAY_NAMES = tuple(day[:3] for day in _WEEKDAYS)
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FIELDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of the month", 1, 31, ()),
    ("month", 1, 12, _MONTH_NAMES),
    ("day of the week", 0, 7, _WEEKDAY_NAMES),
)
"""Each field of a cron expression: what it is, its least and greatest value, and the names of values from the least."""


def interval(period: timedelta) -> str:
    """Every `period`, a whole number of seconds, at least one."""
    seconds = period.total_seconds()
    if seconds < 1 or seconds != int(seconds):
        raise ValueError(f"an interval is a whole number of seconds, at least one; got {period}")
    return f"every {int(seconds)}s"


def hourly(minute: int) -> str:
    """Every hour, `minute` (0 to 59) minutes past."""
    return f"{_within('minute', minute, 0, 59)} * * * *"


def daily(at: time) -> str:
    """Every day at a time of day, in UTC, to the minute."""
    return f"{_time_of_day(at)} * * *"


def weekly(day: Weekday, at: time) -> str:
    """Every week on a day, `"monday"` to `"sunday"`."""
    if day not in _WEEKDAYS:
        raise ValueError(f"a day of the week is one of {', '.join(_WEEKDAYS)}; got {day!r}")
    return f"{_time_of_day(at)} * * {_WEEKDAYS.index(day)}"


def monthly(day: int, at: time) -> str:
    """Every month on a day, 1 to 31; a month without that day is left out."""
    return f"{_time_of_day(at)} {_within('day of the month', day, 1, 31)} * *"


def cron(expression: str) -> str:
    """A cron expression: minute, hour, day of the month, month, day of the week; with `*`, lists, ranges and steps."""
    fields = expression.split()
    if len(fields) != len(_FIELDS):
        raise ValueError(f"a cron expression has five fields, as in '0 9 * * 1'; got {expression!r}")
    for text, (what, least, greatest, names) in zip(fields, _FIELDS, strict=True):
        for part in text.split(","):
            _check_part(part, what, least, greatest, names)
    return " ".join(fields)


def _check_part(part: str, what: str, least: int, greatest: int, names: tuple[str, ...]) -> None:
    span, slash, step = part.partition("/")
    if slash and not (_is_number(step) and int(step) > 0):
        raise ValueError(f"{part!r} is not a step of a {what}: after the slash stands a number above zero")
    if span == "*":
        return
    ends = [_number(end, what, least, greatest, names) for end in span.split("-")]
    if len(ends) > 2 or ends != sorted(ends):
        raise ValueError(f"{part!r} is not a range of a {what}: the lesser end stands first")


def _number(text: str, what: str, least: int, greatest: int, names: tuple[str, ...]) -> int:
    if text.lower() in names:
        return least + names.index(text.lower())
    if not _is_number(text):
        raise ValueError(f"{text!r} is not a {what}")
    return _within(what, int(text), least, greatest)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _within(what: str, value: int, least: int, greatest: int) -> int:
    if not least <= value <= greatest:
        raise ValueError(f"{'an' if what == 'hour' else 'a'} {what} is {least} to {greatest}; got {value}")
    return value


def _time_of_day(at: time) -> str:
    if at.second or at.microsecond:
        raise ValueError(f"crons run to the minute; got {at}")
    if at.tzinfo not in (None, UTC):
        raise ValueError(f"crons run in UTC; got {at!r}")
    return f"{at.minute} {at.hour}"
