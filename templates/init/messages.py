"""What clients can ask for and do. Arguments and results are checked and typed by their annotations."""

from convexgen import Id, MutationCtx, QueryCtx, mutation, query

from .schema import Message, User


@query
async def list_(ctx: QueryCtx, limit: int = 100) -> list[Message]:
    """The newest messages first."""
    return await ctx.db.query(Message).order("desc").take(limit)


@query
async def by_author(ctx: QueryCtx, author: Id[User]) -> list[Message]:
    """Everything that one person said, the oldest first."""
    return await ctx.db.query(Message).with_index(Message.by_author, Message.author == author).collect()


@mutation
async def sign_up(ctx: MutationCtx, name: str) -> Id[User]:
    """Add a person, or find the one who already has that name."""
    known = await ctx.db.query(User).with_index(User.by_name, User.name == name).first()
    return known.id if known else await ctx.db.insert(User(name=name))


@mutation
async def send(ctx: MutationCtx, author: Id[User], text: str) -> Id[Message]:
    """Say something."""
    return await ctx.db.insert(Message(author=author, text=text))
