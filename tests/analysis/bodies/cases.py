"""Functions that do something wrong, each with a name; what is said about each stands in `told.txt`. And right ones.

`{ }` in a case is the body of a mutation; a case that begins with `@` or `async` is a module of its own.
"""

from __future__ import annotations

SCHEMA = """\
from typing import Literal
from pydantic import BaseModel
from convexgen import Id, Index, SearchIndex, Table, VectorIndex


class Meta(BaseModel):
    rank: int


class User(Table, name="users"):
    name: str
    email: str | None = None

    by_email = Index("email")


class Message(Table, name="messages"):
    author: Id[User]
    channel: str
    text: str
    pinned: bool = False
    likes: int = 0
    meta: Meta
    embedding: list[float]

    by_author = Index("author", "channel", "likes")
    by_channel = Index("channel")
    by_rank = Index("meta.rank")
    search_text = SearchIndex("text", filter_fields=["author"])
    by_embedding = VectorIndex("embedding", dimensions=8, filter_fields=["channel"])


class AuthoredMessage(Message, view=True):
    author_name: str


class Shape(Table, name="shapes"):
    color: str

    by_color = Index("color")


class Circle(Shape, variant=True):
    kind: Literal["circle"]
    radius: float
"""
PREAMBLE = """\
from datetime import UTC, date, datetime, timedelta
from convexgen import *
from .schema import AuthoredMessage, Circle, Message, Meta, Shape, User


@internal_query
async def reading(ctx: QueryCtx, user: Id[User]) -> None: ...


@internal_query
async def reading_more(ctx: QueryCtx) -> None: ...


@internal_mutation
async def writing(ctx: MutationCtx) -> None: ...


@internal_action
async def acting(ctx: ActionCtx) -> None: ...


@internal_mutation
async def reporting(ctx: MutationCtx, text: str, number: int) -> None: ...


@internal_query
async def counting(ctx: QueryCtx, counts: dict[str, int]) -> None: ...


@mutation
async def public(ctx: MutationCtx) -> None: ...


"""
HEAD = """\
@internal_mutation
async def f(ctx: MutationCtx, message: Id[Message], user: Id[User], text: str, number: int) -> None:
"""
ACTION = """\
@internal_action
async def f(ctx: ActionCtx, message: Id[Message], user: Id[User], text: str, vector: list[float]) -> None:
"""
READER = """\
@internal_query
async def f(ctx: QueryCtx, message: Id[Message], user: Id[User], text: str) -> None:
"""
QUERY = "ctx.db.query(Message)"


def mutation(*lines: str) -> str:
    """A module with a mutation of these lines."""
    return PREAMBLE + HEAD + "".join(f"    {line}\n" for line in lines)


def query(*lines: str) -> str:
    """A module with a query of these lines."""
    return PREAMBLE + READER + "".join(f"    {line}\n" for line in lines)


def action(*lines: str) -> str:
    """A module with an action of these lines."""
    return PREAMBLE + ACTION + "".join(f"    {line}\n" for line in lines)


def indexed(index: str, *conditions: str) -> str:
    """A module with a query by an index."""
    return mutation(f"await {QUERY}.with_index({', '.join([f'Message.{index}', *conditions])}).take(9)")


def searched(*conditions: str) -> str:
    """A module with a search for text."""
    return mutation(
        f"await {QUERY}.with_search_index({', '.join(['Message.search_text', 'text', *conditions])}).take(9)"
    )


def nearest(*conditions: str) -> str:
    """A module with a search for vectors."""
    return action(f"await ctx.vector_search({', '.join(['Message.by_embedding', 'vector', *conditions])})")


def filtered(body: str, before: str = "") -> str:
    """A module with a query that filters."""
    return mutation(f"await {QUERY}{before}.filter(lambda m: {body}).take(9)")


RANGES: dict[str, str] = {
    "two conditions the wrong way round": indexed("by_author", 'Message.channel == "a"', "Message.author == user"),
    "three conditions the wrong way round": indexed(
        "by_author", "Message.likes > number", 'Message.channel == "a"', "Message.author == user"
    ),
    "range before equality": indexed("by_author", "Message.channel > text", "Message.author == user"),
    "gap": indexed("by_author", "Message.author == user", "Message.likes == number"),
    "first field not compared": indexed("by_author", "Message.channel == text"),
    "creation time before the last field": indexed("by_author", "Message.author == user", "Message.creation_time > 0"),
    "two lower bounds": indexed("by_channel", 'Message.channel > "a"', 'Message.channel >= "b"'),
    "bounds on two fields": indexed("by_author", "Message.author > user", "Message.channel > text"),
    "equality twice": indexed("by_channel", 'Message.channel == "a"', 'Message.channel == "b"'),
    "equality after a bound": indexed("by_channel", 'Message.channel > "a"', 'Message.channel == "b"'),
    "field that the index has not": indexed("by_channel", "Message.author == user"),
    "nested field that the index has not": indexed("by_channel", "Message.meta.rank == 1"),
    "inequality": indexed("by_channel", "Message.channel != text"),
    "value first and the wrong way round": indexed("by_author", '"a" == Message.channel', "user == Message.author"),
    "index of another table": mutation("await ctx.db.query(User).with_index(Message.by_author).take(9)"),
    "condition of another table": indexed("by_channel", "User.name == text"),
    "search index in with_index": indexed("search_text"),
    "index in with_search_index": mutation(f"await {QUERY}.with_search_index(Message.by_channel, text).take(9)"),
    "vector index in with_index": indexed("by_embedding"),
    "through an alias of the database": mutation(
        "db = ctx.db", "await db.query(Message).with_index(Message.by_channel, Message.author == user).take(9)"
    ),
    "through a query kept under a name": mutation(
        f"found = {QUERY}",
        "narrow = found.with_index(Message.by_channel, Message.author == user)",
        "await narrow.take(9)",
    ),
    "over several lines": mutation(
        "await (",
        f"    {QUERY}",
        "    .with_index(",
        "        Message.by_author,",
        '        Message.channel == "ä",',
        "        Message.author == user,",
        "    )",
        '    .order("desc")',
        "    .take(9)",
        ")",
    ),
    "in a plain function": PREAMBLE
    + "async def find(ctx: QueryCtx, text: str) -> list[Message]:\n"
    + f"    return await {QUERY}.with_index(Message.by_author, Message.channel == text).take(9)\n",
    "in a loop of a comprehension": mutation(
        f"[m async for m in {QUERY}.with_index(Message.by_channel, Message.author == user)]"
    ),
}
HABITS: dict[str, str] = {
    "table by its name": mutation('await ctx.db.query("messages").take(9)'),
    "table by a name that there is not": mutation('await ctx.db.query("mesages").take(9)'),
    "document of a table by its name": mutation('await ctx.db.insert("users", {"name": text})'),
    "document of a table by no name": mutation(
        "await ctx.db.insert(text, User(name=text))", 'await ctx.db.insert("x", text)'
    ),
    "id and its table": mutation('await ctx.db.get("users", user)', 'await ctx.db.delete("users", user)'),
    "changes of a table by its name": mutation('await ctx.db.patch("users", user, {"name": text})'),
    "changes as a dict": mutation('await ctx.db.patch(user, {"name": text})'),
    "replacement as a dict": mutation('await ctx.db.replace(user, {"name": text})'),
    "index by its name": mutation('await ctx.db.query(Message).with_index("by_author").take(9)'),
    "index by its name in TypeScript": mutation('await ctx.db.query(Message).with_index("byAuthor").take(9)'),
    "index by nearly its name": mutation('await ctx.db.query(Message).with_index("by_autor").take(9)'),
    "index by no name": mutation('await ctx.db.query(Message).with_index("recent").take(9)'),
    "index of a table without any": mutation('await ctx.db.query(Circle).with_search_index("find", text).take(9)'),
    "search index by its name": mutation('await ctx.db.query(Message).with_search_index("search_text", text).take(9)'),
    "range that is built": mutation(
        'await ctx.db.query(Message).with_index("by_author", lambda q: q.eq("author", user).gt("likes", 3)).take(9)'
    ),
    "range that is built in another way": indexed("by_author", "lambda q: q.either(user)"),
    "range of two functions": indexed("by_author", 'lambda q: q.eq("author", user)', "lambda q: q"),
    "filter that is built": mutation(
        'await ctx.db.query(Message).filter(lambda q: q.eq(q.field("channel"), text)).take(9)'
    ),
    "filter that is built of two": mutation(
        "await ctx.db.query(Message).filter(",
        '    lambda q: q.and_(q.eq(q.field("channel"), text), q.gt(q.field("likes"), 3))',
        ").take(9)",
    ),
}
CONDITIONS: dict[str, str] = {
    "joined by and": indexed("by_author", "Message.author == user and Message.channel == text"),
    "joined by or": indexed("by_channel", 'Message.channel == "a" or Message.channel == "b"'),
    "chain of comparisons": indexed("by_rank", "1 < Message.meta.rank < 5"),
    "field alone": indexed("by_channel", "Message.channel"),
    "constant": indexed("by_channel", "True"),
    "comparison of two values": indexed("by_channel", "text == 'a'"),
    "is None": mutation("await ctx.db.query(User).with_index(User.by_email, User.email is None).take(9)"),
    "in a list": indexed("by_channel", 'Message.channel in ["a", "b"]'),
    "id of another table": indexed("by_author", "Message.author == message"),
    "text for a number": indexed(
        "by_author", "Message.author == user", "Message.channel == text", 'Message.likes == "3"'
    ),
    "number for text": indexed("by_channel", "Message.channel == 3"),
    "null that there is not": indexed("by_channel", "Message.channel == None"),
    "search by a field that is no filter": searched("Message.channel == text"),
    "search by a range": searched("Message.author > user"),
    "search of another table": searched("User.name == text"),
    "vector search by a field that is no filter": nearest("Message.author == user"),
    "vector search by one of two": nearest('(Message.channel == "a") | (Message.author == user)'),
    "vector search for too many": nearest("limit=1000"),
}
CHAINS: dict[str, str] = {
    "no such method": mutation(f"await {QUERY}.all()"),
    "misspelt method": mutation(f"await {QUERY}.fisrt()"),
    "order twice": mutation(f'await {QUERY}.order("asc").order("desc").take(9)'),
    "order of a search": mutation(f'await {QUERY}.with_search_index(Message.search_text, text).order("asc").take(9)'),
    "index after order": mutation(f'await {QUERY}.order("asc").with_index(Message.by_channel).take(9)'),
    "index after filter": mutation(
        f"await {QUERY}.filter(lambda m: m.likes > 1).with_index(Message.by_channel).take(9)"
    ),
    "two indexes": mutation(
        f"await {QUERY}.with_index(Message.by_channel).with_search_index(Message.search_text, text).take(9)"
    ),
    "no such order": mutation(f'await {QUERY}.order("newest").take(9)'),
    "order after take": mutation(f'await {QUERY}.take(9).order("desc")'),
    "first after unique": mutation(f"await {QUERY}.unique().first()"),
    "take nothing": mutation(f"await {QUERY}.take(0)"),
    "query that is never read": mutation(f'{QUERY}.order("desc")'),
    "query in a condition": mutation(f"if {QUERY}.with_index(Message.by_channel):", "    pass"),
    "query that is given back": PREAMBLE
    + "@internal_query\nasync def f(ctx: QueryCtx) -> list[Message]:\n"
    + f"    return {QUERY}.order('desc')\n",
    "query of a view": mutation("await ctx.db.query(AuthoredMessage).take(9)"),
}
WRITES: dict[str, str] = {
    "unknown field": mutation('await ctx.db.patch(message, txt="a")'),
    "unknown field of nothing like it": mutation('await ctx.db.patch(user, zzz="a")'),
    "field of another table": mutation('await ctx.db.patch(user, text="a")'),
    "id": mutation("await ctx.db.patch(message, id=message)"),
    "creation time": mutation("found = await ctx.db.get(message)", "await ctx.db.patch(found.id, creation_time=1.0)"),
    "through a document": mutation(
        "found = await ctx.db.get(message)", "assert found is not None", "await ctx.db.patch(found.author, text='a')"
    ),
    "in a loop": mutation(f"for each in await {QUERY}.take(9):", "    await ctx.db.patch(each.id, txt='a')"),
    "in an async loop": mutation(f"async for each in {QUERY}:", "    await ctx.db.patch(each.id, txt='a')"),
    "of what was inserted": mutation("new = await ctx.db.insert(User(name='a'))", "await ctx.db.patch(new, nmae='b')"),
    "of what a plain function finds": PREAMBLE
    + "async def find(ctx: QueryCtx) -> User | None:\n    return await ctx.db.query(User).first()\n\n\n"
    + "@internal_mutation\nasync def f(ctx: MutationCtx) -> None:\n"
    + "    user = await find(ctx)\n    if user:\n        await ctx.db.patch(user.id, nmae='b')\n",
    "id of another table in a patch": mutation("await ctx.db.patch(message, author=message)"),
    "text for a number in a patch": mutation('await ctx.db.patch(message, likes="many")'),
    "unknown field of a union": mutation(
        "shape = await ctx.db.query(Shape).first()", "await ctx.db.patch(shape.id, size=1)"
    ),
    "document of another table": mutation("await ctx.db.replace(message, User(name='a'))"),
    "view in place of a document": mutation(
        "found = await ctx.db.get(message)",
        "await ctx.db.replace(message, AuthoredMessage.of(found, author_name=''))",
    ),
    "view inserted": mutation(
        "found = await ctx.db.get(message)", "await ctx.db.insert(AuthoredMessage.of(found, author_name=''))"
    ),
    "file deleted": PREAMBLE
    + "@internal_mutation\nasync def f(ctx: MutationCtx, file: Id[StoredFile]) -> None:\n"
    + "    await ctx.db.delete(file)\n",
    "job changed": PREAMBLE
    + "@internal_mutation\nasync def f(ctx: MutationCtx, job: Id[ScheduledJob]) -> None:\n"
    + "    await ctx.db.patch(job, name='a')\n",
}
AWAITS: dict[str, str] = {
    "insert dropped": mutation("ctx.db.insert(User(name='a'))"),
    "patch dropped": mutation("ctx.db.patch(message, text='a')"),
    "schedule dropped": mutation("ctx.scheduler.run_after(timedelta(0), writing)"),
    "file dropped": action("ctx.storage.store(b'')"),
    "run dropped": mutation("ctx.run_mutation(writing)"),
    "kept and never awaited": mutation("new = ctx.db.insert(User(name='a'))"),
    "kept and looked into": mutation("found = ctx.db.get(user)", "if found.name:", "    pass"),
    "looked into": mutation("ctx.db.get(user).name"),
    "looked into deeply": mutation("ctx.db.get(user).name.upper()"),
    "subscripted": mutation(f"{QUERY}.take(1)[0]"),
    "compared": mutation("if ctx.db.get(user) is None:", "    pass"),
    "counted": mutation(f"len({QUERY}.take(9))"),
    "looped over": mutation(f"for each in {QUERY}.take(9):", "    pass"),
    "looped over by async for": mutation(f"async for each in {QUERY}.take(9):", "    pass"),
    "query looped over": mutation(f"for each in {QUERY}:", "    pass"),
    "query looped over in a comprehension": mutation(f"[each.text for each in {QUERY}]"),
    "given back": PREAMBLE
    + "@internal_query\nasync def f(ctx: QueryCtx, user: Id[User]) -> User | None:\n    return ctx.db.get(user)\n",
    "in an f-string": mutation('f"{ctx.storage.generate_upload_url()}"'),
    "identity": mutation("if not ctx.auth.get_user_identity():", "    raise ValueError"),
    "plain function dropped": PREAMBLE
    + "async def check(ctx: QueryCtx) -> None: ...\n\n\n"
    + "@internal_query\nasync def f(ctx: QueryCtx) -> None:\n    check(ctx)\n",
    "plain function looked into": PREAMBLE
    + "async def caller(ctx: QueryCtx) -> User: ...\n\n\n"
    + "@internal_query\nasync def f(ctx: QueryCtx) -> None:\n    user = caller(ctx)\n    user.name\n",
    "plain function without a context dropped": PREAMBLE
    + "async def rest() -> None: ...\n\n\n"
    + "@internal_query\nasync def f(ctx: QueryCtx) -> None:\n    rest()\n",
    "query awaited": mutation(f'found = await {QUERY}.order("desc")'),
    "time awaited": mutation("await ctx.now()"),
    "id awaited": mutation("await ctx.db.normalize_id(User, text)"),
}
READS: dict[str, str] = {
    "whole table": mutation(f"await {QUERY}.collect()"),
    "whole table in order": mutation(f'await {QUERY}.order("desc").collect()'),
    "whole table by an index": mutation(f"await {QUERY}.with_index(Message.by_channel).collect()"),
    "whole table filtered": mutation(f"await {QUERY}.filter(lambda m: m.likes > 3).collect()"),
    "whole table under a name": mutation(f"everything = {QUERY}", "await everything.collect()"),
    "filter where there is an index": filtered("m.channel == text"),
    "filter where there is an index over more": filtered("m.channel == text and m.author == user"),
    "filter where there is an index over a nested field": filtered("m.meta.rank == number"),
    "filter without an index": filtered("m.text == text"),
    "filter without an index, value first": filtered("text == m.text"),
    "filter by the next field": filtered("m.channel == text", ".with_index(Message.by_author, Message.author == user)"),
    "filter of a search": filtered("m.author == user", ".with_search_index(Message.search_text, text)"),
    "filter by an attribute": mutation(
        "found = await ctx.db.get(message)", f"await {QUERY}.filter(lambda m: m.author == found.author).take(9)"
    ),
}
TRANSACTIONS: dict[str, str] = {
    "time of day": mutation("datetime.now(UTC)"),
    "today": mutation("date.today()"),
    "time of a module": "import time\n" + mutation("time.time()"),
    "time under another name": "from time import monotonic as clock\n" + mutation("clock()"),
    "random": "import random\n" + mutation("random.choice([1, 2])"),
    "random function": "from random import randint\n" + mutation("randint(1, 2)"),
    "seed": "import random\n" + mutation("random.seed(3)"),
    "uuid": "import uuid\n" + mutation("str(uuid.uuid4())"),
    "secret": "import secrets\n" + mutation("secrets.token_hex(8)"),
    "random bytes": "import os\n" + mutation("os.urandom(8)"),
    "environment": "import os\n" + mutation('os.environ["KEY"]'),
    "environment with a default": "import os\n" + mutation('os.environ.get("KEY", "")'),
    "environment by getenv": "import os\n" + mutation('os.getenv("KEY")'),
    "file": mutation('open("a.txt").read()'),
    "file in a with": mutation('with open("a.txt") as file:', "    file.read()"),
    "path": "from pathlib import Path\n" + mutation('Path("a.txt").read_text()'),
    "network": "import httpx\n" + mutation('httpx.get("https://example.com")'),
    "network with a client": "import httpx\n"
    + mutation("async with httpx.AsyncClient() as client:", '    await client.get("https://example.com")'),
    "process": "import subprocess\n" + mutation('subprocess.run(["ls"])'),
    "sleep": "import asyncio\n" + mutation("await asyncio.sleep(1)"),
    "in a query": PREAMBLE + "@internal_query\nasync def f(ctx: QueryCtx) -> str:\n    return str(datetime.now(UTC))\n",
    "import inside of the function": mutation("import random", "random.random()"),
    "inside of a nested function": mutation("def stamp():", "    return datetime.now(UTC)", "stamp()"),
    "in a plain function that is called": PREAMBLE
    + "def stamp() -> float:\n    return datetime.now(UTC).timestamp()\n\n\n"
    + "@internal_query\nasync def f(ctx: QueryCtx) -> float:\n    return stamp()\n",
    "in a plain function that a plain function calls": PREAMBLE
    + "def now() -> datetime:\n    return datetime.now(UTC)\n\n\n"
    + "def stamp() -> float:\n    return now().timestamp()\n\n\n"
    + "@internal_query\nasync def f(ctx: QueryCtx) -> float:\n    return stamp()\n",
    "import inside of a plain function": PREAMBLE
    + "def draw() -> float:\n    import random\n\n    return random.random()\n\n\n"
    + "@internal_query\nasync def f(ctx: QueryCtx) -> float:\n    return draw()\n",
    "in a plain function that takes the context": PREAMBLE
    + "async def stamp(ctx: MutationCtx) -> datetime:\n    return datetime.now(UTC)\n",
    "list of the module": "SEEN = []\n" + mutation("SEEN.append(text)"),
    "dict of the module": "CACHE = {}\n" + mutation("CACHE[text] = 1"),
    "global": "COUNT = 0\n" + mutation("global COUNT", "COUNT += 1"),
    "counter of the module": "from collections import Counter\nCOUNTS = Counter()\n" + mutation("COUNTS[text] += 1"),
    "del of the module": "CACHE = {}\n" + mutation("del CACHE[text]"),
}
ACCESS: dict[str, str] = {
    "public function scheduled": mutation("await ctx.scheduler.run_after(timedelta(0), public)"),
    "public function scheduled at a time": action("await ctx.scheduler.run_at(datetime.now(UTC), public)"),
    "public function run": mutation("await ctx.run_mutation(public)"),
    "two queries in a row": action("await ctx.run_query(reading, user=user)", "await ctx.run_query(reading_more)"),
    "three queries in a row": action(
        "a = await ctx.run_query(reading, user=user)",
        "b = await ctx.run_query(reading_more)",
        "c = await ctx.run_query(reading_more)",
    ),
    "query in a loop": action("for each in [user]:", "    await ctx.run_query(reading, user=each)"),
    "query in a comprehension": action("[await ctx.run_query(reading, user=each) for each in [user]]"),
    "sleep in an action": "import time\n" + action("time.sleep(1)"),
    "request in an action": "import requests\n" + action('requests.get("https://example.com")'),
    "process in an action": "import subprocess\n" + action('subprocess.run(["ls"])'),
    "anyone may call": PREAMBLE + "@query\nasync def f(ctx: QueryCtx) -> None:\n    await ctx.db.query(User).first()\n",
}
CHANGES: dict[str, str] = {
    "changed and forgotten": mutation("found = await ctx.db.get(user)", "assert found", 'found.name = "x"'),
    "changed twice": mutation(
        "found = await ctx.db.get(user)", "if found:", '    found.name = "x"', '    found.email = found.name + "@"'
    ),
    "counted up": mutation(
        "found = await ctx.db.get(message)", "if found and found.likes < 3:", "    found.likes += 1"
    ),
    "each changed": mutation(f"for each in await {QUERY}.take(9):", '    each.text = "x"'),
    "each changed as it comes": mutation(
        f"async for each in {QUERY}:", "    if each.pinned:", '        each.text = "x"'
    ),
    "changed beside something else": mutation(
        "found = await ctx.db.get(user)",
        "assert found",
        "found.name = text",
        "await ctx.db.patch(found.id, email=text)",
    ),
    "changed in what a mutation calls": PREAMBLE
    + "async def f(ctx: MutationCtx, user: User) -> None:\n"
    + "    found = await ctx.db.get(user.id)\n    assert found\n    found.name = 'x'\n",
}
CONTEXTS: dict[str, str] = {
    "write in a query": query("await ctx.db.insert(User(name=text))", "await ctx.db.delete(user)"),
    "write in what a query may call": PREAMBLE
    + "async def f(ctx: QueryCtx, user: Id[User]) -> None:\n    await ctx.db.patch(user, name='x')\n",
    "write by another name": query("await ctx.db.update(user)"),
    "read in an action": action("await ctx.db.get(user)"),
    "clock and chance of an action": action("print(ctx.now())", "print(ctx.random.random())"),
    "schedule in a query": query("await ctx.scheduler.run_after(timedelta(), writing)"),
    "mutation in a query": query("await ctx.run_mutation(writing)"),
    "action in a query": query("await ctx.run_action(acting)"),
    "action in a mutation": mutation("await ctx.run_action(acting)"),
    "vector search in a query": query("await ctx.vector_search(Message.by_embedding, [1.0])"),
    "vector search in a mutation": mutation("await ctx.vector_search(Message.by_embedding, [1.0])"),
    "content of a file in a mutation": mutation("await ctx.storage.store(b'')"),
    "upload in a query": query("await ctx.storage.generate_upload_url()"),
    "names of TypeScript": action(
        "await ctx.runQuery(reading_more)",
        "await ctx.auth.getUserIdentity()",
        "await ctx.scheduler.runAfter(timedelta(), writing)",
        "await ctx.storage.getUrl(text)",
    ),
    "names of other databases": mutation(
        "await ctx.db.find(user)", "await ctx.db.update(user, name=text)", "await ctx.db.create(User(name=text))"
    ),
    "part under a name of its own": query("db = ctx.db", "await db.insert(User(name=text))"),
    "nothing of the kind": mutation("await ctx.cache.read(text)", "await ctx.db.vacuum()"),
}
ARGUMENTS: dict[str, str] = {
    "delay in milliseconds": mutation("await ctx.scheduler.run_after(1000, writing)"),
    "delay in seconds": mutation("await ctx.scheduler.run_after(0.5, writing)"),
    "delay that was given": mutation("await ctx.scheduler.run_after(number, writing)"),
    "moment in milliseconds": mutation("await ctx.scheduler.run_at(ctx.now(), writing)"),
    "function by its name": action('await ctx.run_query("messages:reading", user=user)'),
    "function by its name in TypeScript": action('await ctx.run_query("messages:readingMore")'),
    "function by the name of none": action('await ctx.run_mutation("write")', 'await ctx.run_mutation("messages:x")'),
    "scheduled by its name": mutation('await ctx.scheduler.run_after(timedelta(), "messages:writing")'),
    "arguments in a dict": action('await ctx.run_query(reading, {"user": user})'),
    "no arguments in a dict": action("await ctx.run_query(reading_more, {})"),
    "scheduled with arguments in a dict": mutation(
        'await ctx.scheduler.run_after(timedelta(), reporting, {"text": text, "number": number})'
    ),
}
WRONG: dict[str, str] = {
    **RANGES,
    **CONDITIONS,
    **HABITS,
    **CHAINS,
    **WRITES,
    **AWAITS,
    **READS,
    **TRANSACTIONS,
    **ACCESS,
    **CHANGES,
    **CONTEXTS,
    **ARGUMENTS,
}
CRONS = """\
from datetime import time, timedelta
from convexgen import Crons
from .messages import public, writing

crons = Crons()
crons.daily("a", time(9), writing)
crons.daily("b", time(9, 20), writing)
crons.hourly("c", 0, writing)
crons.weekly("d", "monday", time(0), writing)
crons.monthly("e", 1, time(4), writing)
crons.cron("f", "0 9 * * 1", writing)
crons.cron("g", "*/5 * * * *", writing)
crons.interval("h", timedelta(hours=1), public)
"""
RIGHT: dict[str, str] = {
    "whole range": indexed("by_author", "Message.author == user", "Message.channel == text", "Message.likes > 1"),
    "two bounds": indexed("by_author", "Message.author == user", 'Message.channel > "a"', 'Message.channel < "b"'),
    "value first": indexed("by_channel", "text == Message.channel"),
    "mirrored": indexed("by_rank", "1 < Message.meta.rank"),
    "creation time after the last field": indexed("by_channel", "Message.channel == text", "Message.creation_time > 1"),
    "by id": indexed("by_id", "Message.id == message"),
    "by creation time": indexed("by_creation_time", "Message.creation_time > ctx.now()"),
    "spread": indexed("by_author", "*conditions"),
    "unknown value": indexed("by_author", "Message.author == something(user)"),
    "unknown condition": indexed("by_author", "condition", "Message.likes == 3"),
    "null where there may be null": mutation(
        "await ctx.db.query(User).with_index(User.by_email, User.email == None).take(9)"
    ),
    "search": searched("Message.author == user"),
    "vector search": nearest('(Message.channel == "a") | (Message.channel == "b")', "limit=256"),
    "name bound twice": mutation(
        "user = message", f"await {QUERY}.with_index(Message.by_author, Message.author == user).take(9)"
    ),
    "index chosen at run time": mutation(
        "index = Message.by_author if number else Message.by_channel",
        f"await {QUERY}.with_index(index, Message.likes == 1).take(9)",
    ),
    "field of a variant": mutation(
        "shape = await ctx.db.query(Shape).first()", "await ctx.db.patch(shape.id, radius=1.0)"
    ),
    "changes that are spread": mutation("await ctx.db.patch(message, **{'txt': 1})"),
    "id of any table": PREAMBLE
    + "async def f(ctx: MutationCtx, any: Id[Table]) -> None:\n    await ctx.db.patch(any, whatever=1)\n",
    "field removed": mutation("await ctx.db.patch(user, email=UNSET)"),
    "kept and awaited later": mutation("found = ctx.db.get(user)", "await found"),
    "gathered": "import asyncio\n" + mutation("await asyncio.gather(ctx.db.get(user), ctx.db.get(message))"),
    "kept in a list": mutation("jobs = [ctx.db.get(user)]", "for job in jobs:", "    await job"),
    "awaitable given back by a plain function": PREAMBLE
    + "def find(ctx: QueryCtx, user: Id[User]):\n    return ctx.db.get(user)\n",
    "generator": PREAMBLE
    + "async def each(ctx: QueryCtx):\n    async for user in ctx.db.query(User):\n        yield user\n\n\n"
    + "@internal_query\nasync def f(ctx: QueryCtx) -> None:\n    async for user in each(ctx):\n        pass\n",
    "loop that may stop": mutation(f"async for each in {QUERY}:", "    break"),
    "page": PREAMBLE
    + "@internal_query\nasync def f(ctx: QueryCtx, page: PaginationOptions) -> None:\n"
    + f"    await {QUERY}.order('desc').paginate(page)\n",
    "collect in a range": mutation(f"await {QUERY}.with_index(Message.by_channel, Message.channel == text).collect()"),
    "collect what is found": mutation(f"await {QUERY}.with_search_index(Message.search_text, text).collect()"),
    "filter by a comparison": filtered("m.likes > 3"),
    "filter by two fields": filtered("m.text == m.channel"),
    "filter by a calculation": filtered("m.text == text + m.channel"),
    "filter by either": filtered("m.channel == text or m.likes == 1"),
    "time that is given": mutation("datetime.fromtimestamp(ctx.now() / 1000, UTC)"),
    "random of the context": mutation("ctx.random.choice([1, 2])"),
    "seeded random": "import random\n" + mutation("random.Random(number).random()"),
    "parameter called time": "import time\n"
    + PREAMBLE
    + "@internal_mutation\nasync def f(ctx: MutationCtx, time: float) -> None:\n    time.time()\n",
    "local called random": "import random\n" + mutation("random = ctx.random", "random.choice([1])"),
    "time in an action": action("datetime.now(UTC)"),
    "network in an action": "import httpx\n"
    + action("async with httpx.AsyncClient() as client:", '    await client.get("https://example.com")'),
    "network in a plain function that an action calls": "import httpx\n"
    + PREAMBLE
    + "async def fetch() -> None:\n    httpx.AsyncClient()\n\n\n"
    + "@internal_action\nasync def f(ctx: ActionCtx) -> None:\n    await fetch()\n",
    "time as a default": "from dataclasses import dataclass, field\n" + mutation("field(default_factory=datetime.now)"),
    "parameter of a name of the module": "SEEN = {}\n"
    + PREAMBLE
    + "@internal_mutation\nasync def f(ctx: MutationCtx, SEEN: dict[str, int]) -> None:\n    SEEN['a'] = 1\n",
    "time that is converted": "import time\n" + mutation("time.gmtime(0)"),
    "filter by a part of a value": filtered("m.text.year == number"),
    "what a client is given in an action": "import httpx\n" + action("httpx.BasicAuth(text, text)"),
    "local list": mutation("seen = []", "seen.append(text)"),
    "local list of a name of the module": "SEEN = []\n" + mutation("SEEN = []", "SEEN.append(text)"),
    "constant of the module": 'NAMES = {"a": 1}\n' + mutation("NAMES[text]", "NAMES.get(text)"),
    "queries with something between": action(
        "await ctx.run_query(reading, user=user)",
        "await ctx.run_mutation(writing)",
        "await ctx.run_query(reading_more)",
    ),
    "queries in branches": action(
        "if text:", "    await ctx.run_query(reading_more)", "else:", "    await ctx.run_query(reading, user=user)"
    ),
    "query or query": action("await (ctx.run_query(reading_more) if text else ctx.run_query(reading, user=user))"),
    "internal function scheduled": mutation("await ctx.scheduler.run_after(timedelta(0), writing)"),
    "argument that is a dict": action('await ctx.run_query(counting, {"a": 1})'),
    "dict that is an argument by name": action('await ctx.run_query(counting, counts={"a": 1})'),
    "delay that is added up": mutation("await ctx.scheduler.run_after(timedelta(0) + number * delay, writing)"),
    "function that is chosen": mutation("await ctx.scheduler.run_after(timedelta(0), writing if number else public)"),
    "what every object has": mutation("print(ctx.__class__, ctx.db.__class__)"),
    "context of a kind of its own": PREAMBLE
    + "class Wider(QueryCtx, Protocol):\n    def cache(self) -> None: ...\n\n\n"
    + "async def f(ctx: Wider) -> None:\n    ctx.cache()\n",
    "context of either kind": PREAMBLE
    + "async def f(ctx: QueryCtx | ActionCtx) -> None:\n    await ctx.run_action(acting)\n",
    "no context at all": "def ctx():\n    ctx.db.get(1)\n",
    "changed and replaced": mutation(
        "found = await ctx.db.get(user)", "assert found", "found.name = text", "await ctx.db.replace(user, found)"
    ),
    "changed and returned": PREAMBLE
    + "@internal_mutation\nasync def f(ctx: MutationCtx, user: Id[User]) -> User:\n"
    + "    found = await ctx.db.get(user)\n    assert found\n    found.name = 'x'\n    return found\n",
    "changed and read": mutation(
        "found = await ctx.db.get(user)",
        "assert found",
        "found.name = found.name.strip()",
        "await ctx.db.patch(user, name=found.name)",
    ),
    "changed and passed on later": mutation(
        "found = await ctx.db.get(user)", "assert found", "found.name = text", "print(f'{found}')"
    ),
    "changed and read by a function inside": mutation(
        "found = await ctx.db.get(user)", "assert found", "found.name = text", "print(lambda: found.name)"
    ),
    "changed before a function inside is called": mutation(
        "found = await ctx.db.get(user)",
        "def show() -> str:",
        "    return found.name",
        "assert found",
        "found.name = text",
        "print(show())",
    ),
    "changed by what was made of it": mutation(
        "found = await ctx.db.get(user)", "assert found", "found.name = stored(found)"
    ),
    "changed in a loop that looks at it": mutation(
        "found = await ctx.db.get(message)",
        "while found and found.likes < 3:",
        "    found.likes += 1",
    ),
    "changed and kept before": mutation(
        "found = await ctx.db.get(user)", "assert found", "kept = [found]", "found.name = text", "print(kept)"
    ),
    "item of a list that is kept": mutation(
        f"found = await {QUERY}.take(9)", "for each in found:", "    each.text = text", "print(found)"
    ),
    "new document changed": mutation("new = User(name=text)", "new.name = 'x'"),
    "document of somebody else changed": PREAMBLE
    + "async def f(ctx: MutationCtx, user: User) -> None:\n    user.name = 'x'\n",
    "document changed in a query": query("found = await ctx.db.get(user)", "assert found", "found.name = 'x'"),
    "attribute that is no field": mutation("found = await ctx.db.get(user)", "assert found", "found.cached = text"),
    "own class called Query": mutation("class Query:", "    def collect(self): ...", "Query().collect()"),
}
"""Nothing is said about these."""
