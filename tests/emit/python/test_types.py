"""What type checkers make of code that uses the generated client: what passes, and each mistake that must not."""

from __future__ import annotations

from pathlib import Path

from tests.emit.python.checkers import mypy, pyright
from tests.emit.python.conftest import PACKAGE

RIGHT = f"""
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Literal, assert_type
from uuid import UUID

from {PACKAGE} import UNSET, AsyncClient, Client, ConvexError, Id, Page, PaginationOptions, models
from {PACKAGE}.models import Message


def waiting() -> None:
    with Client("http://127.0.0.1:3210", token="t", timeout=2) as client:
        messages = client.messages.list(limit=10)
        assert_type(messages, list[Message])
        for newer in client.messages.list.subscribe(limit=10):
            assert_type(newer, list[Message])
        assert_type(client.messages.list.subscribe().next(timeout=1), list[Message])
        message = messages[0]
        assert_type(message.likes, int)
        if message.edited_at:
            assert_type(message.edited_at, datetime)
        if message.edited_at is not UNSET:
            assert_type(message.edited_at, datetime)
        assert_type(client.admin.users.get(user=message.author), models.User | None)
        page = client.messages.page(pagination_opts=PaginationOptions(num_items=3))
        assert_type(page, Page[Message])
        draft = models.DraftInput(author=message.author, text="x")
        assert_type(client.with_timeout(1).messages.send(draft=draft), Id[Literal["messages"]])
        for shape in client.messages.shapes():
            match shape.kind:
                case "circle":
                    assert_type(shape, models.Circle)
                case "square":
                    assert_type(shape, models.Square)
        result = client.messages.every_kind(
            text="x",
            flag=True,
            data=b"x",
            anything={{"a": [1]}},
            number=1,
            count=1,
            big=2**60,
            moment=datetime.now(UTC),
            day=date(2026, 1, 1),
            key=UUID(int=0),
            price=Decimal("1.1"),
            mode="a",
            tags=("a", "b"),
            by_name={{"a": 1}},
            status=models.Status.OPEN,
            maybe=None,
        )
        assert_type(result.big, int)
        assert_type(result.price, Decimal)
        assert_type(result.by_name, dict[str, int])


async def asynchronous() -> None:
    async with AsyncClient("http://127.0.0.1:3210") as client:
        client.set_auth(None)
        try:
            assert_type(await client.messages.list(), list[Message])
            async with client.messages.list.subscribe(limit=3) as lists:
                async for newer in lists:
                    assert_type(newer, list[Message])
        except ConvexError as error:
            print(error.data)
"""

WRONG = f"""
from {PACKAGE} import AsyncClient, Client, models


async def wrong(client: Client, user: models.User, message: models.Message, waiting: AsyncClient) -> None:
    client.messages.list(limit="x")  # wrong
    client.messages.list(10)  # wrong
    client.messages.list(limt=1)  # wrong
    client.messages.lisst()  # wrong
    client.messages.by_author(author=user.id)  # wrong
    client.messages.sweep()  # wrong
    client.admin.users.get(user=message.id)  # wrong
    client.admin.users.get(user="x")  # wrong
    models.DraftInput(author=user.id, text="x", foo=1)  # wrong
    models.DraftInput(author=user.id)  # wrong
    client.messages.send(draft=models.Draft(author=user.id, text="x"))  # wrong
    print(message.edited_at.year)  # wrong
    for one in waiting.messages.list():  # wrong
        pass
    client.close_()  # wrong
    client.messages.list.subscribe(limit="x")  # wrong
    client.messages.send.subscribe(draft=models.DraftInput(author=user.id, text="x"))  # wrong
    for two in waiting.messages.list.subscribe():  # wrong
        pass
"""
MISTAKES = [f"wrong.py:{number}" for number, line in enumerate(WRONG.splitlines(), 1) if line.endswith("# wrong")]


def test_right_code_passes_and_each_mistake_is_found(chat_folder: Path) -> None:
    (chat_folder / "right.py").write_text(RIGHT)
    (chat_folder / "wrong.py").write_text(WRONG)
    targets = (PACKAGE, "right.py", "wrong.py")
    assert list(dict.fromkeys(mypy(chat_folder, *targets))) == MISTAKES
    # pyright also tells that what comes of a mistake is unknown
    assert set(pyright(chat_folder, *targets)) == set(MISTAKES)
