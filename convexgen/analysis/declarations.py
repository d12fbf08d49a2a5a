"""What the front end knows of a program before it forgets the places: pieces of the `Ir`, each with where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from convexgen import ir
from convexgen.analysis.syntax import Place
from convexgen.diagnostics import Diagnostic, Label, Rule
from convexgen.source import Span


@dataclass(frozen=True, slots=True)
class FieldDeclaration:
    """A field or argument. `path` is the file it stands in, which for an inherited field is not that of its class."""

    field: ir.Field
    path: str
    place: Place


@dataclass(frozen=True, slots=True)
class TypeDeclaration:
    """A named type. `findings` are told only if a function or a table uses the type."""

    definition: ir.TypeDef
    module: str
    path: str
    place: Place
    fields: tuple[FieldDeclaration, ...] = ()
    findings: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class IndexDeclaration:
    """An index with the place of its name and of each Python field path that it lists, by that path."""

    index: ir.Index | ir.SearchIndex | ir.VectorIndex
    attribute: str
    path: str
    place: Place
    name_place: Place
    field_places: tuple[tuple[str, Place], ...]
    filter_places: tuple[tuple[str, Place], ...] = ()


@dataclass(frozen=True, slots=True)
class TableDeclaration:
    """A table; `name_place` is where its name is given."""

    table: ir.Table
    path: str
    place: Place
    name_place: Place
    fields: tuple[FieldDeclaration, ...]
    indexes: tuple[IndexDeclaration, ...]


@dataclass(frozen=True, slots=True)
class FunctionDeclaration:
    function: ir.Function
    path: str
    place: Place
    args: tuple[FieldDeclaration, ...]


@dataclass(frozen=True, slots=True)
class RouteDeclaration:
    route: ir.HttpRoute
    path: str
    place: Place


@dataclass(frozen=True, slots=True)
class CronDeclaration:
    cron: ir.Cron
    path: str
    place: Place


@dataclass(frozen=True, slots=True)
class ModuleDeclaration:
    """All that one module declares. `types` also holds the generic instances that it asks for.

    `used` are the types that its functions and tables reach, in other modules too; their findings count.
    """

    path: str
    name: str
    wire: str
    doc: str
    tables: tuple[TableDeclaration, ...]
    types: tuple[TypeDeclaration, ...]
    used: Mapping[str, TypeDeclaration]
    functions: tuple[FunctionDeclaration, ...]
    http_actions: tuple[str, ...]
    routes: tuple[RouteDeclaration, ...]
    crons: tuple[CronDeclaration, ...]
    findings: tuple[Diagnostic, ...]


def span(path: str, place: Place) -> Span:
    """The place as a span; its columns still count bytes, `plan` turns them into characters."""
    return Span(path, place.line, place.column + 1, place.end_line, place.end_column + 1)


class Findings(list[Diagnostic]):
    """The findings about one file, as they come up."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path

    def report(
        self,
        rule: Rule,
        message: str,
        place: Place,
        *,
        help: str | None = None,
        secondary: tuple[Label, ...] = (),
        label: str = "",
        **facts: str,
    ) -> None:
        """Add a finding at `place` of this file."""
        primary = Label(span(self.path, place), label)
        self.append(Diagnostic(rule, message, primary, secondary, help, tuple(sorted(facts.items()))))

    def report_file(self, rule: Rule, message: str, *, help: str | None = None) -> None:
        """Add a finding about the file as a whole."""
        self.append(Diagnostic(rule, message, Label(Span(self.path)), help=help))
