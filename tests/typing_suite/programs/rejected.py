# mypy: ignore-errors
# ruff: noqa: B015, B018, F401, F841, I001
"""Planted mistakes. Each stands on a line that ends in `# rejected`: every checker has to find it by itself.

`# rejected, but not by …` names the checkers that are known to miss it; our own rules cover those.
"""

from __future__ import annotations

from datetime import time, timedelta

from convexgen import (
    ActionCtx,
    Crons,
    HttpRouter,
    Id,
    Int64,
    JwtProvider,
    MutationCtx,
    PaginationOptions,
    QueryCtx,
    Request,
    Response,
    StoredFile,
    Table,
    action,
    http_action,
    internal_action,
    mutation,
    query,
)

from convexgen import Tabel  # rejected

from .schema import AuthoredMessage, Card, Circle, Message, Note, Shape, User


@query
async def listing(ctx: QueryCtx, author: Id[User], limit: int = 10) -> list[Message]:
    return []


@mutation
async def send(ctx: MutationCtx, author: Id[User], text: str) -> Id[Message]:
    return await ctx.db.insert(Message(author=author, text=text))


@internal_action
async def remind(ctx: ActionCtx, message: Id[Message]) -> None: ...


@http_action
async def hook(ctx: ActionCtx, request: Request) -> Response:
    return Response()


async def fields(message: Message) -> None:
    message.txt  # rejected
    Message.txt == "a"  # rejected
    Message.meta.rnk == 1  # rejected
    length: int = message.text  # rejected
    topic: str = message.topic  # rejected
    message.likes = "many"  # rejected
    message.id = Id("m2")  # rejected
    message.creation_time = 3.0  # rejected
    message.views = 3  # rejected


async def comparisons(ctx: QueryCtx, team: Id[Message], other: int) -> None:
    query_ = ctx.db.query(Message)
    query_.with_index(Message.by_author, Message.author == other)  # rejected, but not by pyright ty pyrefly
    query_.with_index(Message.by_author, Message.author == team)  # rejected, but not by pyright ty pyrefly
    query_.with_index(Message.by_author, Message.text == 3)  # rejected, but not by pyright ty pyrefly
    query_.with_index(Message.by_author, Message.likes > "3")  # rejected
    query_.with_index(Message.by_author, Message.creation_time > "now")  # rejected
    query_.with_index(Message.by_author, Message.author)  # rejected


def constructing(author: Id[User], stranger: Id[Message]) -> None:
    Message(author=author)  # rejected
    Message(author=author, text=3)  # rejected
    Message(author=author, text="", txt="")  # rejected
    Message(author=stranger, text="")  # rejected
    Message(author="u1", text="")  # rejected
    Message(author=author, text="", id=Id("m1"))  # rejected
    Message(author=author, text="", creation_time=1.0)  # rejected
    Message(author=author, text="", views=3)  # rejected
    Message(author, "")  # rejected
    Message(author=author, text=None)  # rejected
    Circle(colour="red", radius=1.0, kind="square")  # rejected
    Note(text=3)  # rejected
    Note(text="", txt="")  # rejected, but not by pyrefly
    Circle(radius=1.0)  # rejected


class Misspelt(Table, nam="misspelt"):  # rejected, but not by mypy pyright pyrefly
    text: str


@query
async def reading(ctx: QueryCtx, user: Id[User], text: str) -> Message | None:
    await ctx.db.get(text)  # rejected
    ctx.db.get(user).name  # rejected
    ctx.db.query("messages")  # rejected
    ctx.db.query(PaginationOptions)  # rejected
    ctx.db.query(Message).with_index(User.by_token)  # rejected
    ctx.db.query(Message).with_index(Message.search_text)  # rejected
    ctx.db.query(Message).with_index("by_author")  # rejected
    ctx.db.query(Message).with_search_index(Message.by_author, text)  # rejected
    ctx.db.query(Message).order("desc").with_index(Message.by_author)  # rejected
    ctx.db.query(Message).order("newest")  # rejected
    ctx.db.query(Message).filter(lambda message: message.txt == "")  # rejected
    (await ctx.db.query(Shape).first()).radius  # rejected
    messages: list[Message] = await ctx.db.query(User).collect()  # rejected
    return await ctx.db.get(user)  # rejected


@query
async def writing_in_a_query(ctx: QueryCtx, message: Id[Message], user: Id[User]) -> None:
    await ctx.db.insert(User(name="", token_identifier=""))  # rejected
    await ctx.db.patch(message, text="")  # rejected
    await ctx.db.delete(message)  # rejected
    await ctx.run_mutation(send, author=user, text="")  # rejected
    await ctx.scheduler.run_after(timedelta(0), send, author=user, text="")  # rejected
    await ctx.storage.generate_upload_url()  # rejected


@action
async def database_in_an_action(ctx: ActionCtx, message: Id[Message], user: Id[User]) -> None:
    await ctx.db.get(message)  # rejected
    await ctx.vector_search(Message.by_author, [1.0])  # rejected
    await ctx.vector_search(Message.by_embedding, "text")  # rejected


@mutation
async def writing(ctx: MutationCtx, message: Id[Message], user: Id[User], file: Id[StoredFile]) -> None:
    await ctx.db.insert({"text": ""})  # rejected
    await ctx.db.insert(PaginationOptions(num_items=1))  # rejected
    await ctx.db.delete("m1")  # rejected
    await ctx.db.patch("m1", text="")  # rejected
    await ctx.db.replace(message, {"text": ""})  # rejected
    await ctx.db.replace(message, User(name="", token_identifier=""))  # rejected, but not by mypy pyright ty pyrefly
    await ctx.storage.delete(message)  # rejected
    await ctx.storage.get(file)  # rejected
    await ctx.run_action(remind, message=message)  # rejected
    inserted: Id[User] = await ctx.db.insert(Message(author=user, text=""))  # rejected
    inserted: Id[Message] = ctx.db.insert(Message(author=user, text=""))  # rejected


@mutation
async def calling(ctx: MutationCtx, message: Id[Message], user: Id[User]) -> None:
    await ctx.run_query(listing)  # rejected
    await ctx.run_query(listing, autor=user)  # rejected
    await ctx.run_query(listing, author=message)  # rejected
    await ctx.run_query(listing, author=user, limit="10")  # rejected
    await ctx.run_query(send, author=user, text="")  # rejected
    await ctx.run_mutation(listing, author=user)  # rejected
    await ctx.run_query("messages:listing", author=user)  # rejected
    await ctx.run_query(listing.handler, author=user)  # rejected
    await listing(ctx, author=user)  # rejected
    await listing.handler(ctx, author=message)  # rejected
    count: int = await ctx.run_query(listing, author=user)  # rejected


@mutation
async def scheduling(ctx: MutationCtx, message: Id[Message], user: Id[User]) -> None:
    soon = timedelta(seconds=5)
    await ctx.scheduler.run_after(soon, send, author=user)  # rejected
    await ctx.scheduler.run_after(soon, send, author=user, txt="")  # rejected
    await ctx.scheduler.run_after(soon, send, author=message, text="")  # rejected
    await ctx.scheduler.run_after(soon, listing, author=user)  # rejected
    await ctx.scheduler.run_after(5, remind, message=message)  # rejected
    await ctx.scheduler.run_at(soon, remind, message=message)  # rejected
    await ctx.scheduler.cancel(message)  # rejected


@query  # rejected
async def query_that_wants_a_writer(ctx: MutationCtx) -> None: ...


@mutation  # rejected
async def mutation_that_wants_an_action(ctx: ActionCtx) -> None: ...


@query  # rejected
def not_async(ctx: QueryCtx) -> int:
    return 1


@http_action  # rejected
async def answers_text(ctx: ActionCtx, request: Request) -> str:
    return ""


def views(message: Message, user: User) -> None:
    Card.of(user, shouting=True)  # rejected
    Card.of(message, shouting=True).author  # rejected
    AuthoredMessage.of(user.id, author_name="")  # rejected
    Card(text="", shouting=True, id=Id("m1"))  # rejected
    AuthoredMessage(author_name="")  # rejected


http = HttpRouter()
http.route(path="/hook", method="FETCH", handler=hook)  # rejected
http.route(path="/hook", method="POST", handler=send)  # rejected
http.route(path="/hook", path_prefix="/hook/", method="POST", handler=hook)  # rejected

crons = Crons()
crons.interval("a", 300, remind, message=Id[Message]("m"))  # rejected
crons.interval("b", timedelta(minutes=5), remind)  # rejected
crons.daily("c", time(7), remind, message=Id[User]("u"))  # rejected
crons.weekly("d", "mon", time(7), remind, message=Id[Message]("m"))  # rejected
crons.monthly("e", 1, time(7), listing, author=Id[User]("u"))  # rejected

provider = JwtProvider(issuer="", jwks="", algorithm="HS256")  # rejected
number: Int64 = 3  # rejected
