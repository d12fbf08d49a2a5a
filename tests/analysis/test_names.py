"""How named types are called: by their own names, and by their modules' names before those where two would meet."""

from __future__ import annotations

from convexgen import ir
from convexgen.analysis.analyse import Front, Understanding
from convexgen.source import SourceFile

MODELS = """\
from pydantic import BaseModel
from convexgen import QueryCtx, query


class {name}(BaseModel):
    a: int{default}


@query
async def f(ctx: QueryCtx, card: {name}) -> {name}: ...
"""


def names(**modules: str) -> dict[str, ir.TypeName]:
    """How the types of a program are shown."""
    sources = tuple(SourceFile.of(f"backend/{name}.py", text.encode()) for name, text in sorted(modules.items()))
    front = Front(sources, "backend", "camel", Understanding())
    front.read(front.unread())
    return dict(front.finish([front.unit(name) for name in front.stale()]).linked.names)


def test_a_name_that_is_free_is_kept() -> None:
    assert names(a=MODELS.format(name="Card", default="")) == {"a.Card": ir.TypeName("Card", splits=False)}


def test_a_default_makes_input_and_output_differ() -> None:
    assert names(a=MODELS.format(name="Card", default=" = 1")) == {"a.Card": ir.TypeName("Card", splits=True)}


def test_two_types_of_one_name_get_the_names_of_their_modules() -> None:
    assert names(a=MODELS.format(name="Card", default=""), b_c=MODELS.format(name="Card", default="")) == {
        "a.Card": ir.TypeName("ACard", splits=False),
        "b_c.Card": ir.TypeName("BCCard", splits=False),
    }


def test_the_name_of_an_input_is_not_taken_by_another_type() -> None:
    assert names(a=MODELS.format(name="Card", default=" = 1"), b=MODELS.format(name="CardInput", default="")) == {
        "a.Card": ir.TypeName("ACard", splits=True),
        "b.CardInput": ir.TypeName("BCardInput", splits=False),
    }
