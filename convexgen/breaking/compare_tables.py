"""What has changed for documents that are stored, and for queries over indexes."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from convexgen import ir
from convexgen.breaking.changes import Change, Effect, Impact, Subject
from convexgen.breaking.compare_types import TypeComparison, as_change
from convexgen.breaking.program import Program
from convexgen.rules import breaking as rules

AnyIndex = ir.Index | ir.SearchIndex | ir.VectorIndex


class TableComparison:
    """The tables of two programs, by name."""

    def __init__(self, old: Program, new: Program) -> None:
        self._old, self._new = old, new
        self._types = TypeComparison(old, new, "input")

    def changes(self) -> Iterator[Change]:
        for name, (module, table) in self._old.tables.items():
            if name in self._new.tables:
                now, new = self._new.tables[name]
                yield from self._documents(table, new, _table(now, new))
                yield from _indexes(table, new, _table(now, new))
            else:
                yield self._removed(module, table)
        for name, (module, table) in self._new.tables.items():
            if name not in self._old.tables:
                effects = (Effect("stored documents", name, Impact.SAFE),)
                yield Change(rules.TABLE_ADDED, _table(module, table), "is new", effects, "", name)

    def _removed(self, module: ir.Module, table: ir.Table) -> Change:
        added = [name for name in self._new.tables if name not in self._old.tables]
        alike = [name for name in added if self._new.tables[name][1].fields == table.fields]
        close = difflib.get_close_matches(table.name, added, 1) or (alike if len(alike) == 1 else [])
        advice = "its documents stay where they are and cannot be reached: move or delete them first"
        effects = (Effect("stored documents", table.name, Impact.BREAKING, advice),)
        renamed_to = f"table {close[0]}" if close else ""
        subject = _table(module, table)
        return Change(rules.TABLE_REMOVED, subject, "is gone", effects, renamed_to=renamed_to)

    def _documents(self, old: ir.Table, new: ir.Table, subject: Subject) -> Iterator[Change]:
        before, after = self._old.stored(old), self._new.stored(new)
        texts = _documents_text(old), _documents_text(new)
        for each in self._types.members(before, after, subject, texts):
            yield as_change(each, "stored documents", new.name)


def _documents_text(table: ir.Table) -> str:
    return " | ".join(symbol.rpartition(".")[2] for symbol in table.variants) or table.symbol.rpartition(".")[2]


def _table(module: ir.Module, table: ir.Table) -> Subject:
    return Subject(f"table {table.name}", f"the table `{table.name}`", (f"module {module.path}",))


def _indexes(old: ir.Table, new: ir.Table, table: Subject) -> Iterator[Change]:
    was, now = _all_indexes(old), _all_indexes(new)
    added = {name: index for name, index in now.items() if name not in was}
    for name, index in was.items():
        subject = _index(table, name)
        if name not in now:
            yield _index_removed(subject, index, added, table)
        elif not _is_same(index, now[name]):
            yield _index_changed(subject, index, now[name])
    for name, index in added.items():
        effects = (Effect("queries", "", Impact.SAFE),)
        yield Change(rules.INDEX_ADDED, _index(table, name), "is new", effects, "", _shown(index))


def _index_removed(subject: Subject, index: AnyIndex, added: dict[str, AnyIndex], table: Subject) -> Change:
    same = next((name for name, other in added.items() if _is_same(index, other)), None)
    advice = "keep it until no query that is deployed uses it"
    if same is not None:
        advice = f"`{same}` covers the same and is filled from the beginning: deploy it first, then remove this one"
    renamed_to = "" if same is None else _index(table, same).root
    effects = (Effect("queries", "", Impact.BREAKING, advice),)
    return Change(rules.INDEX_REMOVED, subject, "is gone", effects, _shown(index), "", renamed_to)


def _index_changed(subject: Subject, old: AnyIndex, new: AnyIndex) -> Change:
    """Where queries written for the old index still run, it is only the filling that takes care."""
    impact = Impact.DANGEROUS if _still_serves(old, new) else Impact.BREAKING
    advice = "it is filled anew while deploying; a new index beside it can be filled before queries use it"
    effects = (Effect("queries", "", impact, advice),)
    says = f"is now over `{_shown(new)}`"
    return Change(rules.INDEX_CHANGED, subject, says, effects, _shown(old), _shown(new))


def _still_serves(old: AnyIndex, new: AnyIndex) -> bool:
    match old, new:
        case ir.Index(), ir.Index():
            return new.fields[: len(old.fields)] == old.fields
        case ir.SearchIndex(), ir.SearchIndex():
            return old.field == new.field and set(old.filter_fields) <= set(new.filter_fields)
        case ir.VectorIndex(), ir.VectorIndex():
            same = (old.field, old.dimensions) == (new.field, new.dimensions)
            return same and set(old.filter_fields) <= set(new.filter_fields)
        case _:
            return False


def _all_indexes(table: ir.Table) -> dict[str, AnyIndex]:
    indexes: tuple[AnyIndex, ...] = (*table.indexes, *table.search_indexes, *table.vector_indexes)
    return {index.name: index for index in indexes}


def _is_same(old: AnyIndex, new: AnyIndex) -> bool:
    """Whether two indexes are the same but for their names."""
    return type(old) is type(new) and _shown(old) == _shown(new)


def _shown(index: AnyIndex) -> str:
    """What an index is over. The order of filter fields means nothing."""
    match index:
        case ir.Index(fields=fields):
            return ", ".join(fields)
        case ir.SearchIndex(field=field, filter_fields=filters):
            return f"{field}{_filtered(filters)}"
        case ir.VectorIndex(field=field, dimensions=dimensions, filter_fields=filters):
            return f"{field} in {dimensions} dimensions{_filtered(filters)}"


def _filtered(fields: tuple[str, ...]) -> str:
    return f", filtered by {', '.join(sorted(fields))}" if fields else ""


def _index(table: Subject, name: str) -> Subject:
    return Subject(f"{table.root} index {name}", f"the index `{name}` of {table.noun}", (table.root, *table.around))
