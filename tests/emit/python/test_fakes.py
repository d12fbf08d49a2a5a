"""The generated client for tests: it answers what the test says, and tells what it was asked."""

from __future__ import annotations

import asyncio
import importlib
import socket
import threading
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest


@pytest.fixture
def testing(chat: ModuleType) -> ModuleType:
    return importlib.import_module(f"{chat.__name__}.testing")


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> None:
        raise AssertionError(f"the network was used: {arguments}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture
def client(testing: ModuleType) -> Iterator[Any]:
    with testing.fake_client() as client:
        yield client


def message(chat: ModuleType, text: str, **rest: object) -> Any:
    return chat.models.Message(
        id=chat.Id("m1"), creation_time=1.5, author=chat.Id("u1"), text=text, likes=3, reply_to=None, **rest
    )


def draft(chat: ModuleType, text: str) -> Any:
    return chat.models.DraftInput(author=chat.Id("u1"), text=text)


def test_a_fake_is_a_client(chat: ModuleType, testing: ModuleType) -> None:
    assert type(testing.fake_client()) is chat.Client
    assert type(testing.fake_async_client()) is chat.AsyncClient


def test_results_come_one_after_another_and_the_last_stays(chat: ModuleType, testing: ModuleType, client: Any) -> None:
    first, second = [message(chat, "one")], [message(chat, "two")]
    testing.on(client.messages.list).returns(first, second)
    assert [client.messages.list(), client.messages.list(limit=3), client.messages.list()] == [first, second, second]
    testing.on(client.messages.list).returns([])
    assert client.with_timeout(1).messages.list() == []


def test_results_travel_as_from_a_server(chat: ModuleType, testing: ModuleType, client: Any) -> None:
    """They are copies, in which what is not there is not there."""
    sent = message(chat, "one")
    testing.on(client.messages.list).returns([sent])
    (received,) = client.messages.list()
    assert received == sent
    assert received is not sent
    assert received.edited_at is chat.UNSET


def test_a_result_that_no_server_could_give_is_refused(chat: ModuleType, testing: ModuleType, client: Any) -> None:
    with pytest.raises(chat.InvalidArguments, match=r"messages:list: result\.0: "):
        testing.on(client.messages.list).returns(["not a message"])
    with pytest.raises(testing.Unanswered):
        client.messages.list()


def test_errors(chat: ModuleType, testing: ModuleType, client: Any) -> None:
    refused = chat.ConvexError("messages:send", "Uncaught ConvexError", {"code": "full"})
    testing.on(client.messages.send).raises(refused)
    with pytest.raises(chat.ConvexError) as caught:
        client.messages.send(draft=draft(chat, "hi"))
    assert caught.value.data == {"code": "full"}
    assert len(testing.on(client.messages.send).calls) == 1


def test_arguments_are_checked_as_ever(chat: ModuleType, testing: ModuleType, client: Any) -> None:
    testing.on(client.messages.list).returns([])
    with pytest.raises(chat.InvalidArguments):
        client.messages.list(limit="three")
    with pytest.raises(TypeError):
        client.messages.list(limits=3)
    assert testing.on(client.messages.list).calls == []


def test_answers_that_are_functions_of_the_arguments(chat: ModuleType, testing: ModuleType, client: Any) -> None:
    def newest(limit: int = 2) -> list[Any]:
        return [message(chat, str(number)) for number in range(limit)]

    testing.on(client.messages.list).runs(newest)
    assert [each.text for each in client.messages.list()] == ["0", "1"]
    assert [each.text for each in client.messages.list(limit=1)] == ["0"]


def test_calls_are_kept(chat: ModuleType, testing: ModuleType, client: Any) -> None:
    sending = testing.on(client.messages.send)
    sending.returns(chat.Id("m1"))
    assert sending.calls == []
    assert repr(sending) == "<messages:send, called with nothing>"
    client.messages.send(draft=draft(chat, "hi"))
    assert [call["draft"].text for call in sending.calls] == ["hi"]
    assert sending.was_called_with(draft=draft(chat, "hi"))
    assert not sending.was_called_with(draft=draft(chat, "ho"))
    listing = testing.on(client.messages.list)
    listing.returns([])
    client.messages.list()
    client.messages.list(limit=4)
    assert listing.calls == [{}, {"limit": 4}]
    assert repr(listing) == "<messages:list, called with {}, {'limit': 4}>"


def test_arguments_have_their_python_names(chat: ModuleType, testing: ModuleType, client: Any) -> None:
    page = chat.Page[chat.models.Message](page=[message(chat, "one")], is_done=True, continue_cursor="end")

    def first(pagination_opts: Any) -> Any:
        assert pagination_opts.num_items == 5
        return page

    testing.on(client.messages.page).runs(first)
    options = chat.PaginationOptions(num_items=5)
    assert client.messages.page(pagination_opts=options) == page
    assert testing.on(client.messages.page).calls == [{"pagination_opts": options}]


def test_a_call_that_has_no_answer_says_how_to_give_one(testing: ModuleType, client: Any) -> None:
    with pytest.raises(testing.Unanswered) as caught:
        client.admin.users.get(user="u1")
    assert str(caught.value) == (
        "admin/users:get was called, and the test has not said what it answers: on(client.admin.users.get).returns(...)"
    )
    with pytest.raises(testing.Unanswered, match=r"on\(client\.messages\.list\)\.returns"):
        next(client.messages.list.subscribe())


def test_a_client_that_is_real_is_none_to_answer_for(chat: ModuleType, testing: ModuleType) -> None:
    real = chat.Client("http://127.0.0.1:1")
    with pytest.raises(TypeError, match="none of `fake_client`"):
        testing.on(real.messages.list)


def test_what_is_said_is_news_to_those_who_follow(chat: ModuleType, testing: ModuleType, client: Any) -> None:
    """All of it, in order; an error is passed over by asking on."""
    listing = testing.on(client.messages.list)
    listing.returns([], [message(chat, "one")])
    with client.messages.list.subscribe(limit=1) as lists:
        assert next(lists) == []
        listing.raises(chat.FunctionError("messages:list", "broken"))
        listing.returns([message(chat, "two")])
        assert [each.text for each in next(lists)] == ["one"]
        with pytest.raises(chat.FunctionError):
            next(lists)
        assert [each.text for each in next(lists)] == ["two"]
        with pytest.raises(chat.Timeout, match=r"messages:list: no news within 0\.01 s"):
            lists.next(timeout=0.01)
        listing.ends()
        with pytest.raises(chat.ConnectionFailed, match="messages:list: the client was closed"):
            next(lists)
    assert listing.calls == [{"limit": 1}]


def test_news_from_another_thread(testing: ModuleType, client: Any) -> None:
    listing = testing.on(client.messages.list)
    listing.returns([])
    lists = client.messages.list.subscribe()
    assert next(lists) == []
    speaker = threading.Thread(target=listing.returns, args=([],))
    speaker.start()
    assert lists.next(timeout=30) == []
    speaker.join()


def test_a_closed_client_answers_no_more(chat: ModuleType, testing: ModuleType, client: Any) -> None:
    testing.on(client.messages.list).returns([])
    lists = client.messages.list.subscribe()
    assert next(lists) == []
    client.close()
    with pytest.raises(chat.ConnectionFailed):
        client.messages.list()
    with pytest.raises(chat.ConnectionFailed):
        next(lists)


def test_uploads(chat: ModuleType, testing: ModuleType, client: Any) -> None:
    with pytest.raises(testing.Unanswered, match=r"uploads_of\(client\)\.returns"):
        client.files.upload("http://files.test/1", b"")
    uploads = testing.uploads_of(client)
    uploads.returns(chat.Id("f1"), chat.Id("f2"))
    assert client.files.upload("http://files.test/2", b"12", content_type="text/plain") == "f1"
    assert client.files.upload("http://files.test/3", b"3") == "f2"
    uploads.raises(chat.RequestRejected(401, "StorageTokenExpired", "Ask for another one."))
    with pytest.raises(chat.RequestRejected):
        client.files.upload("http://files.test/4", b"4")
    assert [(each.url[-1], each.content, each.content_type) for each in uploads.received] == [
        ("1", b"", None),
        ("2", b"12", "text/plain"),
        ("3", b"3", None),
        ("4", b"4", None),
    ]


def test_awaited(chat: ModuleType, testing: ModuleType) -> None:
    async def main() -> None:
        async with testing.fake_async_client() as client:
            listing = testing.on(client.messages.list)
            with pytest.raises(testing.Unanswered):
                await client.messages.list()
            listing.returns([])
            assert await client.messages.list(limit=1) == []
            testing.uploads_of(client).returns(chat.Id("f1"))
            assert await client.files.upload("http://files.test", b"") == "f1"
            assert listing.was_called_with(limit=1)
            seen: list[str] = []

            async def follow() -> None:
                async with client.messages.list.subscribe() as lists:
                    async for messages in lists:
                        seen.append(" ".join(each.text for each in messages))

            following = asyncio.create_task(follow())
            await asyncio.to_thread(listing.returns, [message(chat, "one")], [message(chat, "two")])
            listing.ends()
            with pytest.raises(chat.ConnectionFailed):
                await following
            assert seen in (["", "one", "two"], ["one", "two"])

    asyncio.run(main())


def test_whoever_awaits_news_is_woken_by_it(chat: ModuleType, testing: ModuleType) -> None:
    async def main() -> None:
        client = testing.fake_async_client()
        listing = testing.on(client.messages.list)
        listing.returns([])
        lists = client.messages.list.subscribe()
        assert await lists.next() == []
        with pytest.raises(chat.Timeout):
            await lists.next(timeout=0.01)
        waiting = asyncio.create_task(lists.next(timeout=30))
        await asyncio.sleep(0)
        listing.returns([message(chat, "one")])
        assert [each.text for each in await waiting] == ["one"]
        waiting = asyncio.create_task(lists.next(timeout=30))
        await asyncio.sleep(0)
        await client.aclose()
        with pytest.raises(chat.ConnectionFailed):
            await waiting

    asyncio.run(main())


def test_a_list_by_pages(chat: ModuleType, testing: ModuleType, client: Any) -> None:
    page = chat.Page[chat.models.Message]

    def pages(pagination_opts: Any) -> Any:
        if pagination_opts.cursor is None:
            return page(page=[message(chat, "one")], is_done=False, continue_cursor="c1")
        return page(page=[message(chat, "two")], is_done=True, continue_cursor="c2")

    testing.on(client.messages.page).runs(pages)
    assert [each.text for each in client.messages.page.paginate(1).items()] == ["one", "two"]
    with client.messages.page.paginate(1) as loaded:
        assert [each.text for each in next(loaded).items] == ["one"]
        loaded.load_more()
        assert [each.text for each in loaded.next(timeout=30).items] == ["one", "two"]
