"""What type checkers make of code that uses the generated client: what passes, and each mistake that must not."""

from __future__ import annotations

from pathlib import Path

from tests.emit.python.checkers import mypy, pyright
from tests.emit.python.conftest import PACKAGE

RIGHT = f"""
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO, Literal, assert_type
from uuid import UUID

from {PACKAGE} import UNSET, AsyncClient, Client, ConvexError, Id, LoadedItems, LocalStore, Unset
from {PACKAGE} import Page, PaginationOptions, models
from {PACKAGE}.models import Message
from {PACKAGE}.testing import Unanswered, fake_async_client, fake_client, on, uploads_of


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
        assert_type(client.messages.page(PaginationOptions(num_items=3)), Page[Message])
        paginated = client.messages.page.paginate(page_size=20)
        for loaded in paginated:
            assert_type(loaded, LoadedItems[Message])
            assert_type(loaded.items, list[Message])
            if loaded.can_load_more:
                paginated.load_more(10)
        for each in client.messages.page.paginate(20).items():
            assert_type(each, Message)
        for lists, user in client.together(
            client.messages.list.subscribe(limit=3), client.admin.users.get.subscribe(user=message.author)
        ):
            assert_type(lists, list[Message])
            assert_type(user, models.User | None)

        def show(store: LocalStore, *, draft: models.DraftInput) -> None:
            shown = store.get_query(client.messages.list, limit=10)
            if shown is not UNSET:
                assert_type(shown, list[Message])
                store.set_query(client.messages.list, shown[:-1], limit=10)
            store.change_items(client.messages.page, lambda item: item.model_copy(update={{"text": draft.text}}))
            store.insert_first(client.messages.page, messages[0])

        assert_type(
            client.messages.send.optimistic(show)(draft=models.DraftInput(author=message.author, text="x")),
            Id[Literal["messages"]],
        )
        client.set_auth(lambda force: "token" if force else None)
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


async def fetch(force: bool) -> str | None:
    return "token" if force else None


def nothing(store: LocalStore, *, draft: models.DraftInput) -> None: ...


async def asynchronous() -> None:
    async with AsyncClient("http://127.0.0.1:3210") as client:
        client.set_auth(None)
        try:
            assert_type(await client.messages.list(), list[Message])
            async with client.messages.list.subscribe(limit=3) as lists:
                async for newer in lists:
                    assert_type(newer, list[Message])
            async for loaded in client.messages.page.paginate(page_size=3):
                assert_type(loaded.items, list[Message])
            async for message in client.messages.page.paginate(3).items():
                assert_type(message, Message)
                async for one, two in client.together(
                    client.messages.list.subscribe(), client.admin.users.get.subscribe(user=message.author)
                ):
                    assert_type(one, list[Message])
                    assert_type(two, models.User | None)
                draft = models.DraftInput(author=message.author, text="x")
                assert_type(await client.messages.send.optimistic(nothing)(draft=draft), Id[Literal["messages"]])
            client.set_auth(fetch)
        except ConvexError as error:
            print(error.data)


def upload(client: Client, path: Path, file: BinaryIO) -> None:
    assert_type(client.files.upload("http://files.test", b"x", content_type="text/plain"), Id[Literal["_storage"]])
    client.files.upload("http://files.test", path)
    client.files.upload("http://files.test", file)


def greeting(client: Client) -> str:
    return f"{{len(client.messages.list())}} messages"


async def greeting_later(client: AsyncClient) -> str:
    return f"{{len(await client.messages.list())}} messages"


def newest(limit: int | Unset = UNSET) -> list[Message]:
    return []


def first_page(pagination_opts: PaginationOptions) -> Page[Message]:
    return Page(page=[], is_done=True, continue_cursor="")


async def fakes(message: Message) -> None:
    client, waiting = fake_client(), fake_async_client()
    on(client.messages.list).returns([], [message])
    on(waiting.messages.list).returns([message])
    on(client.messages.list).runs(newest)
    on(client.messages.page).runs(first_page)
    on(client.messages.page).returns(first_page(PaginationOptions(num_items=1)))
    on(client.messages.send).returns(Id[Literal["messages"]]("m1"))
    on(waiting.messages.send).raises(ConvexError("messages:send", "no", 1))
    uploads_of(waiting).returns(Id[Literal["_storage"]]("f1"))
    try:
        assert_type(greeting(client), str)
        assert_type(await greeting_later(waiting), str)
    except Unanswered:
        pass
    assert on(client.messages.list).was_called_with(limit=3)
    assert on(client.messages.page).was_called_with(PaginationOptions(num_items=1))
"""

WRONG = f"""
from {PACKAGE} import AsyncClient, Client, ConvexError, LocalStore, models
from {PACKAGE}.testing import fake_async_client, fake_client, on, uploads_of


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
    client.messages.list.paginate(page_size=3)  # wrong
    client.messages.page.paginate()  # wrong
    client.messages.page.paginate(page_size="x")  # wrong
    client.messages.page.paginate(page_size=3, limit=1)  # wrong
    client.messages.page()  # wrong
    client.messages.page.paginate(page_size=3).load_more("x")  # wrong
    for three in waiting.messages.page.paginate(page_size=3):  # wrong
        pass
    text: str = next(client.messages.page.paginate(3).items())  # wrong
    client.messages.list.optimistic(show)  # wrong
    client.messages.send.optimistic(otherwise)  # wrong
    client.messages.send.optimistic(show)(text="x")  # wrong
    client.together(client.messages.list.subscribe(), 3)  # wrong
    client.set_auth(3)  # wrong
    waiting.set_auth(lambda force: "token")  # wrong


def show(store: LocalStore, *, draft: models.DraftInput, client: Client = Client("x")) -> None:
    store.get_query(client.messages.list, limit="x")  # wrong
    store.set_query(client.messages.list, "x")  # wrong
    store.set_query(client.messages.list, [], limt=3)  # wrong
    store.get_query(client.messages.send, draft=draft)  # wrong
    store.insert_first(client.messages.page, "x")  # wrong
    store.insert_first(client.messages.list, "x")  # wrong
    store.change_items(client.messages.page, lambda item: "x")  # wrong
    store.change_all(client.messages.list, lambda items: 3)  # wrong


def otherwise(store: LocalStore, *, text: str) -> None: ...


def nothing(limit: int = 1) -> list[models.User]:
    return []


def less(other: int = 1) -> list[models.Message]:
    return []


def fakes(client: Client, message: models.Message, user: models.User) -> None:
    on(client.messages.list).returns([user])  # wrong
    on(client.messages.list).returns([], "x")  # wrong
    on(client.messages.send).returns(user.id)  # wrong
    on(client.messages.list).runs(nothing)  # wrong
    on(client.messages.list).runs(less)  # wrong
    on(client.messages.list).was_called_with(limit="x")  # wrong
    on(client.messages.list).raises(ConvexError)  # wrong
    on(client.messages.lisst).returns([])  # wrong
    on(client.messages)  # wrong
    on(fake_client().messages.page).returns([message])  # wrong
    on(fake_async_client().messages.list).returns([user])  # wrong
    uploads_of(client).returns(message.id)  # wrong
    client.files.upload("http://files.test", "text")  # wrong
"""
MISTAKES = [f"wrong.py:{number}" for number, line in enumerate(WRONG.splitlines(), 1) if line.endswith("# wrong")]


def test_right_code_passes_and_each_mistake_is_found(chat_folder: Path) -> None:
    (chat_folder / "right.py").write_text(RIGHT)
    (chat_folder / "wrong.py").write_text(WRONG)
    targets = (PACKAGE, "right.py", "wrong.py")
    assert list(dict.fromkeys(mypy(chat_folder, *targets))) == MISTAKES
    # pyright also tells that what comes of a mistake is unknown
    assert set(pyright(chat_folder, *targets)) == set(MISTAKES)
