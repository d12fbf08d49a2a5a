"""Every change that deployed clients or stored documents can notice, and some that they cannot.

What is to be said about each stands in `cases.txt`.
"""

from __future__ import annotations

from tests.breaking.programs import USERS, Files

FIELDS: dict[str, tuple[list[str], list[str]]] = {
    "add a field with a default": (["a: str"], ["a: str", "b: int = 0"]),
    "add a field that may be absent": (["a: str"], ["a: str", "b: int | Unset = UNSET"]),
    "add a required field": (["a: str"], ["a: str", "b: int"]),
    "remove a required field": (["a: str", "b: int"], ["a: str"]),
    "remove a field with a default": (["a: str", "b: int = 0"], ["a: str"]),
    "rename a field": (["a: str", "content: str"], ["a: str", "contents: str"]),
    "rename a field to something else": (["a: str", "body: str"], ["a: str", "text: str"]),
    "remove a default": (["a: int = 0"], ["a: int"]),
    "add a default": (["a: int"], ["a: int = 0"]),
    "change a default": (["a: int = 10"], ["a: int = 20"]),
    "turn a default into an absent value": (["a: int = 0"], ["a: int | Unset = UNSET"]),
    "absent to required": (["a: int | Unset = UNSET"], ["a: int"]),
    "required to absent": (["a: int"], ["a: int | Unset = UNSET"]),
    "add null": (["a: str"], ["a: str | None"]),
    "remove null": (["a: str | None"], ["a: str"]),
    "widen a union": (["a: str | int"], ["a: str | int | bool"]),
    "narrow a union": (["a: str | int | bool"], ["a: str | int"]),
    "another member of a union": (["a: str | int"], ["a: str | bool"]),
    "add a literal": (['a: Literal["x", "y"]'], ['a: Literal["x", "y", "z"]']),
    "remove a literal": (['a: Literal["x", "y", "z"]'], ['a: Literal["x"]']),
    "rename a literal": (['a: Literal["x", "old"]'], ['a: Literal["x", "new"]']),
    "literals to any text": (['a: Literal["x", "y"]'], ["a: str"]),
    "any text to literals": (["a: str"], ['a: Literal["x", "y"]']),
    "a boolean to one of its values": (["a: bool"], ["a: Literal[True]"]),
    "number to int64": (["a: float"], ["a: Int64"]),
    "int64 to number": (["a: Int64"], ["a: float"]),
    "whole numbers to all": (["a: int"], ["a: float"]),
    "all numbers to whole ones": (["a: float"], ["a: int"]),
    "text to a number": (["a: str"], ["a: int"]),
    "optional text to an optional number": (["a: str | None"], ["a: int | None"]),
    "text to an id": (["a: str"], ["a: Id[User]"]),
    "an id to text": (["a: Id[User]"], ["a: str"]),
    "an id of another table": (["a: Id[User]"], ["a: Id[StoredFile]"]),
    "a day to text": (["a: date"], ["a: str"]),
    "a time to a number": (["a: datetime"], ["a: float"]),
    "anything to text": (["a: Any"], ["a: str"]),
    "text to anything": (["a: str"], ["a: Any"]),
    "one to many": (["a: str"], ["a: list[str]"]),
    "elements of a list": (["a: list[int]"], ["a: list[int | None]"]),
    "elements of lists in lists": (["a: list[list[str]]"], ["a: list[list[bytes]]"]),
    "values of a record": (["a: dict[str, int]"], ["a: dict[str, float]"]),
    "keys of a record": (["a: dict[str, int]"], ["a: dict[Id[User], int]"]),
    "a tighter limit": (["a: Annotated[str, MaxLen(20)]"], ["a: Annotated[str, MaxLen(10)]"]),
    "a looser limit": (["a: Annotated[int, Ge(5)]"], ["a: Annotated[int, Gt(0)]"]),
    "a new limit": (["a: list[str]"], ["a: Annotated[list[str], MinLen(1)]"]),
    "another pattern": (["a: Annotated[str, Pattern('a+')]"], ["a: Annotated[str, Pattern('b+')]"]),
    "a limit of some members": (["a: Annotated[str, MaxLen(20)] | None"], ["a: Annotated[str, MaxLen(10)] | None"]),
    "another name on the wire": (["a: str"], ["a: str = Field(alias='b')"]),
    "another Python name": (["a: str"], ["b: str = Field(alias='a')"]),
    "the order of fields": (["a: str", "b: int"], ["b: int", "a: str"]),
    "the order of a union": (["a: str | int | None"], ["a: None | int | str"]),
    "the same limit otherwise": (["a: Annotated[int, Ge(1), Le(5)]"], ["a: Annotated[int, Le(5), Ge(1)]"]),
}
"""Fields of an object, old and new: as arguments, as the result of a function, and as those of a stored document."""

GETS = '    """Gets."""\n    return'
QUERY = "@query\nasync def get(ctx: QueryCtx, key: str) -> str:\n    return key\n"
DOCUMENTED = f"# Above.\n\n\n{QUERY.replace('    return', GETS)}"
POST = """
class Post(Table, name="posts"):
    author: Id[User]
    title: str
    body: str
"""


def posts(*indexes: str, table: str = POST) -> Files:
    return {"schema.py": USERS + "\n" + table + "".join(f"    {index}\n" for index in indexes)}


def models(*definitions: str, returns: str = "Card", takes: str | None = None) -> Files:
    """A module of types and a function that gives, and takes, some of them."""
    arg = f", card: {takes}" if takes else ""
    function = f"@query\nasync def get(ctx: QueryCtx{arg}) -> {returns}:\n    raise NotImplementedError\n"
    return {"cards.py": "\n\n".join([*definitions, function])}


CARD = "class Card(BaseModel):\n    title: str\n    likes: int\n"
SHAPES = """
class Shape(Table, name="shapes"):
    name: str


class Circle(Shape, variant=True):
    kind: Literal["circle"]
    radius: {radius}

"""
SQUARE = """
class Square(Shape, variant=True):
    kind: Literal["square"]
    side: float
"""
VIEWED = """
class Post(Table, name="posts"):
    title: str
    {field}


class WithAuthor(Post, view=True):
    author_name: str
"""
VIEWS = """
@query
async def posts(ctx: QueryCtx) -> list[Post]:
    return []


@query
async def with_authors(ctx: QueryCtx) -> list[WithAuthor]:
    return []


@query
async def page(ctx: QueryCtx, pagination_opts: PaginationOptions) -> Page[Post]:
    raise NotImplementedError


@query
async def first(ctx: QueryCtx) -> Post | None:
    return None
"""
ROUTES = """
@http_action
async def hook(ctx: ActionCtx, request: Request) -> Response:
    return Response()


http = HttpRouter()
"""


def views(field: str) -> Files:
    return {"schema.py": USERS + VIEWED.format(field=field), "posts.py": VIEWS}


def functions(*definitions: str) -> Files:
    return {"items.py": "\n\n".join(definitions)}


def with_routes(*routes: str) -> Files:
    calls = "".join(f'http.route({route}, method="GET", handler=hook)\n' for route in routes)
    return {
        "http.py": f"from starlette.requests import Request\nfrom starlette.responses import Response\n{ROUTES}{calls}"
    }


INTERNAL = "@internal_mutation\nasync def tidy(ctx: MutationCtx, age: int) -> int:\n    return age\n"

PROGRAMS: dict[str, tuple[Files, Files]] = {
    "add a function": (functions(), functions(QUERY)),
    "remove a function": (functions(QUERY), functions()),
    "remove a module": ({**functions(QUERY), "other.py": QUERY}, functions(QUERY)),
    "rename a function": (functions(QUERY), functions(QUERY.replace("get", "fetch"))),
    "rename a function and change it": (
        functions(QUERY),
        functions(QUERY.replace("get(", "get_it(").replace("key: str", "key: int")),
    ),
    "move a function": (functions(QUERY), {"things.py": QUERY}),
    "another kind": (
        functions(QUERY),
        functions(QUERY.replace("query", "mutation").replace("QueryCtx", "MutationCtx")),
    ),
    "public to internal": (functions(QUERY), functions(QUERY.replace("@query", "@internal_query"))),
    "internal to public": (functions(QUERY.replace("@query", "@internal_query")), functions(QUERY)),
    "remove an internal function": (functions(INTERNAL), functions()),
    "arguments and result of an internal function": (
        functions(INTERNAL),
        functions(INTERNAL.replace("age: int) -> int", "age: str) -> str")),
    ),
    "nothing but words": (
        functions(QUERY),
        functions(DOCUMENTED),
    ),
    "the order of functions": (
        functions(QUERY, QUERY.replace("get", "other")),
        functions(QUERY.replace("get", "other"), QUERY),
    ),
    "the name of a class": (models(CARD), models(CARD.replace("Card", "Note"), returns="Note")),
    "a class for an alias": (models(CARD), models(CARD, "CardAlias = Card", returns="CardAlias")),
    "an enum for its literals": (
        models(returns='Literal["a", "b"]'),
        models('class Kind(StrEnum):\n    A = "a"\n    B = "b"\n', returns="Kind"),
    ),
    "an enum grows": (
        models('class Kind(StrEnum):\n    A = "a"\n', returns="Kind", takes="Kind"),
        models('class Kind(StrEnum):\n    A = "a"\n    B = "b"\n', returns="Kind", takes="Kind"),
    ),
    "a field of a model that is given and taken": (
        models(CARD, takes="Card"),
        models(CARD.replace("likes: int", "likes: str"), takes="Card"),
    ),
    "one result to many": (models(CARD), models(CARD, returns="list[Card]")),
    "a result to nothing": (models(CARD), models(CARD, returns="None")),
    "a model to another one": (
        models(CARD),
        models(CARD, "class Other(BaseModel):\n    title: str\n", returns="Other"),
    ),
    "a document is given in many ways": (views("body: str"), views("body: str | None")),
    "a document loses a field": (views("body: str"), views("likes: int = 0")),
    "a variant is new": (
        {"schema.py": USERS + SHAPES.format(radius="float")},
        {"schema.py": USERS + SHAPES.format(radius="float") + SQUARE},
    ),
    "a variant is gone": (
        {"schema.py": USERS + SHAPES.format(radius="float") + SQUARE},
        {"schema.py": USERS + SHAPES.format(radius="float")},
    ),
    "a field of a variant": (
        {"schema.py": USERS + SHAPES.format(radius="float") + SQUARE},
        {"schema.py": USERS + SHAPES.format(radius="str") + SQUARE},
    ),
    "the tag of a variant": (
        {"schema.py": USERS + SHAPES.format(radius="float") + SQUARE},
        {"schema.py": USERS + SHAPES.format(radius="float") + SQUARE.replace('"square"', '"rectangle"')},
    ),
    "a table is new": ({}, posts()),
    "a table is gone": (posts(), {}),
    "a table has another name": (posts(), posts(table=POST.replace('"posts"', '"articles"'))),
    "an index is new": (posts(), posts('by_author = Index("author")')),
    "an index is gone": (posts('by_author = Index("author")'), posts()),
    "an index has another name": (posts('by_author = Index("author")'), posts('by_writer = Index("author")')),
    "an index over its fields in another order": (
        posts('by_author = Index("author", "title")'),
        posts('by_author = Index("title", "author")'),
    ),
    "an index over one more field": (
        posts('by_author = Index("author")'),
        posts('by_author = Index("author", "title")'),
    ),
    "a search index over another field": (
        posts('search = SearchIndex("body")'),
        posts('search = SearchIndex("title")'),
    ),
    "a search index with another filter": (
        posts('search = SearchIndex("body", filter_fields=["author"])'),
        posts('search = SearchIndex("body", filter_fields=["author", "title"])'),
    ),
    "a route is new": (with_routes(), with_routes('path="/hook"')),
    "a route is gone": (with_routes('path="/hook"'), with_routes()),
    "a route is taken over": (with_routes('path="/files/a"'), with_routes('path_prefix="/files/"')),
}
"""Whole programs, old and new."""


def as_arguments(fields: list[str]) -> Files:
    return {"items.py": f"@mutation\nasync def put(ctx: MutationCtx, *, {', '.join(fields)}) -> None: ...\n"}


def as_result(fields: list[str]) -> Files:
    return models("class Card(BaseModel):\n" + "".join(f"    {field}\n" for field in fields))


def as_document(fields: list[str]) -> Files:
    body = "".join(f"    {field}\n" for field in fields)
    return {"schema.py": f'{USERS}\n\nclass Item(Table, name="items"):\n{body}'}


CASES: dict[str, tuple[Files, Files]] = {
    **{
        f"{name} ({position})": (put(old), put(new))
        for name, (old, new) in FIELDS.items()
        for position, put in (("arguments", as_arguments), ("result", as_result), ("document", as_document))
    },
    **PROGRAMS,
}
