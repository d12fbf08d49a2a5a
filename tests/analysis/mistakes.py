"""Every mistake that is told at its place: a name, and the files that hold it.

What is to be said about each stands in `mistakes.txt`; a `schema.py` and a preamble are added where a case has none.
"""

from __future__ import annotations

SCHEMA = """\
from typing import Annotated, Any, Literal
from enum import Enum, StrEnum
from pydantic import BaseModel
from convexgen import Field, Id, Index, MaxLen, SearchIndex, Table, UNSET, Unset, VectorIndex, View


class User(Table, name="users"):
    name: str
"""
PREAMBLE = """\
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import Enum, StrEnum, auto
from typing import Annotated, Any, Generic, Literal, NewType, Optional, TypeAlias, TypedDict, TypeVar, Union
from pydantic import BaseModel, ConfigDict, Field
from convexgen import *
from .schema import *


"""

TABLES: dict[str, str] = {
    "table without a name": "class Post(Table):\n    title: str\n",
    "table with a computed name": "def f(): return 'x'\n\n\nclass Post(Table, name=f()):\n    title: str\n",
    "two tables of one name": 'class Post(Table, name="users"):\n    title: str\n',
    "table name with a hyphen": 'class Post(Table, name="blog-posts"):\n    title: str\n',
    "table name of the system": 'class Post(Table, name="_posts"):\n    title: str\n',
    "table name that is too long": f'class Post(Table, name="{"p" * 65}"):\n    title: str\n',
    "field that the system has": 'class Post(Table, name="posts"):\n    id: str\n',
    "field with a reserved alias": 'class Post(Table, name="posts"):\n    a: str = Field(alias="_a")\n',
    "field with non-ASCII letters": 'class Post(Table, name="posts"):\n    größe: int\n',
    "two fields with one wire name": 'class Post(Table, name="posts"):\n    user_id: str\n    userId: str\n',
    "index without fields": 'class Post(Table, name="posts"):\n    title: str\n    by_title = Index()\n',
    "index over an unknown field": 'class Post(Table, name="posts"):\n    title: str\n    by_title = Index("titel")\n',
    "index over a field of nothing": 'class Post(Table, name="posts"):\n    title: str\n    by_it = Index("title.x")\n',
    "index over a list": 'class Post(Table, name="posts"):\n    tags: list[str]\n    by_tag = Index("tags.name")\n',
    "index over the creation time": 'class Post(Table, name="posts"):\n    a: str\n    by_a = Index("a", "creation_time")\n',
    "index over one field twice": 'class Post(Table, name="posts"):\n    a: str\n    by_a = Index("a", "a")\n',
    "index over too many fields": 'class Post(Table, name="posts"):\n'
    + "".join(f"    f{n}: str\n" for n in range(17))
    + "    by_all = Index("
    + ", ".join(f'"f{n}"' for n in range(17))
    + ")\n",
    "index with a reserved name": 'class Post(Table, name="posts"):\n    a: str\n    by_id = Index("a")\n',
    "index with a name of the system": 'class Post(Table, name="posts"):\n    a: str\n    by_a = Index("a", name="_a")\n',
    "index with a name that is no identifier": 'class Post(Table, name="posts"):\n    a: str\n    by_a = Index("a", name="by-a")\n',
    "two indexes of one name": 'class Post(Table, name="posts"):\n    a: str\n    b: str\n    by_a = Index("a")\n    by_b = Index("b", name="by_a")\n',
    "two indexes over the same": 'class Post(Table, name="posts"):\n    a: str\n    by_a = Index("a")\n    by_b = Index("a")\n',
    "index that begins another": 'class Post(Table, name="posts"):\n    a: str\n    b: str\n    by_a = Index("a")\n    by_a_b = Index("a", "b")\n',
    "index with the name of a field": 'class Post(Table, name="posts"):\n    a: str\n    a = Index("a")\n',
    "index whose fields are computed": 'class Post(Table, name="posts"):\n    a: str\n    by_a = Index(*["a"])\n',
    "index on a variant": 'class Shape(Table, name="shapes"):\n    pass\n\n\nclass Circle(Shape, variant=True):\n    r: float\n    by_r = Index("r")\n',
    "search index over a number": 'class Post(Table, name="posts"):\n    n: int\n    search = SearchIndex("n")\n',
    "search index with filters of another name": 'class Post(Table, name="posts"):\n    a: str\n    search = SearchIndex("a", filters=["a"])\n',
    "search index as in TypeScript": 'class Post(Table, name="posts"):\n    a: str\n    search = SearchIndex(searchField="a")\n',
    "index with an argument of others": 'class Post(Table, name="posts"):\n    a: str\n    by_a = Index("a", unique=True)\n',
    "index with arguments of a dict": 'class Post(Table, name="posts"):\n    a: str\n    by_a = Index("a", **{"name": "x"})\n',
    "search index over two fields": 'class Post(Table, name="posts"):\n    a: str\n    search = SearchIndex("a", "b")\n',
    "search index with an unknown filter": 'class Post(Table, name="posts"):\n    a: str\n    search = SearchIndex("a", filter_fields=["b"])\n',
    "search index with too many filters": 'class Post(Table, name="posts"):\n    a: str\n'
    + "".join(f"    f{n}: str\n" for n in range(17))
    + '    search = SearchIndex("a", filter_fields=['
    + ", ".join(f'"f{n}"' for n in range(17))
    + "])\n",
    "two search indexes over the same": 'class Post(Table, name="posts"):\n    a: str\n    s1 = SearchIndex("a")\n    s2 = SearchIndex("a")\n',
    "five search indexes": 'class Post(Table, name="posts"):\n'
    + "".join(f"    f{n}: str\n    s{n} = SearchIndex('f{n}')\n" for n in range(5)),
    "vector index without dimensions": 'class Post(Table, name="posts"):\n    v: list[float]\n    by_v = VectorIndex("v")\n',
    "vector index with one dimension": 'class Post(Table, name="posts"):\n    v: list[float]\n    by_v = VectorIndex("v", dimensions=1)\n',
    "vector index over text": 'class Post(Table, name="posts"):\n    v: str\n    by_v = VectorIndex("v", dimensions=8)\n',
    "vector index with an unknown filter": 'class Post(Table, name="posts"):\n    v: list[float]\n    by_v = VectorIndex("v", dimensions=8, filter_fields=["w"])\n',
    "33 indexes": 'class Post(Table, name="posts"):\n'
    + "".join(f"    f{n}: str\n    i{n} = Index('f{n}')\n" for n in range(33)),
    "too many fields": 'class Post(Table, name="posts"):\n' + "".join(f"    f{n}: str\n" for n in range(1025)),
    "variant of nothing": "class Circle(BaseModel, variant=True):\n    r: float\n\n\nclass Post(Table, name='posts'):\n    c: Circle\n",
    "id of a model": "class Card(BaseModel):\n    a: str\n\n\nclass Post(Table, name='posts'):\n    card: Id[Card]\n",
    "id of a view": "class Card(View[User]):\n    name: str\n\n\nclass Post(Table, name='posts'):\n    card: Id[Card]\n",
    "id of an unknown table": "class Post(Table, name='posts'):\n    author: Id[Usr]\n",
    "id of no table": "class Post(Table, name='posts'):\n    author: Id\n",
    "document that holds itself": "class Post(Table, name='posts'):\n    parent: 'Post | None'\n",
    "model that holds itself": "class Node(BaseModel):\n    children: list['Node']\n\n\nclass Post(Table, name='posts'):\n    root: Node\n",
    "models that hold one another": "class A(BaseModel):\n    b: 'B'\n\n\nclass B(BaseModel):\n    a: A | None\n\n\nclass Post(Table, name='posts'):\n    root: A\n",
    "unset without a default": "class Post(Table, name='posts'):\n    a: str | Unset\n",
    "unset default without the type": "class Post(Table, name='posts'):\n    a: str = UNSET\n",
    "unset in a list": "class Post(Table, name='posts'):\n    a: list[str | Unset]\n",
    "enum without members": "class Color(Enum):\n    pass\n\n\nclass Post(Table, name='posts'):\n    color: Color\n",
    "enum of floats": "class Rate(Enum):\n    LOW = 0.5\n\n\nclass Post(Table, name='posts'):\n    rate: Rate\n",
    "page in a table": "from convexgen import Page\n\n\nclass Post(Table, name='posts'):\n    a: Page[str]\n",
    "length of a number": "class Post(Table, name='posts'):\n    n: Annotated[int, MaxLen(3)]\n",
    "function in the schema": "from convexgen import QueryCtx, query\n\n\n@query\nasync def f(ctx: QueryCtx) -> None: ...\n",
    "field without a type": 'class Post(Table, name="posts"):\n    likes = 0\n',
    "field that may be missing, with a default of another type": 'class Post(Table, name="posts"):\n    title: str = None\n',
    "index over an optional nested field": 'class Meta(BaseModel):\n    rank: int\n\n\nclass Post(Table, name="posts"):\n    meta: Meta | None\n    by_rank = Index("meta.rnk")\n',
    "index over the text of a field": 'class Post(Table, name="posts"):\n    title: str\n    by_title = Index(title)\n',
    "index with a list of fields": 'class Post(Table, name="posts"):\n    a: str\n    b: str\n    by_both = Index(["a", "b"])\n',
    "index over a name of the wire": 'class Post(Table, name="posts"):\n    created_at: float\n    by_time = Index("createdAt")\n',
    "table that is a model": 'class Post(BaseModel, name="posts"):\n    title: str\n\n\nclass Like(Table, name="likes"):\n    post: Id[Post]\n',
    "set in a table": 'class Post(Table, name="posts"):\n    tags: set[str]\n',
    "fixed tuple in a table": 'class Post(Table, name="posts"):\n    place: tuple[float, float]\n',
    "naive clock time in a table": "from datetime import time\n\n\nclass Shop(Table, name='shops'):\n    opens: time\n",
    "duration in a table": "import datetime\n\n\nclass Shop(Table, name='shops'):\n    open_for: datetime.timedelta\n",
    "literal without values": "class Post(Table, name='posts'):\n    kind: Literal[()]\n",
    "literal of a float": "class Post(Table, name='posts'):\n    scale: Literal[1.5]\n",
    "literal of an f-string": "class Post(Table, name='posts'):\n    kind: Literal[f'a']\n",
    "dict with any keys": "class Post(Table, name='posts'):\n    meta: dict[Any, str]\n",
    "dict with keys of an enum": "class Kind(StrEnum):\n    A = 'a'\n\n\nclass Post(Table, name='posts'):\n    counts: dict[Kind, int]\n",
    "dict with keys that may be null": "class Post(Table, name='posts'):\n    counts: dict[str | None, int]\n",
    "id by the name of the table": "class Post(Table, name='posts'):\n    author: Id['users']\n",
    "ids of no table": "class Post(Table, name='posts'):\n    authors: list[Id]\n",
    "id of a type": "class Post(Table, name='posts'):\n    author: Id[str]\n",
    "id of a list": "class Post(Table, name='posts'):\n    authors: Id[list[User]]\n",
    "id of two tables": "class Post(Table, name='posts'):\n    parent: Id[User, 'Post']\n",
    "view of a name": "class Card(View['users']):\n    name: str\n\n\nclass Post(Table, name='posts'):\n    card: Card\n",
    "bound on a text": "class Post(Table, name='posts'):\n    title: Annotated[str, Field(ge=1)]\n",
    "type with a reserved name": "class Doc(BaseModel):\n    a: str\n\n\nclass Post(Table, name='posts'):\n    doc: Doc\n",
}

FUNCTIONS: dict[str, str] = {
    "not async": "@query\ndef f(ctx: QueryCtx) -> None: ...\n",
    "no context": "@query\nasync def f() -> None: ...\n",
    "context without annotation": "@query\nasync def f(ctx) -> None: ...\n",
    "context of another kind": "@query\nasync def f(ctx: MutationCtx) -> None: ...\n",
    "database in an action": "@action\nasync def f(ctx: QueryCtx) -> None: ...\n",
    "argument without annotation": "@query\nasync def f(ctx: QueryCtx, a) -> None: ...\n",
    "public function without return type": "@query\nasync def f(ctx: QueryCtx): ...\n",
    "any number of arguments": "@query\nasync def f(ctx: QueryCtx, *args: int, **more: int) -> None: ...\n",
    "positional-only argument": "@query\nasync def f(ctx: QueryCtx, a: int, /) -> None: ...\n",
    "function twice": "@query\nasync def f(ctx: QueryCtx) -> None: ...\n\n\n@query\nasync def f(ctx: QueryCtx) -> None: ...\n",
    "decorator called": "@query()\nasync def f(ctx: QueryCtx) -> None: ...\n",
    "two decorators of ours": "@query\n@mutation\nasync def f(ctx: QueryCtx) -> None: ...\n",
    "decorator of somebody else": "from helpers import cached\n\n\n@query\n@cached\nasync def f(ctx: QueryCtx) -> None: ...\n",
    "method": "class A:\n    @query\n    async def f(self, ctx: QueryCtx) -> None: ...\n",
    "HTTP action without a request": "@http_action\nasync def f(ctx: ActionCtx) -> Response: ...\n",
    "HTTP action that returns text": "@http_action\nasync def f(ctx: ActionCtx, request: Request) -> str: ...\n",
    "two functions with one wire name": "@query\nasync def get_it(ctx: QueryCtx) -> None: ...\n\n\n@query\nasync def getIt(ctx: QueryCtx) -> None: ...\n",
    "two arguments with one wire name": "@query\nasync def f(ctx: QueryCtx, user_id: str, userId: str) -> None: ...\n",
    "argument with non-ASCII letters": "@query\nasync def f(ctx: QueryCtx, größe: int) -> None: ...\n",
    "argument of underscores": "@query\nasync def f(ctx: QueryCtx, __: int) -> None: ...\n",
    "function with non-ASCII letters": "@query\nasync def größe(ctx: QueryCtx) -> None: ...\n",
    "function name that is too long": f"@query\nasync def {'f' * 65}(ctx: QueryCtx) -> None: ...\n",
    "unknown type": "@query\nasync def f(ctx: QueryCtx, a: strr) -> None: ...\n",
    "set": "@query\nasync def f(ctx: QueryCtx, a: set[str]) -> None: ...\n",
    "timedelta": "@query\nasync def f(ctx: QueryCtx, a: timedelta) -> None: ...\n",
    "bare list": "@query\nasync def f(ctx: QueryCtx, a: list) -> None: ...\n",
    "bare dict": "@query\nasync def f(ctx: QueryCtx) -> dict: ...\n",
    "tuple of fixed length": "@query\nasync def f(ctx: QueryCtx) -> tuple[int, str]: ...\n",
    "dict with int keys": "@query\nasync def f(ctx: QueryCtx) -> dict[int, str]: ...\n",
    "dict with literal keys": "@query\nasync def f(ctx: QueryCtx) -> dict[Literal['a'], str]: ...\n",
    "dict with one type": "@query\nasync def f(ctx: QueryCtx) -> dict[str]: ...\n",
    "list of two types": "@query\nasync def f(ctx: QueryCtx) -> list[int, str]: ...\n",
    "class without fields on the wire": "class Point:\n    x: int\n\n\n@query\nasync def f(ctx: QueryCtx) -> Point: ...\n",
    "class from outside": "from geometry import Point\n\n\n@query\nasync def f(ctx: QueryCtx) -> Point: ...\n",
    "function as a type": "def g(): ...\n\n\n@query\nasync def f(ctx: QueryCtx) -> g: ...\n",
    "value as a type": "LIMIT = 3\n\n\n@query\nasync def f(ctx: QueryCtx) -> LIMIT: ...\n",
    "call as a type": "@query\nasync def f(ctx: QueryCtx) -> make(): ...\n",
    "lambda as a type": "@query\nasync def f(ctx: QueryCtx) -> (lambda: 1): ...\n",
    "number as a type": "@query\nasync def f(ctx: QueryCtx) -> 3: ...\n",
    "string that is no type": "@query\nasync def f(ctx: QueryCtx) -> 'list[': ...\n",
    "conditional type": "import sys\n\nif sys.platform == 'win32':\n    class P(BaseModel):\n        a: str\nelse:\n    class P(BaseModel):\n        b: str\n\n\n@query\nasync def f(ctx: QueryCtx) -> P: ...\n",
    "alias of itself": "A = list['B']\nB = list[A]\n\n\n@query\nasync def f(ctx: QueryCtx) -> A: ...\n",
    "generic without types": "T = TypeVar('T')\n\n\nclass Box(BaseModel, Generic[T]):\n    a: T\n\n\n@query\nasync def f(ctx: QueryCtx) -> Box: ...\n",
    "generic with two types": "T = TypeVar('T')\n\n\nclass Box(BaseModel, Generic[T]):\n    a: T\n\n\n@query\nasync def f(ctx: QueryCtx) -> Box[int, str]: ...\n",
    "type variable": "T = TypeVar('T')\n\n\n@query\nasync def f(ctx: QueryCtx, a: T) -> None: ...\n",
    "literal of bytes": "@query\nasync def f(ctx: QueryCtx, a: Literal[b'x']) -> None: ...\n",
    "literal that is too large": "@query\nasync def f(ctx: QueryCtx, a: Literal[9007199254740993]) -> None: ...\n",
    "literal with half a character": "@query\nasync def f(ctx: QueryCtx, a: Literal['\\ud800']) -> None: ...\n",
    "unknown import": "from .users import Card\n\n\n@query\nasync def f(ctx: QueryCtx) -> None: ...\n",
    "unknown name in a known module": "from .schema import Usr\n\n\n@query\nasync def f(ctx: QueryCtx) -> None: ...\n",
    "model that allows anything": "class Card(BaseModel):\n    model_config = ConfigDict(extra='allow')\n    a: str\n\n\n@query\nasync def f(ctx: QueryCtx) -> Card: ...\n",
    "field with two aliases": "class Card(BaseModel):\n    a: str = Field(validation_alias='b')\n\n\n@query\nasync def f(ctx: QueryCtx) -> Card: ...\n",
    "constraint that is computed": "def n(): return 3\n\n\n@query\nasync def f(ctx: QueryCtx, a: Annotated[str, MaxLen(n())]) -> None: ...\n",
    "table outside of the schema": 'class Post(Table, name="posts"):\n    a: str\n',
    "context that is not the first": "@query\nasync def f(limit: int, ctx: QueryCtx) -> None: ...\n",
    "context by keyword": "@query\nasync def f(*, ctx: QueryCtx, limit: int) -> None: ...\n",
    "argument where the context should be": "@query\nasync def f(author: Id[User]) -> None: ...\n",
    "self before the context": "@query\nasync def f(self, ctx: QueryCtx) -> None: ...\n",
    "self in place of the context": "@query\nasync def f(self, limit: int) -> None: ...\n",
    "context misspelt": "@query\nasync def f(ctx: QueryContext) -> None: ...\n",
    "context that may be missing": "@query\nasync def f(ctx: QueryCtx | None) -> None: ...\n",
    "context of any kind": "@mutation\nasync def f(ctx: Any) -> None: ...\n",
    "two contexts": "@query\nasync def f(ctx: QueryCtx, other: QueryCtx) -> None: ...\n",
    "default without a type": "@query\nasync def f(ctx: QueryCtx, limit=100) -> None: ...\n",
    "default of another type": "@query\nasync def f(ctx: QueryCtx, limit: int = '100') -> None: ...\n",
    "default of nothing": "@query\nasync def f(ctx: QueryCtx, after: str = None) -> None: ...\n",
    "decorator misspelt": "@qeury\nasync def f(ctx: QueryCtx) -> None: ...\n",
    "decorator misspelt in its module": "import convexgen\n\n\n@convexgen.mutaton\nasync def f(ctx: MutationCtx) -> None: ...\n",
    "decorator imported by a wrong name": "from convexgen import internalQuery\n\n\n@internalQuery\nasync def f(ctx: QueryCtx) -> None: ...\n",
    "decorator of the standard library": "from functools import cache\n\n\n@cache\n@query\nasync def f(ctx: QueryCtx) -> None: ...\n",
    "decorator with an option": "@query(internal=True)\nasync def f(ctx: QueryCtx) -> None: ...\n",
    "decorator used as a function": "async def f(ctx: QueryCtx) -> None: ...\n\n\ng = query(f)\n",
    "functions where none are looked for": (
        "if datetime.max:\n    @query\n    async def f(ctx: QueryCtx) -> None: ...\nelse:\n"
        "    @other\n    async def g(ctx: QueryCtx) -> None: ...\n\n"
        "for each in ():\n    @query\n    async def h(ctx: QueryCtx) -> None: ...\n\n"
        "try:\n    @query\n    async def is_read(ctx: QueryCtx) -> None: ...\n"
        "except ValueError:\n    @query\n    async def i(ctx: QueryCtx) -> None: ...\n\n"
        "def make():\n    @mutation\n    async def j(ctx: MutationCtx) -> None: ...\n\n"
        "class A:\n    class B:\n        @query\n        async def k(ctx: QueryCtx) -> None: ...\n\n"
        "    def make(self):\n        @query\n        async def l(ctx: QueryCtx) -> None: ...\n"
    ),
    "static method": "class A:\n    @staticmethod\n    @query\n    async def f(ctx: QueryCtx) -> None: ...\n",
    "function with and without an underscore": "@query\nasync def list_(ctx: QueryCtx) -> None: ...\n\n\n@query\nasync def list(ctx: QueryCtx) -> None: ...\n",
    "argument with an alias of other characters": "@query\nasync def f(ctx: QueryCtx, a: Annotated[str, Field(alias='$a')]) -> None: ...\n",
    "two fields of a model with one wire name": "class Card(BaseModel):\n    aB: int\n    a_b: int\n\n\n@query\nasync def f(ctx: QueryCtx) -> Card: ...\n",
    "HTTP action with a request without a type": "@http_action\nasync def f(ctx: ActionCtx, request) -> Response: ...\n",
    "HTTP action with a body": "@http_action\nasync def f(ctx: ActionCtx, body: dict[str, str]) -> Response: ...\n",
    "HTTP action with an argument": "@http_action\nasync def f(ctx: ActionCtx, request: Request, id: str) -> Response: ...\n",
    "HTTP action without a response": "@http_action\nasync def f(ctx: ActionCtx, request: Request): ...\n",
    "HTTP action with the context of a query": "@http_action\nasync def f(ctx: QueryCtx, request: Request) -> Response: ...\n",
    "request in a query": "@query\nasync def f(ctx: QueryCtx, request: Request) -> None: ...\n",
    "bare optional": "@query\nasync def f(ctx: QueryCtx, a: Optional = None) -> None: ...\n",
    "bare union": "@query\nasync def f(ctx: QueryCtx, a: Union) -> None: ...\n",
    "bare literal": "@query\nasync def f(ctx: QueryCtx, a: Literal) -> None: ...\n",
    "bare tuple": "@query\nasync def f(ctx: QueryCtx, a: tuple) -> None: ...\n",
    "bare page": "@query\nasync def f(ctx: QueryCtx, options: PaginationOptions) -> Page: ...\n",
    "optional of two types": "@query\nasync def f(ctx: QueryCtx, a: Optional[int, str]) -> None: ...\n",
    "any in lower case": "@query\nasync def f(ctx: QueryCtx, a: any) -> None: ...\n",
    "type of TypeScript": "@query\nasync def f(ctx: QueryCtx, a: number, b: Array[str]) -> None: ...\n",
    "validator of Convex": "@query\nasync def f(ctx: QueryCtx, a: v.string()) -> None: ...\n",
    "type that is not imported": "@query\nasync def f(ctx: QueryCtx, a: Decimal) -> None: ...\n",
    "module as a type": "import datetime\n\n\n@query\nasync def f(ctx: QueryCtx, at: datetime) -> None: ...\n",
    "list as a type": "@query\nasync def f(ctx: QueryCtx, a: [str]) -> None: ...\n",
    "dict as a type": "@query\nasync def f(ctx: QueryCtx) -> {'a': str}: ...\n",
    "string or nothing": "@query\nasync def f(ctx: QueryCtx, a: str or None) -> None: ...\n",
    "named tuple": "from typing import NamedTuple\n\n\nclass Place(NamedTuple):\n    x: float\n\n\n@query\nasync def f(ctx: QueryCtx, at: Place) -> None: ...\n",
    "class without a dataclass decorator": "class Place:\n    x: float\n\n\n@query\nasync def f(ctx: QueryCtx) -> list[Place]: ...\n",
    "array of a library": "import numpy as np\n\n\n@query\nasync def f(ctx: QueryCtx) -> np.ndarray: ...\n",
    "counter": "from collections import Counter\n\n\n@query\nasync def f(ctx: QueryCtx) -> Counter[str]: ...\n",
    "what is awaited": "from collections.abc import Awaitable\n\n\n@query\nasync def f(ctx: QueryCtx) -> Awaitable[str]: ...\n",
    "what is iterated": "from collections.abc import AsyncIterator\n\n\n@query\nasync def f(ctx: QueryCtx) -> AsyncIterator[str]: ...\n",
    "class of a table": "@query\nasync def f(ctx: QueryCtx, table: type[User]) -> None: ...\n",
    "any model": "@query\nasync def f(ctx: QueryCtx) -> BaseModel: ...\n",
    "any table": "@query\nasync def f(ctx: QueryCtx) -> Table: ...\n",
    "field as a type": "@query\nasync def f(ctx: QueryCtx, a: User.name) -> None: ...\n",
    "default inside of annotated": "@query\nasync def f(ctx: QueryCtx, a: Annotated[str, Field(default='a')]) -> None: ...\n",
    "import without its dot": "from schema import Card\n\n\n@query\nasync def f(ctx: QueryCtx) -> Card: ...\n",
    "unknown import that is used": "from .schema import Usr\n\n\n@query\nasync def f(ctx: QueryCtx, user: Id[Usr]) -> list[Usr]: ...\n",
    "unknown name of a known module": "from . import schema\n\n\n@query\nasync def f(ctx: QueryCtx) -> schema.Usr: ...\n",
    "model of a base that cannot be imported": "from .schema import Bass\n\n\nclass Card(Bass):\n    a: str\n\n\n@query\nasync def f(ctx: QueryCtx) -> Card: ...\n",
    "unknown name of ours": "from convexgen import Tabel\n\n\n@query\nasync def f(ctx: QueryCtx) -> list[Tabel]: ...\n",
    "typed dict with a set": "class Card(TypedDict):\n    tags: set[str]\n\n\n@query\nasync def f(ctx: QueryCtx) -> Card: ...\n",
    "dataclass with a set": "@dataclass\nclass Card:\n    tags: set[str]\n\n\n@query\nasync def f(ctx: QueryCtx) -> Card: ...\n",
    "model with a field without a type": "class Card(BaseModel):\n    a = 3\n\n\n@query\nasync def f(ctx: QueryCtx) -> Card: ...\n",
    "names that differ by case": "class card(BaseModel):\n    a: str\n\n\n@query\nasync def f(ctx: QueryCtx) -> Card: ...\n",
    "the error stands after wide letters": "@query\nasync def f(ctx: QueryCtx, a: Literal['äöü'], b: strr) -> None: ...\n",
    "several at once": "@query\ndef f(ctx, a, *b): ...\n\n\n@mutation\nasync def g(ctx: QueryCtx, c: set[int]) -> frozenset[str]: ...\n",
}

PROJECTS: dict[str, dict[str, str]] = {
    "not valid Python": {"messages.py": "def f(:\n    pass\n"},
    "two files that are not valid": {"a.py": "x = \n", "b.py": "if True\n    pass\n"},
    "schema that is not valid Python": {
        "schema.py": "class User(Table, name='users'):\n    name str\n",
        "messages.py": PREAMBLE
        + "@query\nasync def f(ctx: QueryCtx, user: Id[User]) -> list[User]: ...\n\n\n@query\ndef g(ctx: QueryCtx) -> None: ...\n",
    },
    "not UTF-8": {"messages.py": "# coding: nonsense\nx = 1\n"},
    "indentation": {"messages.py": "def f():\npass\n"},
    "nothing at all": {"schema.py": "", "messages.py": ""},
    "private module": {"_messages.py": PREAMBLE + "@query\nasync def f(ctx: QueryCtx) -> None: ...\n"},
    "function in auth_config": {
        "auth_config.py": PREAMBLE
        + "auth = AuthConfig(providers=[])\n\n\n@query\nasync def f(ctx: QueryCtx) -> None: ...\n"
    },
    "functions at the root": {"__init__.py": PREAMBLE + "@query\nasync def f(ctx: QueryCtx) -> None: ...\n"},
    "module with a non-ASCII letter": {"größe.py": PREAMBLE + "@query\nasync def f(ctx: QueryCtx) -> None: ...\n"},
    "two modules with one wire name": {
        "user_data.py": PREAMBLE + "@query\nasync def f(ctx: QueryCtx) -> None: ...\n",
        "userData.py": PREAMBLE + "@query\nasync def f(ctx: QueryCtx) -> None: ...\n",
    },
    "file and folder of one name": {
        "users.py": PREAMBLE + "@query\nasync def f(ctx: QueryCtx) -> None: ...\n",
        "users/admin.py": "",
    },
    "function and module with one path": {
        "users/__init__.py": PREAMBLE.replace(".schema", "..schema")
        + "@query\nasync def admin(ctx: QueryCtx) -> None: ...\n",
        "users/admin.py": PREAMBLE.replace(".schema", "..schema") + "@query\nasync def f(ctx: QueryCtx) -> None: ...\n",
    },
    "crons": {
        "jobs.py": PREAMBLE
        + "@internal_mutation\nasync def clear(ctx: MutationCtx, days: int) -> None: ...\n\n\n"
        + "@query\nasync def look(ctx: QueryCtx) -> None: ...\n",
        "crons.py": PREAMBLE
        + "from .jobs import clear, look\n\ncrons = Crons()\n"
        + 'crons.daily("a", time(25), clear, days=1)\n'
        + 'crons.hourly("b", 75, clear, days=1)\n'
        + 'crons.interval("c", timedelta(0), clear, days=1)\n'
        + 'crons.weekly("d", "someday", time(9), clear, days=1)\n'
        + 'crons.cron("e", "* * *", clear, days=1)\n'
        + 'crons.hourly("ä", 0, clear, days=1)\n'
        + 'crons.hourly("f", 0, look)\n'
        + 'crons.hourly("g", 7, clear)\n'
        + 'crons.hourly("h", 7, clear, days=1, dayz=2)\n'
        + 'crons.hourly("i", 7, clear, days=1)\n'
        + 'crons.hourly("i", 1, clear, days=1)\n'
        + 'crons.hourly("j", 0)\n',
    },
    "crons without crons": {"crons.py": PREAMBLE + "jobs = Crons()\n"},
    "routes": {
        "http.py": PREAMBLE
        + "@http_action\nasync def hook(ctx: ActionCtx, request: Request) -> Response: ...\n\n\n"
        + "http = HttpRouter()\n"
        + 'http.route(path="hook", method="POST", handler=hook)\n'
        + 'http.route(path_prefix="/files", method="GET", handler=hook)\n'
        + 'http.route(path="/.files/x", method="GET", handler=hook)\n'
        + 'http.route(path="/a", method="FETCH", handler=hook)\n'
        + 'http.route(path="/a", method="GET", handler=print)\n'
        + 'http.route(path="/a", path_prefix="/b/", method="GET", handler=hook)\n'
        + 'http.route(path="/c", method="GET", handler=hook)\n'
        + 'http.route(path="/c", method="GET", handler=hook)\n',
    },
    "star imports in a circle": {
        "a.py": "from .b import *\n",
        "b.py": PREAMBLE + "from .a import *\n\n\n@query\nasync def f(ctx: QueryCtx, a: Card) -> None: ...\n",
    },
    "imports in a circle": {
        "a.py": "from .b import Card\n",
        "b.py": PREAMBLE + "from .a import Card\n\n\n@query\nasync def f(ctx: QueryCtx, a: Card) -> None: ...\n",
    },
    "job that does not exist": {
        "jobs.py": PREAMBLE + "@internal_mutation\nasync def clear(ctx: MutationCtx) -> None: ...\n",
        "crons.py": PREAMBLE
        + "from . import jobs\nfrom .jobs import claer\n\ncrons = Crons()\n"
        + 'crons.hourly("a", 7, claer)\n'
        + 'crons.hourly("b", 7, jobs.claer)\n'
        + 'crons.hourly("c", 7, jbs.clear)\n',
    },
    "jobs that are not understood": {
        "jobs.py": PREAMBLE
        + "@internal_mutation\nasync def clear(ctx: MutationCtx, days: int, batch: int) -> None: ...\n\n\n"
        + "async def plain(ctx: MutationCtx) -> None: ...\n",
        "crons.py": PREAMBLE
        + "from .jobs import clear, plain\n\ncrons = Crons()\n"
        + 'crons.minutely("a", clear, days=1, batch=1)\n'
        + 'crons.hourly("b", 7, plain)\n'
        + 'crons.hourly("c", 7, clear)\n'
        + 'crons.hourly("d", 7, clear, day=1, batch=1)\n'
        + 'crons.hourly("e", 7, clear, 1, 2, 3)\n'
        + 'crons.interval("f", 300, clear, days=1, batch=1)\n'
        + 'crons.weekly("g", "Monday", time(9), clear, days=1, batch=1)\n'
        + 'crons.daily("h", time(9, 0, 30), clear, days=1, batch=1)\n'
        + 'crons.monthly("i", 32, time(9), clear, days=1, batch=1)\n'
        + 'crons.cron("j", "0 24 * * *", clear, days=1, batch=1)\n'
        + 'crons.hourly(name="k", minute=7, function=clear)\n'
        + 'crons.hourly("l" + "m", 7, clear, days=1, batch=1)\n',
    },
    "routes that are not understood": {
        "http.py": PREAMBLE
        + "@http_action\nasync def hook(ctx: ActionCtx, request: Request) -> Response: ...\n\n\n"
        + "@query\nasync def look(ctx: QueryCtx) -> None: ...\n\n\n"
        + "http = HttpRouter()\n"
        + 'http.rout(path="/a", method="POST", handler=hook)\n'
        + 'http.route(path="/b", method="post", handler=hook)\n'
        + 'http.route(path="/c", handler=hook)\n'
        + 'http.route(path="/d", method="GET")\n'
        + 'http.route(method="GET", handler=hook)\n'
        + 'http.route(path="/e", method="GET", handler=look)\n'
        + 'http.route(path="/f", method="GET", handler=hok)\n'
        + 'http.route(path=f"/{1}", method="GET", handler=hook)\n',
    },
    "providers that are not understood": {
        "auth_config.py": PREAMBLE
        + "auth = AuthConfig(\n"
        + "    providers=[\n"
        + '        OidcProvider(domain="https://a.dev", app_id="web"),\n'
        + '        JwtProvider(issuer="a", jwks="b", algorithm="HS256", audience="web"),\n'
        + "    ]\n)\n"
    },
    "providers that only exist at run time": {
        "auth_config.py": PREAMBLE + "def find(): ...\n\n\nauth = AuthConfig(providers=find())\n"
    },
    "a router that is made of nothing": {"http.py": PREAMBLE + "http = make()\n"},
    "http without a router": {"http.py": PREAMBLE + "x = 1\n"},
    "auth": {
        "auth_config.py": PREAMBLE
        + 'auth = AuthConfig(providers=[OidcProvider(domain=""), JwtProvider(issuer="a", jwks="b", algorithm="none"), 3])\n'
    },
    "auth without auth": {"auth_config.py": PREAMBLE + "config = AuthConfig(providers=[])\n"},
    "file and package of one name": {"users.py": "", "users/__init__.py": ""},
}
