"""Money that moves between accounts, and in all is what was put in when they were opened."""

from convexgen import ConvexError, MutationCtx, QueryCtx, internal_mutation, mutation, query
from tests.runtime.simulation.moments import others_go_on

from .counting import count_on
from .schema import Account

LIMIT = 60
"""More than this in all, and `guarded` refuses to say how much."""


async def _find(ctx: QueryCtx, name: str) -> Account | None:
    found = await ctx.db.query(Account).with_index(Account.by_name, Account.name == name).unique()
    others_go_on()
    return found


async def _add(ctx: MutationCtx, name: str, amount: int) -> int:
    account = await _find(ctx, name)
    if account is None:
        raise ConvexError({"code": "nobody", "name": name})
    balance = account.balance + amount
    if balance < 0:
        raise ConvexError({"code": "poor", "balance": account.balance})
    await ctx.db.patch(account.id, balance=balance)
    others_go_on()
    return balance


@mutation
async def open(ctx: MutationCtx, name: str, balance: int) -> bool:
    """Whether there was no such account."""
    if await _find(ctx, name) is not None:
        return False
    await ctx.db.insert(Account(name=name, balance=balance))
    return True


@mutation
async def transfer(ctx: MutationCtx, source: str, target: str, amount: int) -> list[int]:
    """Both balances afterwards. Fails if there is too little, or no such account, after writes too."""
    return [await _add(ctx, source, -amount), await _add(ctx, target, amount)]


@internal_mutation
async def move(ctx: MutationCtx, source: str, target: str, amount: int) -> list[int]:
    return [await _add(ctx, source, -amount), await _add(ctx, target, amount)]


@mutation
async def try_transfer(ctx: MutationCtx, source: str, target: str, amount: int) -> bool:
    """The same in a function of its own, whose failure is counted and otherwise forgotten."""
    try:
        await ctx.run_mutation(move, source=source, target=target, amount=amount)
    except ConvexError:
        await count_on(ctx, "refused")
        return False
    return True


@query
async def total(ctx: QueryCtx) -> int:
    found = await ctx.db.query(Account).collect()
    others_go_on()
    return sum(account.balance for account in found)


@query
async def guarded(ctx: QueryCtx) -> int:
    money = await ctx.run_query(total)
    if money > LIMIT:
        raise ConvexError({"code": "rich", "total": money})
    return money


@query
async def balance(ctx: QueryCtx, name: str) -> int | None:
    account = await _find(ctx, name)
    return None if account is None else account.balance


@query
async def richest(ctx: QueryCtx, limit: int) -> list[int]:
    """The highest balances, by an index in those schemas that have one."""
    index = getattr(Account, "by_balance", None)
    if index is None:
        found = await ctx.db.query(Account).collect()
    else:
        found = await ctx.db.query(Account).with_index(index).order("desc").take(limit)
    others_go_on()
    return sorted((account.balance for account in found), reverse=True)[:limit]


@query
async def report(ctx: QueryCtx) -> list[int]:
    """What several queries say at one moment: the sum, the sum once more, and the highest balance or 0."""
    first = await ctx.run_query(total)
    others_go_on()
    highest = await ctx.run_query(richest, limit=1)
    return [first, await ctx.run_query(total), *highest]
