"""Programs that are right in every respect: tables with indexes, and functions whose bodies use them as they may.

Drawn from a `random.Random`, as many as wanted belong to one project: each is a module of the schema and one of
functions. What is drawn is meant to be what people write, so that a checker that complains of any of it is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

SETTINGS = '[project]\nname = "right"\nversion = "1"\n'

_FIELD_NAMES = ("owner_name", "title", "status", "score", "quantity", "is_open", "note", "due_at", "city", "size")
_TYPES = {
    "owner_name": "str",
    "title": "str",
    "status": 'Literal["draft", "active", "archived"]',
    "score": "float",
    "quantity": "int",
    "is_open": "bool",
    "note": "str | None = None",
    "due_at": "float | None = None",
    "city": "Annotated[str, MaxLen(80)]",
    "size": "int = 1",
}
_VALUES = {
    "owner_name": '"ada"',
    "title": '"A title"',
    "status": '"active"',
    "score": "0.5",
    "quantity": "3",
    "is_open": "True",
    "note": '"noted"',
    "due_at": "ctx.now()",
    "city": '"Bern"',
    "size": "2",
}
_ARGUMENT_TYPES = {name: type_.partition(" =")[0] for name, type_ in _TYPES.items()}
_ORDERED = {"score", "quantity", "due_at", "size"}
_DIRECTIONS = ('"asc"', '"desc"')
_TEXTS = ("title", "owner_name", "city")


@dataclass(frozen=True, slots=True)
class TableText:
    """A table: its class, its fields in order, its indexes by attribute, and its search index if it has one."""

    name: str
    fields: tuple[str, ...]
    indexes: dict[str, tuple[str, ...]]
    search: tuple[str, str] | None

    @property
    def unindexed(self) -> list[str]:
        return [field for field in self.fields if all(field not in index for index in self.indexes.values())]


def right_project(random: Random, programs: int) -> dict[str, str]:
    """The files of a project of so many programs, by path."""
    files = {"pyproject.toml": SETTINGS, "backend/__init__.py": "", "backend/schema/__init__.py": ""}
    for number in range(programs):
        name = f"app_{number:03}"
        tables = [_table(random, f"{kind}{number:03}") for kind in ("Item", "Order")]
        files[f"backend/schema/{name}.py"] = _schema(tables)
        files[f"backend/{name}.py"] = _module(random, f"backend.schema.{name}", tables)
    return files


def _table(random: Random, name: str) -> TableText:
    fields = tuple(sorted(random.sample(_FIELD_NAMES, random.randint(4, 7)), key=_FIELD_NAMES.index))
    fields = tuple(sorted(fields, key=lambda field: "=" in _TYPES[field]))
    indexes: dict[str, tuple[str, ...]] = {}
    first_fields: set[str] = set()
    for _ in range(random.randint(1, 2)):
        index = tuple(random.sample(fields, random.randint(1, 3)))
        if index[0] not in first_fields:  # one that begins another would be told of
            first_fields.add(index[0])
            indexes[f"by_{index[0]}"] = index
    searched = [field for field in fields if field in _TEXTS]
    filters = [field for field in fields if field == "status"]
    search = (random.choice(searched), ", ".join(f'"{field}"' for field in filters)) if searched else None
    return TableText(name, fields, indexes, search if random.random() < 0.5 else None)


def _schema(tables: list[TableText]) -> str:
    parts = [
        '"""What is stored."""\n\nfrom typing import Annotated, Literal\n\n'
        "from convexgen import Id, Index, MaxLen, SearchIndex, Table\n"
    ]
    before = None
    for table in tables:
        lines = [f'class {table.name}(Table, name="{table.name.lower()}s"):', f'    """One {table.name}."""', ""]
        if before:
            lines.append(f"    parent: Id[{before}]")
        lines += [f"    {field}: {_TYPES[field]}" for field in table.fields]
        lines.append("")
        lines += [
            f"    {name} = Index({', '.join(f'{chr(34)}{field}{chr(34)}' for field in fields)})"
            for name, fields in table.indexes.items()
        ]
        if before:
            lines.append('    by_parent = Index("parent")')
        if table.search:
            filters = f", filter_fields=[{table.search[1]}]" if table.search[1] else ""
            lines.append(f'    search_text = SearchIndex("{table.search[0]}"{filters})')
        parts.append("\n".join(lines) + "\n")
        before = table.name
    return "\n\n".join(parts)


_IMPORTS = """\
import logging
from datetime import timedelta
from typing import Annotated, Literal

from convexgen import (
    UNSET,
    ActionCtx,
    ConvexError,
    Ge,
    Id,
    Le,
    MaxLen,
    MutationCtx,
    Page,
    PaginationOptions,
    QueryCtx,
    action,
    internal_mutation,
    internal_query,
    mutation,
    query,
)

"""
_HELPERS = """
log = logging.getLogger(__name__)
LIMIT = 50


async def existing_{lower}(ctx: QueryCtx, item: Id[{table}]) -> {table}:
    found = await ctx.db.get(item)
    if found is None:
        raise ConvexError({{"code": "not-found", "item": item}})
    return found
"""


def _module(random: Random, schema: str, tables: list[TableText]) -> str:
    names = ", ".join(table.name for table in tables)
    parts = [f'"""Functions about {names}."""\n\n{_IMPORTS}from {schema} import {names}']
    parts.append(_HELPERS.format(table=tables[0].name, lower=tables[0].name.lower()).strip())
    functions = [part for table in tables for part in _functions(random, table)]
    functions += _of_both(random, tables[0], tables[1])
    random.shuffle(functions)
    return "\n\n\n".join([*parts, *functions]) + "\n"


def _functions(random: Random, table: TableText) -> Iterator[str]:
    name, lower = table.name, table.name.lower()
    for number in range(random.randint(1, 3)):
        yield _ranged(random, table, f"list_{lower}_{number}")
    if table.search:
        yield _search(table)
    yield (
        f"@query\nasync def get_{lower}(ctx: QueryCtx, item: Id[{name}]) -> {name} | None:\n"
        f'    """One of them."""\n    return await ctx.db.get(item)'
    )
    field = random.choice(table.fields)
    given = _ARGUMENT_TYPES[field]
    yield (
        f"@mutation\nasync def change_{lower}(ctx: MutationCtx, item: Id[{name}], value: {given}) -> None:\n"
        f"    found = await ctx.db.get(item)\n    if found is not None and found.{field} != value:\n"
        f"        await ctx.db.patch(found.id, {field}=value)"
    )
    optional = [each for each in table.fields if "= None" in _TYPES[each]]
    if optional:
        yield (
            f"@mutation\nasync def clear_{lower}(ctx: MutationCtx, items: list[Id[{name}]]) -> int:\n"
            f"    for item in items:\n        await ctx.db.patch(item, {optional[0]}=None)\n    return len(items)"
        )
    yield (
        f"@internal_mutation\nasync def forget_{lower}(ctx: MutationCtx) -> int:\n"
        f'    """Some at a time, and go on later while there are more."""\n'
        f"    old = await ctx.db.query({name}).order({random.choice(_DIRECTIONS)}).take(LIMIT)\n"
        f"    for each in old:\n        await ctx.db.delete(each.id)\n"
        f"    if len(old) == LIMIT:\n"
        f"        await ctx.scheduler.run_after(timedelta(minutes=1), forget_{lower})\n    return len(old)"
    )


def _ranged(random: Random, table: TableText, name: str) -> str:
    """A query of a range of an index: equalities on its first fields, then perhaps bounds on the next."""
    index, fields = random.choice(sorted(table.indexes.items()))
    equal = fields[: random.randint(1, len(fields))]
    conditions = [f"{table.name}.{field} == {field}" for field in equal]
    arguments = [f"{field}: {_ARGUMENT_TYPES[field]}" for field in equal]
    following = fields[len(equal)] if len(equal) < len(fields) else None
    if following in _ORDERED:
        conditions += random.choice(
            ([f"{table.name}.{following} > {following}"], [f"{following} >= {table.name}.{following}"])
        )
        arguments.append(f"{following}: {_ARGUMENT_TYPES[following].removesuffix(' | None')}")
    elif len(equal) == len(fields) and random.random() < 0.3:
        conditions.append(f"{table.name}.creation_time > since")
        arguments.append("since: float")
    where = f"ctx.db.query({table.name}).with_index({table.name}.{index}, {', '.join(conditions)})"
    if random.random() < 0.5:
        where += f".order({random.choice(_DIRECTIONS)})"
    return _read(random, table, name, arguments, where)


def _read(random: Random, table: TableText, name: str, arguments: list[str], where: str) -> str:
    listed = f"list[{table.name}]"
    ways = {
        "take": (listed, [], f"    return await {where}.take(LIMIT)"),
        "limit": (listed, ["limit: Annotated[int, Ge(1), Le(200)] = 20"], f"    return await {where}.take(limit)"),
        "collect": ("int", [], f"    found = await {where}.collect()\n    return len(found)"),
        "first": (f"{table.name} | None", [], f"    return await {where}.first()"),
        "unique": ("bool", [], f"    return await {where}.unique() is not None"),
        "paginate": (
            f"Page[{table.name}]",
            ["pagination_opts: PaginationOptions"],
            f"    return await {where}.paginate(pagination_opts)",
        ),
        "iterate": (
            listed,
            [],
            f"    found: {listed} = []\n    async for each in {where}:\n        if len(found) == LIMIT:\n"
            "            break\n        found.append(each)\n    return found",
        ),
        "filter": (
            listed,
            [],
            f"    now = ctx.now()\n    recent = {where}.filter(lambda each: each.creation_time <= now)\n"
            "    return await recent.take(LIMIT)",
        ),
    }
    returns, more, body = ways[random.choice(sorted(ways))]
    given = ", ".join(["ctx: QueryCtx", *arguments, *more])
    return f'@query\nasync def {name}({given}) -> {returns}:\n    """A range of an index."""\n{body}'


def _search(table: TableText) -> str:
    condition = f', {table.name}.status == "active"' if table.search and table.search[1] else ""
    return (
        f"@query\nasync def search_{table.name.lower()}(ctx: QueryCtx, text: str) -> list[{table.name}]:\n"
        f"    hits = ctx.db.query({table.name}).with_search_index({table.name}.search_text, text{condition})\n"
        f"    return await hits.take(10)"
    )


def _of_both(random: Random, parent: TableText, child: TableText) -> Iterator[str]:
    parent_lower, child_lower = parent.name.lower(), child.name.lower()
    made = ", ".join(f"{field}={_VALUES[field]}" for field in parent.fields)
    made_child = ", ".join(f"{field}={_VALUES[field]}" for field in child.fields if "=" not in _TYPES[field])
    yield (
        f"@mutation\nasync def open_{child_lower}(ctx: MutationCtx) -> Id[{child.name}]:\n"
        f"    identity = await ctx.auth.get_user_identity()\n    if identity is None:\n"
        f'        raise ConvexError("sign in")\n'
        f"    parent = await ctx.db.insert({parent.name}({made}))\n"
        f'    log.info("opened %s", parent)\n'
        f"    return await ctx.db.insert({child.name}(parent=parent, {made_child}))"
    )
    yield (
        f"@internal_query\nasync def children_of_{parent_lower}(ctx: QueryCtx, item: Id[{parent.name}]) -> int:\n"
        f"    found = await existing_{parent_lower}(ctx, item)\n"
        f"    all_children = ctx.db.query({child.name})\n"
        f"    children = all_children.with_index({child.name}.by_parent, {child.name}.parent == found.id)\n"
        f"    return len(await children.collect())"
    )
    replaced = ", ".join(f"{field}=found.{field}" for field in parent.fields)
    yield (
        f"@mutation\nasync def copy_{parent_lower}(ctx: MutationCtx, item: Id[{parent.name}]) -> Id[{parent.name}]:\n"
        f"    found = await existing_{parent_lower}(ctx, item)\n"
        f"    copy = {parent.name}({replaced})\n"
        f"    await ctx.db.replace(item, copy)\n    return await ctx.db.insert(copy)"
    )
    yield (
        f"@action\nasync def export_{parent_lower}(ctx: ActionCtx, item: Id[{parent.name}], "
        f'form: Literal["csv", "text"]) -> str:\n'
        f"    number = await ctx.run_query(children_of_{parent_lower}, item=item)\n"
        f"    if number > LIMIT:\n        await ctx.run_mutation(forget_{child_lower})\n"
        f'    separator = "," if form == "csv" else " "\n    return separator.join([item, str(number)])'
    )
    if random.random() < 0.5:
        yield (
            f"@mutation\nasync def parse_{parent_lower}(ctx: MutationCtx, text: str) -> Id[{parent.name}] | None:\n"
            f"    return ctx.db.normalize_id({parent.name}, text)"
        )
