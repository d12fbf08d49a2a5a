# mypy: ignore-errors
"""Programs as users write them: no type checker may find anything here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from random import Random
from typing import assert_type

from convexgen import (
    UNSET,
    ActionCtx,
    AuthConfig,
    ConvexError,
    Crons,
    HttpRouter,
    Id,
    Int64,
    JwtProvider,
    MutationCtx,
    OidcProvider,
    Page,
    PaginationOptions,
    QueryCtx,
    Request,
    Response,
    ScheduledJob,
    StoredFile,
    action,
    env,
    http_action,
    internal_action,
    internal_mutation,
    internal_query,
    mutation,
    query,
)

from .schema import AuthoredMessage, Card, Circle, Message, Meta, Profile, Shape, Square, User


@query
async def list_(ctx: QueryCtx, limit: int = 100) -> list[Message]:
    """The newest messages first."""
    return await ctx.db.query(Message).order("desc").take(limit)


@query
async def by_author(ctx: QueryCtx, author: Id[User], after: float) -> list[Message]:
    return (
        await ctx.db.query(Message)
        .with_index(Message.by_author, Message.author == author, Message.creation_time > after)
        .collect()
    )


@query
async def search(ctx: QueryCtx, text: str, author: Id[User]) -> list[Message]:
    found = ctx.db.query(Message).with_search_index(Message.search_text, text, Message.author == author)
    return await found.filter(lambda message: message.likes > 3 and message.meta.rank == 1).take(10)


@query
async def since(ctx: QueryCtx, start: float) -> list[Message]:
    by_time = ctx.db.query(Message).with_index(Message.by_creation_time, Message.creation_time >= start)
    return [message async for message in by_time.order("desc")]


@query
async def page(ctx: QueryCtx, pagination_opts: PaginationOptions) -> Page[AuthoredMessage]:
    found = await ctx.db.query(Message).order("desc").paginate(pagination_opts)
    assert_type(found, Page[Message])
    return found.with_items([await with_author(ctx, message) for message in found.page])


async def with_author(ctx: QueryCtx, message: Message) -> AuthoredMessage:
    author = await ctx.db.get(message.author)
    assert_type(author, User | None)
    return AuthoredMessage.of(message, author_name=author.name if author else "somebody")


@query
async def cards(ctx: QueryCtx) -> list[Card]:
    messages = await ctx.db.query(Message).collect()
    return [Card.of(message, shouting=message.text.isupper()) for message in messages]


@internal_query
async def message_of_view(ctx: QueryCtx, message: Id[Message]) -> AuthoredMessage | None:
    found = await ctx.db.get(message)
    assert_type(found, Message | None)
    return await with_author(ctx, found) if found else None


@mutation
async def send(ctx: MutationCtx, author: Id[User], text: str) -> Id[Message]:
    message = await ctx.db.insert(Message(author=author, text=text, views=Int64(1), meta=Meta(rank=2)))
    assert_type(message, Id[Message])
    job = await ctx.scheduler.run_after(timedelta(seconds=5), moderate, message=message)
    assert_type(job, Id[ScheduledJob])
    await ctx.scheduler.run_at(datetime.now().astimezone(), remind, message)
    await ctx.scheduler.cancel(job)
    return message


@mutation
async def helpers_for_queries_work(ctx: MutationCtx, message: Id[Message]) -> str:
    found = await ctx.db.get(message)
    if found is None:
        raise ConvexError({"code": "no-message"})
    view = await with_author(ctx, found)
    await ctx.db.patch(view.id, text="x", topic=UNSET)
    await ctx.db.replace(found.id, Message(author=found.author, text=view.author_name))
    await ctx.db.delete(message)
    return f"{await ctx.storage.generate_upload_url()} {ctx.now()} {ctx.random.random()}"


@internal_mutation
async def moderate(ctx: MutationCtx, message: Id[Message]) -> None:
    answer = await ctx.run_mutation(send, author=Id[User]("u"), text="no")
    assert_type(answer, Id[Message])
    rows = await ctx.run_query(list_, limit=1)
    assert_type(rows, list[Message])


@internal_action
async def remind(ctx: ActionCtx, message: Id[Message]) -> None: ...


@mutation
async def shapes(ctx: MutationCtx, shape: Id[Shape]) -> float:
    inserted: Id[Shape] = await ctx.db.insert(Circle(colour="red", radius=2))
    await ctx.db.replace(inserted, Square(colour="red", side=1.5))
    area = 0.0
    async for each in ctx.db.query(Shape).with_index(Shape.by_colour, Shape.colour == "red"):
        if isinstance(each, Circle):
            area += each.radius**2
        elif isinstance(each, Square):
            area += each.side**2
    return area


@query
async def files(ctx: QueryCtx, file: Id[StoredFile]) -> list[str | None]:
    stored = await ctx.db.get(file)
    jobs = await ctx.db.query(ScheduledJob).collect()
    identity = await ctx.auth.get_user_identity()
    who = identity.email if identity else None
    return [stored.content_type if stored else None, await ctx.storage.get_url(file), who, *(job.name for job in jobs)]


@query
async def ids(ctx: QueryCtx, text: str) -> User | None:
    normalized = ctx.db.normalize_id(User, text)
    assert_type(normalized, Id[User] | None)
    return await ctx.db.get(normalized) if normalized else None


@query
async def topics(ctx: QueryCtx) -> list[str]:
    messages = await ctx.db.query(Message).collect()
    lengths = [len(message.topic) for message in messages if message.topic]
    return [message.topic for message in messages if message.topic is not UNSET] + [str(lengths)]


@action
async def nearest(ctx: ActionCtx, vector: Sequence[float], author: Id[User]) -> list[float]:
    matches = await ctx.vector_search(Message.by_embedding, vector, Message.author == author, limit=16)
    found = [await ctx.run_query(message_of_view, message=match.id) for match in matches]
    await ctx.run_mutation(send, author=author, text=str(len(found)))
    await ctx.run_action(remind, message=matches[0].id)
    file = await ctx.storage.store(b"x", content_type="text/plain")
    blob = await ctx.storage.get(file)
    await ctx.scheduler.run_after(timedelta(0), send, author=author, text=str(blob))
    return [match.score for match in matches]


@http_action
async def hook(ctx: ActionCtx, request: Request) -> Response:
    await ctx.run_query(list_)
    return Response(content=await request.body(), status_code=200)


http = HttpRouter()
http.route(path="/hook", method="POST", handler=hook)
http.route(path_prefix="/files/", method="GET", handler=hook)

crons = Crons()
crons.interval("clear", timedelta(minutes=5), moderate, message=Id[Message]("m"))
crons.hourly("half past", 30, shapes, shape=Id[Shape]("s"))
crons.daily("morning", time(7, 30), remind, message=Id[Message]("m"))
crons.weekly("monday", "monday", time(9), remind, message=Id[Message]("m"))
crons.monthly("first", 1, time(9), remind, message=Id[Message]("m"))
crons.cron("by expression", "0 9 * * 1", remind, message=Id[Message]("m"))

auth = AuthConfig(
    providers=[
        OidcProvider(domain=env("DOMAIN"), application_id="convex"),
        JwtProvider(issuer="https://example.com", jwks="https://example.com/keys", algorithm="RS256"),
    ]
)


async def handlers_are_callable(ctx: MutationCtx, random: Random) -> None:
    """As tests call them."""
    assert_type(await list_.handler(ctx, limit=3), list[Message])
    assert_type(await send.handler(ctx, author=Id[User]("u"), text="hi"), Id[Message])
    message = Message(author=Id("u"), text="hi")
    assert_type(message.text, str)
    assert_type(message.likes, int)
    card = Card.of(message, shouting=True)
    assert_type(card.id, Id[Message])
    assert_type(card.creation_time, float)
    assert_type(message.creation_time, float)
    assert_type(Circle(colour="red", radius=1.0).id, Id[Circle])
    Profile(gitHubUrl="a", gitlab_url="b")
    message.likes += random.randint(0, 3)
