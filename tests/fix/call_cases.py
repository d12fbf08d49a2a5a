"""What each mend makes of what functions do: a name, the rules whose findings go, the body before and after."""

# ruff: noqa: E501 - a text is one line, however long

from __future__ import annotations

from tests.fix.cases import Case

SCHEMA = """\
from convexgen import Id, Index, Table


class User(Table, name="users"):
    name: str


class Message(Table, name="messages"):
    author: Id[User]
    text: str
    at: float

    by_author = Index("author", "at")
    by_text = Index("text", "author")
    by_at = Index("at")
"""
HEAD = """\
import random
import time
import uuid
from datetime import UTC, date, datetime
from random import choice
from uuid import UUID, uuid4

from convexgen import ActionCtx, Id, MutationCtx, QueryCtx, action, mutation, query

from .schema import Message, User

"""
SIGNATURE = "\n\n@mutation\nasync def f(ctx: MutationCtx, id: Id[Message], author: Id[User]) -> None:\n"


def body(rule: str, before: str, after: str, count: int = 1) -> Case:
    """Statements of a mutation, indented here."""
    return Case((rule,) * count, _module(before), _module(after))


def _module(statements: str) -> str:
    return HEAD + SIGNATURE + "".join(f"    {line}\n" for line in statements.split("\n"))


def awaited(before: str, after: str) -> Case:
    return body("unawaited-call", before, after)


def ranged(before: str, after: str, rule: str = "index-order", count: int = 1) -> Case:
    start, end = "return await ctx.db.query(Message).with_index(", ").first()"
    return body(rule, f"{start}{before}{end}", f"{start}{after}{end}", count)


def clock(before: str, after: str) -> Case:
    return body("clock-in-transaction", before, after)


def delayed(before: str, after: str, imported: str) -> Case:
    """A mutation that schedules another, and what its module imports from `datetime` in the end."""

    def module(names: str, call: str) -> str:
        ours = "Id, MutationCtx, internal_mutation"
        job = "@internal_mutation\nasync def later(ctx: MutationCtx, id: Id[Message]) -> None:\n"
        return (
            f"from datetime import {names}\n\nfrom convexgen import {ours}\n\nfrom .schema import Message\n\n\n"
            f"{job}    await ctx.scheduler.{call}\n"
        )

    return Case(("time-as-number",), module("date", before), module(imported, after))


def chance(before: str, after: str) -> Case:
    return body("random-in-transaction", before, after)


RUNS = """\
from convexgen import ActionCtx, QueryCtx, internal_action, internal_query


@internal_query
async def later(ctx: QueryCtx) -> int:
    return 0


@internal_query
async def much_later(ctx: QueryCtx, text: str, last_name: str = "") -> int:
    return 0


@internal_action
async def f(ctx: ActionCtx) -> int:
    return await ctx.run_query({})
"""


def ran(before: str, after: str, rule: str) -> Case:
    """What an action runs."""
    return Case((rule,), RUNS.replace("{}", before), RUNS.replace("{}", after))


SAFE: dict[str, Case] = {
    "table by its name": body(
        "table-by-name", 'return await ctx.db.query("messages").take(3)', "return await ctx.db.query(Message).take(3)"
    ),
    "id and its table": body("table-by-name", 'await ctx.db.delete("messages", id)', "await ctx.db.delete(id)"),
    "changes in a dict": body(
        "document-as-dict",
        'await ctx.db.patch(id, {"text": "x", "at": 1.0})',
        'await ctx.db.patch(id, text="x", at=1.0)',
    ),
    "changes in a dict on lines of its own": body(
        "document-as-dict",
        'await ctx.db.patch(\n    id,\n    {\n        "text": "x",\n        "at": 1.0,\n    },\n)',
        'await ctx.db.patch(\n    id,\n    text="x", at=1.0,\n)',
    ),
    "changes of a table in a dict": Case(
        ("table-by-name", "document-as-dict"),
        _module('await ctx.db.patch("messages", id, {"text": "x"})'),
        _module('await ctx.db.patch(id, text="x")'),
    ),
    "arguments in a dict": ran('much_later, {"text": "x"}', 'much_later, text="x"', "arguments-as-dict"),
    "arguments in a dict of the wire": ran(
        'much_later, {"text": "x", "lastName": "y"}', 'much_later, text="x", last_name="y"', "arguments-as-dict"
    ),
    "no arguments in a dict": ran("later, {}", "later", "arguments-as-dict"),
    "call that never happens": awaited("ctx.db.delete( id )  # gone", "await ctx.db.delete( id )  # gone"),
    "result that is kept": awaited(
        "found = ctx.db.get(id)\nif found == 3:\n    pass", "found = await ctx.db.get(id)\nif found == 3:\n    pass"
    ),
    "result that is returned": awaited("return ctx.db.delete(id)", "return await ctx.db.delete(id)"),
    "result that is looked into": awaited("print(ctx.db.get(id).text)", "print((await ctx.db.get(id)).text)"),
    "result in parentheses": awaited("print((ctx.db.get(id)).text)", "print((await ctx.db.get(id)).text)"),
    "result on lines": awaited(
        "print(ctx.db.get(  # which\n    id,\n).text)", "print((await ctx.db.get(  # which\n    id,\n)).text)"
    ),
    "item of a result": awaited(
        "return ctx.db.query(Message).take(3)[0]", "return (await ctx.db.query(Message).take(3))[0]"
    ),
    "result that is compared": awaited("assert ctx.db.get(id) != None", "assert await ctx.db.get(id) != None"),
    "loop over a result": awaited(
        "for each in ctx.db.query(Message).take(3):\n    pass",
        "for each in await ctx.db.query(Message).take(3):\n    pass",
    ),
    "asynchronous loop over a result": awaited(
        "async  for each in ctx.db.query(Message).take(3):\n    pass",
        "for each in await ctx.db.query(Message).take(3):\n    pass",
    ),
    "list of a result": awaited(
        "return [each.text for each in ctx.db.query(Message).take(3)]",
        "return [each.text for each in await ctx.db.query(Message).take(3)]",
    ),
    "generator over a result": awaited(
        "return sum(each.at for each in ctx.db.query(Message).take(3))",
        "return sum(each.at for each in await ctx.db.query(Message).take(3))",
    ),
    "loop over a query": awaited(
        "for each in ctx.db.query(Message):\n    pass", "async for each in ctx.db.query(Message):\n    pass"
    ),
    "list of a query": awaited(
        "return [each.text for each in ctx.db.query(Message)]",
        "return [each.text async for each in ctx.db.query(Message)]",
    ),
    "awaited clock": body("needless-await", "return await ctx.now()", "return ctx.now()"),
    "awaited clock in parentheses": body(
        "needless-await", "return (await ctx.now()).hex()", "return (ctx.now()).hex()"
    ),
    "conditions in the wrong order": ranged(
        "Message.by_author, Message.at > 3, Message.author == author",
        "Message.by_author, Message.author == author, Message.at > 3",
    ),
    "index by its name": ranged(
        '"by_author", Message.author == author', "Message.by_author, Message.author == author", "index-by-name"
    ),
    "index by its name in TypeScript": ranged("'byText'", "Message.by_text", "index-by-name"),
    "conditions on lines": ranged(
        "\n        Message.by_author,\n        3 < Message.at,\n        Message.author == author,\n    ",
        "\n        Message.by_author,\n        Message.author == author,\n        3 < Message.at,\n    ",
    ),
    "name in a comment": body(
        "unused-suppression",
        "await ctx.db.delete(id)  # convexgen: ignore[unawaited-call]",
        "await ctx.db.delete(id)",
    ),
    "all names in a comment": body(
        "unused-suppression",
        "await ctx.db.delete(id)  # why # convexgen: ignore[unawaited-call, CG601]  # and",
        "await ctx.db.delete(id)  # why  # and",
        2,
    ),
    "one name of a comment": body(
        "unused-suppression",
        "await ctx.db.query(Message).collect()  # convexgen: ignore[unawaited-call,unbounded-collect]",
        "await ctx.db.query(Message).collect()  # convexgen: ignore[unbounded-collect]",
    ),
    "comment for a whole file": Case(
        ("unused-suppression",),
        "# first\n# convexgen: ignore-file[unawaited-call]\n\n# last\n" + _module("pass"),
        "# first\n\n# last\n" + _module("pass"),
    ),
    "name of a table": Case(
        ("not-a-table",),
        _module("pass").replace("Id[Message]", "Id['messages']"),
        _module("pass"),
    ),
    "name of the schema": Case(
        ("unknown-name",),
        _module("pass").replace("import Message, User", "import Message"),
        _module("pass"),
    ),
    "import of the schema": Case(
        ("unknown-name", "unknown-name"),
        _module("pass").replace("\nfrom .schema import Message, User\n", "\n\ndef g() -> None: ...\n"),
        _module("pass").replace(
            "\nfrom .schema import Message, User\n", "from .schema import Message, User\n\n\ndef g() -> None: ...\n"
        ),
    ),
    "import of the standard library": Case(
        ("unknown-name",),
        "import os\n\nfrom convexgen import QueryCtx, query\n\n\n@query\nasync def f(ctx: QueryCtx) -> datetime: ...\n",
        "import os\nfrom datetime import datetime\n\nfrom convexgen import QueryCtx, query\n\n\n@query\nasync def f(ctx: QueryCtx) -> datetime: ...\n",
    ),
    "name of a module of the standard library": Case(
        ("unknown-name",),
        "import datetime as dt\nfrom convexgen import QueryCtx, query\n\n\n@query\nasync def f(ctx: QueryCtx) -> datetime: ...\n",
        "import datetime as dt\nfrom convexgen import QueryCtx, query\n\n\n@query\nasync def f(ctx: QueryCtx) -> dt.datetime: ...\n",
    ),
}

ONLY_UNSAFE: dict[str, Case] = {
    "condition that another index answers": ranged(
        "Message.by_author, Message.text == 'x'", "Message.by_text, Message.text == 'x'", "index-field"
    ),
    "condition that another index begins with": ranged(
        "Message.by_author, 3 < Message.at", "Message.by_at, 3 < Message.at", "index-range"
    ),
    "function by its name": ran('"messages:later"', "later", "function-by-name"),
    "function by its name on the wire": ran(
        '"messages:muchLater", text="x"', 'much_later, text="x"', "function-by-name"
    ),
    "index by nearly its name": ranged('"by_auhtor"', "Message.by_author", "index-by-name"),
    "field of a change": body("unknown-change", "await ctx.db.patch(id, txt='x')", "await ctx.db.patch(id, text='x')"),
    "method of a query": body(
        "query-chain", "return await ctx.db.query(Message).limit(3)", "return await ctx.db.query(Message).take(3)"
    ),
    "method of a context": body(
        "not-in-context", "print(await ctx.auth.getUserIdentity())", "print(await ctx.auth.get_user_identity())"
    ),
    "method of a database": body(
        "not-in-context", "await ctx.db.update(id, text='x')", "await ctx.db.patch(id, text='x')"
    ),
    "delay": delayed(
        "run_after(500, later, id)", "run_after(timedelta(milliseconds=500), later, id)", "date, timedelta"
    ),
    "delay in parentheses": delayed(
        "run_after( (2), later, id)", "run_after( timedelta(milliseconds=(2)), later, id)", "date, timedelta"
    ),
    "moment": delayed(
        "run_at(ctx.now(), later, id)",
        "run_at(datetime.fromtimestamp(ctx.now() / 1000, UTC), later, id)",
        "UTC, date, datetime",
    ),
    "change that is lost": body(
        "lost-change",
        "found = await ctx.db.get(id)\nif found is not None:\n    found.text = f'x{id}'  # now",
        "found = await ctx.db.get(id)\nif found is not None:\n    await ctx.db.patch(found.id, text=f'x{id}')  # now",
    ),
    "count that is lost": body(
        "lost-change",
        "for each in await ctx.db.query(Message).take(3):\n    each.at += 2 if each.at else 1",
        "for each in await ctx.db.query(Message).take(3):\n"
        "    await ctx.db.patch(each.id, at=each.at + (2 if each.at else 1))",
    ),
    "changes that are lost": body(
        "lost-change",
        "found = await ctx.db.get(id)\nassert found\nfound.text = 'x'\nfound.at *= 2",
        "found = await ctx.db.get(id)\nassert found\nawait ctx.db.patch(found.id, text='x')\n"
        "await ctx.db.patch(found.id, at=found.at * 2)",
        2,
    ),
    "seconds": clock("return time.time()", "return ctx.now() / 1000"),
    "seconds with something done to them": clock("return -time.time()", "return -(ctx.now() / 1000)"),
    "seconds as an argument": clock("print(time.time(), 3)", "print(ctx.now() / 1000, 3)"),
    "milliseconds": clock("return int(1000 * time.time()) + 3", "return int(ctx.now()) + 3"),
    "milliseconds in parentheses": clock("return (time.time() * 1000.0)", "return (ctx.now())"),
    "time in a zone": clock("return datetime.now( UTC )", "return datetime.fromtimestamp( ctx.now() / 1000, UTC )"),
    "time in a named zone": clock(
        "return datetime.now(tz=UTC)", "return datetime.fromtimestamp(ctx.now() / 1000, tz=UTC)"
    ),
    "time nowhere": clock("return datetime.now()", "return datetime.fromtimestamp(ctx.now() / 1000)"),
    "day": clock("return date.today()", "return date.fromtimestamp(ctx.now() / 1000)"),
    "dice": chance("return random.randint(1, 6)", "return ctx.random.randint(1, 6)"),
    "choice": chance("return choice('ab')", "return ctx.random.choice('ab')"),
    "id of the module": chance("return uuid.uuid4()", "return uuid.UUID(int=ctx.random.getrandbits(128), version=4)"),
    "id": chance("return uuid4().hex", "return UUID(int=ctx.random.getrandbits(128), version=4).hex"),
    "table that is called otherwise": Case(
        ("unresolved-import",),
        _module("return print(Mesage.by_author, Mesage=3)")
        .replace("import Message, User", "import Mesage, User")
        .replace("Id[Message]", "Id[Mesage]"),
        _module("return print(Message.by_author, Mesage=3)"),
    ),
    "type of another language": Case(
        ("unknown-name",),
        "from convexgen import QueryCtx, query\n\n\n@query\nasync def f(ctx: QueryCtx) -> string: ...\n",
        "from convexgen import QueryCtx, query\n\n\n@query\nasync def f(ctx: QueryCtx) -> str: ...\n",
    ),
    "decorator that is nearly right": Case(
        ("unknown-name",),
        "import convexgen\n\n\n@convexgen.querry\nasync def f(ctx: convexgen.QueryCtx) -> str: ...\n",
        "import convexgen\n\n\n@convexgen.query\nasync def f(ctx: convexgen.QueryCtx) -> str: ...\n",
    ),
}

LEFT_ALONE: dict[str, str] = {
    name: _module(statements)
    for name, statements in {
        "generator that would be asynchronous": "return sum(1 for a in 'ab' for each in ctx.db.query(Message).take(3))",
        "generator over a query": "return sum(each.at for each in ctx.db.query(Message))",
        "conditions with comments": "return await ctx.db.query(Message).with_index(\n    Message.by_author,\n    Message.at > 3,  # late\n    Message.author == author,\n).first()",
        "query that is awaited": "found = await ctx.db.query(Message)",
        "nanoseconds": "return time.time_ns()",
        "time without a zone, and old": "return datetime.utcnow()",
        "seed": "random.seed(3)",
        "clock outside of any context": "return g()\n\ndef g() -> float:\n    return time.time()",
        "table by a name that there is not": "return await ctx.db.query('mesages').take(3)",
        "document in a dict": "await ctx.db.replace(id, {'text': 'x'})",
        "changes of which one is none": "await ctx.db.patch(id, {'text': 'x', 'nothing': 3})",
        "changes that are spread": "await ctx.db.patch(id, {'text': 'x', **other})",
        "changes with a comment": "await ctx.db.patch(id, {\n    'text': 'x',  # why\n})",
        "order that there is not": "return await ctx.db.query(Message).order('newest').first()",
    }.items()
}
