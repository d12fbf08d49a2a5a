"""What only the whole program can tell: which types are used, how each is called, and names that meet.

Works on summaries, so that an edit to one module need not bring back a thousand others.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from convexgen.analysis.declarations import span
from convexgen.analysis.lower import ModuleSummary, TableSummary, TypeSummary
from convexgen.analysis.syntax import Place
from convexgen.diagnostics import Diagnostic, Label
from convexgen.ir import TypeName
from convexgen.naming import pascal_case
from convexgen.rules import names, reading, schema
from convexgen.source import Span

MAX_TABLES = 10_000
RESERVED_TYPE_NAMES = frozenset(
    {
        "Array",
        "ArrayBuffer",
        "DataModel",
        "Doc",
        "FunctionReference",
        "Id",
        "Record",
        "TableNames",
    }
)


@dataclass(frozen=True, slots=True)
class Linked:
    """The program as a whole. `names` has every type that is used, `homes` the module whose declarations hold it."""

    names: Mapping[str, TypeName]
    homes: Mapping[str, str]
    edges: Mapping[str, tuple[str, ...]]
    findings: tuple[Diagnostic, ...]


def link(modules: tuple[ModuleSummary, ...], source: str) -> Linked:
    """Put the modules together. `source` is the functions folder."""
    types: dict[str, TypeSummary] = {}
    homes: dict[str, str] = {}
    for module in modules:
        for each in module.types:
            types.setdefault(each.symbol, each)
            homes.setdefault(each.symbol, module.name)
    edges = {symbol: each.refs for symbol, each in types.items()}
    edges |= {f"table:{table.name}": table.refs for module in modules for table in module.tables}
    used = reachable(_roots(modules), edges)
    type_names = _type_names({symbol: each for symbol, each in types.items() if symbol in used}, homes)
    findings = [
        *_empty(modules, source),
        *_tables(modules),
        *_paths(modules),
        *_recursion(modules, {symbol: types[symbol] for symbol in sorted(used) if symbol in types}, edges),
        *_reserved(types[symbol] for symbol in used if symbol in types),
    ]
    return Linked(type_names, homes, edges, tuple(findings))


def reachable(roots: Iterable[str], edges: Mapping[str, tuple[str, ...]]) -> set[str]:
    """All that `roots` lead to, themselves included."""
    found: set[str] = set()
    waiting = set(roots)
    while waiting:
        found |= waiting
        waiting = {ref for each in waiting for ref in edges.get(each, ())} - found
    return found


def _roots(modules: tuple[ModuleSummary, ...]) -> Iterator[str]:
    for module in modules:
        yield from (f"table:{table.name}" for table in module.tables)
        for function in module.functions:
            yield from function.refs


def _type_names(used: Mapping[str, TypeSummary], homes: Mapping[str, str]) -> dict[str, TypeName]:
    """A unique name for every type: its own where that is free, otherwise with its module's name before it.

    A type that splits takes the name of its input too: with a default in `Card`, there can be no other `CardInput`.
    """
    splitting = _splitting(used)
    claims = Counter(name for symbol, each in used.items() for name in _claimed(each.name, symbol in splitting))
    taken = set(claims)
    chosen: dict[str, str] = {}
    for symbol, each in sorted(used.items()):
        splits = symbol in splitting
        chosen[symbol] = each.name
        if any(claims[name] > 1 for name in _claimed(each.name, splits)):
            base = candidate = pascal_case(homes[symbol]) + each.name
            number = 2
            while not taken.isdisjoint(_claimed(candidate, splits)):
                candidate, number = f"{base}{number}", number + 1
            taken.update(_claimed(candidate, splits))
            chosen[symbol] = candidate
    return {symbol: TypeName(chosen[symbol], symbol in splitting) for symbol in sorted(used)}


def _claimed(name: str, splits: bool) -> tuple[str, ...]:
    return (name, f"{name}Input") if splits else (name,)


def _splitting(used: Mapping[str, TypeSummary]) -> set[str]:
    """The types whose input and output differ: by a default of their own, or through a type that they hold."""
    holders: defaultdict[str, list[str]] = defaultdict(list)
    for symbol, each in used.items():
        for ref in each.refs:
            holders[ref].append(symbol)
    found = {symbol for symbol, each in used.items() if each.splits}
    waiting = list(found)
    while waiting:
        for holder in holders[waiting.pop()]:
            if holder not in found and not used[holder].shows_table:
                found.add(holder)
                waiting.append(holder)
    return found


def _empty(modules: tuple[ModuleSummary, ...], source: str) -> Iterator[Diagnostic]:
    if not any(module.functions or module.tables or module.http_actions for module in modules):
        message = f"`{source}/` holds no table and no function"
        help_ = "write `schema.py` and a module with a `@query`, or let `convexgen init` write an example"
        yield Diagnostic(reading.EMPTY_PROJECT, message, Label(Span(source)), help=help_)


def _tables(modules: tuple[ModuleSummary, ...]) -> Iterator[Diagnostic]:
    first: dict[str, tuple[str, TableSummary]] = {}
    for module in modules:
        for table in module.tables:
            if table.name in first:
                path, other = first[table.name]
                yield Diagnostic(
                    schema.DUPLICATE_TABLE,
                    f"there is a table called `{table.name}` already",
                    Label(span(module.path, table.name_place)),
                    (Label(span(path, other.name_place), "first named here"),),
                    help="rename one of the two",
                )
            else:
                first[table.name] = (module.path, table)
    if len(first) > MAX_TABLES:
        path = next(module.path for module in modules if module.tables)
        yield Diagnostic(
            schema.TOO_MANY_TABLES,
            f"the schema has {len(first)} tables, a deployment can have {MAX_TABLES}",
            Label(Span(path)),
        )


def _paths(modules: tuple[ModuleSummary, ...]) -> Iterator[Diagnostic]:
    """Modules and functions that are one path on the wire."""
    shown = [module for module in modules if module.functions]
    by_wire: dict[str, ModuleSummary] = {}
    folders: dict[str, ModuleSummary] = {}
    for module in shown:
        other = by_wire.setdefault(module.wire, module)
        if other is not module:
            yield Diagnostic(
                names.WIRE_NAME_COLLISION,
                f"the modules `{other.name}` and `{module.name}` are both `{module.wire}` on the wire",
                Label(Span(module.path)),
                (Label(Span(other.path), "the other one"),),
                help="rename one of the two files",
            )
        parts = module.wire.split("/")
        for depth in range(1, len(parts) + 1):
            folders.setdefault("/".join(parts[:depth]), module)
    for module in shown:
        for function in module.functions:
            path = f"{module.wire}/{function.wire}" if module.wire else function.wire
            if path in folders:
                inner = folders[path]
                yield Diagnostic(
                    names.AMBIGUOUS_PATH,
                    f"`{function.name}` has the path of the module `{inner.name}`",
                    Label(span(module.path, function.place)),
                    (Label(Span(inner.path), "the module"),),
                    help="rename the function or the module",
                )


def _recursion(
    modules: tuple[ModuleSummary, ...], used: Mapping[str, TypeSummary], edges: Mapping[str, tuple[str, ...]]
) -> Iterator[Diagnostic]:
    """Types that hold themselves. Each circle is told once, at its first member that stands in a file."""
    places: dict[str, tuple[str, Place, str]] = {
        symbol: (each.path, each.place, each.name) for symbol, each in used.items()
    }
    for module in modules:
        for table in module.tables:
            places[f"table:{table.name}"] = (module.path, table.place, table.class_name)
    for circle in circles(edges, places):
        path, place, name = places[circle[0]]
        way = " → ".join([*(places[each][2] for each in circle), name])
        yield Diagnostic(
            schema.RECURSIVE_TYPE,
            f"`{name}` contains itself ({way}), which no validator can express",
            Label(span(path, place)),
            help="store the inner ones in a table of their own and refer to them by `Id[…]`, or use `Any`",
        )


def circles(edges: Mapping[str, tuple[str, ...]], nodes: Mapping[str, object]) -> Iterator[list[str]]:
    """The circles among `nodes`, one for each strongly connected part, beginning with its least node."""
    done: set[str] = set()
    for start in sorted(nodes):
        if start in done:
            continue
        circle = _way_back(start, edges, nodes)
        if circle is not None:
            done |= reachable([start], {node: edges.get(node, ()) for node in nodes})
            yield circle


def _way_back(start: str, edges: Mapping[str, tuple[str, ...]], nodes: Mapping[str, object]) -> list[str] | None:
    """A shortest way from `start` to itself."""
    came_from: dict[str, str] = {}
    waiting = [start]
    for node in waiting:
        for following in edges.get(node, ()):
            if following == start:
                way = [node]
                while way[-1] != start:
                    way.append(came_from[way[-1]])
                return way[::-1]
            if following in nodes and following not in came_from:
                came_from[following] = node
                waiting.append(following)
    return None


def _reserved(used: Iterable[TypeSummary]) -> Iterator[Diagnostic]:
    for each in used:
        if each.name in RESERVED_TYPE_NAMES:
            yield Diagnostic(
                names.RESERVED_TYPE_NAME,
                f"the generated TypeScript needs the name `{each.name}` for itself",
                Label(span(each.path, each.place)),
                help=f"rename it, to `{each.name}Data` say",
            )
