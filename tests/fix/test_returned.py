"""What a function is known to return: what its expressions certainly give, and nothing where one is not known."""

from __future__ import annotations

import re

import pytest

from convexgen.discover import discover
from convexgen.fix import fix
from convexgen.settings import Settings
from convexgen.snapshot import Snapshot
from convexgen.source import SourceFile
from tests.fix.call_cases import HEAD, SCHEMA
from tests.fix.projects import contents, mended
from tests.fixtures.projects import FIXTURE_PROJECTS

BELOW = "\n\n@query\nasync def f(ctx: QueryCtx, id: Id[Message], n: int = 3, m: str | None = None){}:\n"
ABOVE = """

async def named(ctx: QueryCtx, id: Id[User]) -> User | None:
    return await ctx.db.get(id)


def shout(text: str) -> str:
    return text.upper()


def whatever(x):
    return x
"""
KNOWN = {
    "pass": "None",
    "return": "None",
    "return None": "None",
    "raise ValueError": "None",
    "for x in 'ab':\n    if x:\n        return": "None",
    "def inner() -> int:\n    return 3\nprint(inner())": "None",
    "return 3": "int",
    "return 3.5": "float",
    "return True": "bool",
    "return not n": "bool",
    "return m is None": "bool",
    "return 'a' in str(m)": "bool",
    "return 'a'": "str",
    "return b'a'": "bytes",
    "return f'{n}'": "str",
    "return 3 if n is 4 else 'a'": "int | str",
    "if n:\n    return 3\nelse:\n    return 'a'": "int | str",
    "if n:\n    return 3": "int | None",
    "if n:\n    return 3\nelif m:\n    raise ValueError\nelse:\n    return 4": "int",
    "for x in 'ab':\n    return 3": "int | None",
    "return n": "int",
    "return m": "str | None",
    "return id": "Id[Message]",
    "return [1, 2]": "list[int]",
    "return [n for _ in 'ab']": "list[int]",
    "return ctx.now()": "float",
    "return len('ab')": "int",
    "return shout('a')": "str",
    "return await named(ctx, id)": "User | None",
    "return await ctx.db.get(id)": "Message | None",
    "found = await ctx.db.get(id)\nreturn found": "Message | None",
    "found: Message | None = await ctx.db.get(id)\nreturn found": "Message | None",
    "found = await ctx.db.get(id)\nif found is None:\n    raise ValueError\nreturn found": "Message",
    "found = await ctx.db.get(id)\nif found is None:\n    return None\nreturn found": "Message | None",
    "return await ctx.db.query(Message).take(3)": "list[Message]",
    "return await ctx.db.query(Message).with_index(Message.by_at).order('desc').collect()": "list[Message]",
    "return await ctx.db.query(Message).first()": "Message | None",
    "return await ctx.db.query(Message).filter(lambda each: each.at > 3).unique()": "Message | None",
    "return [User(name='a')]": "list[User]",
}
UNKNOWN = [
    "return whatever(3)",
    "return m.upper()",
    "return []",
    "return [1, 'a']",
    "return {}",
    "return (1, 2)",
    "return n + 1",
    "return n == 3",
    "return n and 3",
    "return x",
    "yield 3",
    "n = 4\nreturn n",
    "x = 3\nx = 'a'\nreturn x",
    "for x in 'ab':\n    pass\nreturn x",
    "with open('a') as x:\n    return 3",
    "try:\n    return 3\nexcept ValueError:\n    return 4",
    "while True:\n    return 3",
    "if m is not None:\n    return m\nreturn 'a'",
    "found = await ctx.db.get(id)\nif isinstance(found, Message):\n    return found\nreturn None",
    "found = await ctx.db.get(id)\nif found is None:\n    found = Message(author=id, text='', at=3)\nreturn found",
    "return await ctx.db.query(whatever(3)).first()",
    "return await ctx.db.get(whatever(3))",
    "return await ctx.storage.get_url(whatever(3))",
    "if n:\n    return 3\nif m:\n    return 'a'\nif id:\n    return b'a'\nreturn 3.5",
]


def _module(body: str, annotation: str) -> str:
    return HEAD + ABOVE + BELOW.format(annotation) + "".join(f"    {line}\n" for line in body.split("\n"))


@pytest.mark.parametrize(("body", "annotation"), KNOWN.items(), ids=KNOWN)
def test_what_is_certain_is_written(body: str, annotation: str) -> None:
    fixed = mended({"schema.py": SCHEMA, "messages.py": _module(body, "")})
    assert contents(fixed)["messages.py"].decode() == _module(body, f" -> {annotation}")


@pytest.mark.parametrize("body", UNKNOWN, ids=UNKNOWN)
def test_what_is_not_certain_is_left_to_a_person(body: str) -> None:
    fixed = mended({"schema.py": SCHEMA, "messages.py": _module(body, "")}, unsafe=True)
    assert "missing-return-type" in {finding.rule.name for finding in fixed.remaining}
    assert "missing-return-type" not in {each.finding.rule.name for each in fixed.mended}


def test_what_the_annotation_names_is_imported() -> None:
    before = (
        "from convexgen import MutationCtx, QueryCtx, mutation, query\n\nfrom .schema import User\n\n\n"
        "@mutation\nasync def f(ctx: MutationCtx){}:\n    return await ctx.db.insert(User(name='a'))\n"
    )
    fixed = mended({"schema.py": SCHEMA, "users.py": before.format("")})
    after = before.replace("import MutationCtx", "import Id, MutationCtx").format(" -> Id[User]")
    assert contents(fixed)["users.py"].decode() == after


def test_a_class_below_the_function_cannot_be_named_above_it() -> None:
    text = (
        "from pydantic import BaseModel\nfrom convexgen import QueryCtx, query\n\n\n"
        "@query\nasync def f(ctx: QueryCtx):\n    return Card(name='a')\n\n\nclass Card(BaseModel):\n    name: str\n"
    )
    assert mended({"schema.py": SCHEMA, "cards.py": text}).changes == ()


PUBLIC = re.compile(
    r"(?P<head>^@(?:query|mutation|action)\nasync def (?P<name>\w+)\((?:[^()]|\([^()]*\))*\))"
    r"(?: -> (?P<returns>[^\n]+))?:$",
    re.MULTILINE,
)


@pytest.mark.parametrize("project", ["chat", "docs", "shop", "tasks"])
def test_what_is_written_into_a_real_project_is_what_its_authors_wrote(project: str) -> None:
    fixture = next(each for each in FIXTURE_PROJECTS if each.root.name == project)
    settings = Settings(source=fixture.source)
    sound = discover(fixture.root, settings)
    bare = [PUBLIC.sub(r"\g<head>:", each.content.decode()) for each in sound.sources]
    sources = (SourceFile.of(each.path, text.encode()) for each, text in zip(sound.sources, bare, strict=True))
    fixed = fix(Snapshot(tuple(sources), {}), settings, unsafe=False)
    assert len(fixed.mended) > 8
    for before, after in zip(sound.sources, fixed.snapshot.sources, strict=True):
        written = {each["name"]: each["returns"] for each in PUBLIC.finditer(before.content.decode())}
        for each in PUBLIC.finditer(after.content.decode()):
            assert each["returns"] in (None, written[each["name"]])
