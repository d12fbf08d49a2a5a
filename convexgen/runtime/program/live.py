"""A program that has been loaded: its functions and tables, each with all that is needed to use it.

Everything that passes between users' code and the engine goes through here: wire values in, Python objects out, and
back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from convexgen import ir
from convexgen.authoring.auth import AuthConfig
from convexgen.authoring.crons import CronJob
from convexgen.authoring.functions import Function
from convexgen.authoring.tables import Table
from convexgen.runtime.values import Value


class LiveTable(Protocol):
    """A table of the program or of the system. Documents are wire values with their system fields."""

    @property
    def name(self) -> str: ...
    @property
    def cls(self) -> type[Table]: ...
    @property
    def declared(self) -> ir.Table: ...

    def load(self, document: dict[str, Value]) -> Table:
        """The object that functions see of a stored document, defaults filled in; of its variant, if there are."""
        ...

    def dump(self, document: Table) -> dict[str, Value]:
        """The wire fields of an object, without the system fields. Raises `TypeError` for one of another table or a
        view, `InvalidValueError` for what cannot be stored.
        """
        ...

    def changed(self, document: dict[str, Value], changes: Mapping[str, object]) -> dict[str, Value]:
        """A stored document with fields changed, which go by Python names; `UNSET` removes one.

        Raises pydantic's `ValidationError` if the changes do not fit.
        """
        ...

    def wire_path(self, path: tuple[str, ...]) -> tuple[str, ...]:
        """The wire names along a path of Python names. Raises `AttributeError` for a field that there is not."""
        ...

    def compared(self, path: tuple[str, ...], value: object) -> Any:
        """The wire value (or `UNSET`) that a condition on the field at a path of Python names compares with.

        Raises `TypeError` or `ValueError` for what no such field can hold.
        """
        ...

    def check(self, document: dict[str, Value], tables: Mapping[int, str]) -> None:
        """Raises `InvalidValueError`, with the text that clients see, for a document that the schema does not allow.

        `tables` has the names of tables by the numbers that ids carry.
        """
        ...


class LiveFunction(Protocol):
    """A query, mutation or action. `path` is canonical: `messages:list`."""

    @property
    def path(self) -> str: ...
    @property
    def function(self) -> Function[Any, ..., Any]: ...
    @property
    def declared(self) -> ir.Function: ...

    def load_arguments(self, arguments: Mapping[str, Value], tables: Mapping[int, str]) -> dict[str, Any]:
        """Keyword arguments for the handler. Raises `InvalidValueError` (`ArgumentValidationError: …`)."""
        ...

    def dump_arguments(self, arguments: Mapping[str, Any]) -> dict[str, Value]:
        """The wire values of keyword arguments, for a function that another one runs or schedules."""
        ...

    def dump_result(self, result: Any, tables: Mapping[int, str]) -> Value:
        """What a handler returned. Raises `InvalidValueError` (`ReturnsValidationError: …`)."""
        ...

    def load_result(self, result: Value) -> Any:
        """What a caller in Python gets for a wire value that `dump_result` gave."""
        ...


@dataclass(frozen=True, slots=True)
class Program:
    """What is running. `functions` by canonical path; `paths` says where each live function object is.

    `auth` is what `auth_config.py` declares, None without one; `crons` are the entries of `crons.py`.
    """

    ir: ir.Ir
    functions: Mapping[str, LiveFunction]
    tables: Mapping[str, LiveTable]
    paths: Mapping[int, str]
    """From the `id()` of a `Function`, which the program keeps alive, to its path."""
    auth: AuthConfig | None = None
    crons: tuple[CronJob, ...] = ()
