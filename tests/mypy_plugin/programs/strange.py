# mypy: ignore-errors
# ruff: noqa
"""Broken and strange programs: whatever mypy thinks of them, the plugin must not make it stop."""

from typing import Any, TypeVar
from convexgen import Id, Index, MutationCtx, QueryCtx, Table, View, SearchIndex, query, mutation

FIELDS = ("a", "b")
T = TypeVar("T", bound=Table)


class A(Table, name="a"):
    a: int
    b: "B | None" = None
    by = Index(*FIELDS)
    by2 = Index()
    by3 = Index("a", name=3)
    s = SearchIndex("a", filter_fields=FIELDS)
    s2 = SearchIndex()


class B(A, view=1 == 1):
    c: int


class C(View[A]):
    a: int
    d: str


def outer() -> None:
    class L(Table, name="l"):
        x: int
        by_x = Index("x")

    class V(L, view=True):
        y: int

    async def f(ctx: MutationCtx, i: Id[L], l: L) -> None:
        await ctx.db.query(L).with_index(L.by_x, L.x == 3, L.x == 4).collect()
        await ctx.db.patch(i, x="")
        V.of(l)
        V(x=3, y=3)


async def g(ctx: MutationCtx, t: type[T], i: Id[T], j: "Id[A] | Id[B]", a: A) -> None:
    ctx.db.query(t).with_index(t.by_creation_time, t.creation_time > 3)
    await ctx.db.patch(i, a=3)
    await ctx.db.patch(j, a=3)
    await ctx.db.patch()
    await ctx.db.patch(document_id=j, a=3)
    await ctx.db.replace(i)
    ctx.db.query(A).with_index()
    ctx.db.query(A).with_index(A.by, *[A.a == 3], A.b == 3)
    ctx.db.query(A).with_index(A.by2, A.a == 3)
    ctx.db.query(A).with_index(A.by3, A.a == undefined)
    ctx.db.query(A).with_search_index(A.s, "x", A.a == 3)
    ctx.db.query(A).with_search_index(A.s2)
    x = [C.of(a, d=z) for z in "ab"]
    k: type[C] = C
    k.of(a, d="")
    C.of(**{})
    C.of()
    await ctx.db.insert(*x)
    await ctx.db.insert()
    (await ctx.db.get(i)).id


class D(Undefined, name="d"):
    x: int
    by = Index("x")


async def h(ctx: MutationCtx, d: Id[D]) -> None:
    await ctx.db.patch(d, y=3)
    ctx.db.query(D).with_index(D.by, D.x == 3)
