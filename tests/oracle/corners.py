"""Small programs in the corners of Python, where a reader is most likely to guess.

`AGREED` mean to the reader what they mean when they run. `REFUSED` cannot be imported, and the reader says so first;
each comes with the rule that it names. The text follows `SCHEMA` or `TYPES`; what is called `X` is an argument.
"""

from __future__ import annotations

SCHEMA = """
from __future__ import annotations
from typing import Any, Literal, Self
from convexgen import Field, Id, Index, Table, View
from pydantic import BaseModel


class Shape(Table, name="shapes"):
    a: int
    by_a = Index("a")
    by_r = Index("corner_radius")


class Circle(Shape, variant=True):
    kind: Literal["circle"]
    corner_radius: float


class Seen(Shape, view=True):
    z: int

"""

TYPES = """
import datetime, enum, sys
from dataclasses import KW_ONLY, InitVar, dataclass, field
from enum import Enum, IntEnum, StrEnum, auto
from typing import Annotated, Any, ClassVar, Final, Generic, Literal, NewType, Optional, TypeAlias, TypeVar, Union
from annotated_types import Interval, Len
from convexgen import *
from pydantic import BaseModel, ConfigDict, StringConstraints
from typing_extensions import Doc, NotRequired, ReadOnly, Required, TypedDict, deprecated

from .schema import *

T = TypeVar("T")
U = TypeVar("U")

"""

FUNCTION = """

@query
async def function(ctx: QueryCtx, x: X) -> None: ...
"""

AGREED_SCHEMAS: dict[str, str] = {
    "a view of a view": "class X(Seen, view=True):\n    q: int",
    "a view of a variant": "class X(Circle, view=True):\n    q: int",
    "a table from a variant": "class X(Circle, name='circles'):\n    q: int",
    "the id of itself in a mixin's heir": "class X(Table, name='xs'):\n    me: Id[Self] | None = None\n    q: Id[X]",
    "the id of itself in a view": (
        "class Y(Table, name='ys'):\n    me: Id[Self]\n\n\nclass X(Y, view=True):\n    q: int"
    ),
    "a mixin that is no model": (
        "class P:\n    q: int = 3\n    by_q = Index('q')\n\n\nclass X(P, Table, name='xs'):\n    r: int"
    ),
    "indexes of mixins": (
        "class P:\n    by_p = Index('a')\n\n\nclass Q:\n    by_q = Index('a', 'b')\n\n\n"
        "class X(P, Q, Table, name='xs'):\n    a: int\n    b: int\n    by_b = Index('b')"
    ),
    "an index in the place of an inherited one": (
        "class Y(Table, name='ys'):\n    a: int\n    by_a = Index('a')\n\n\n"
        "class X(Y, name='xs'):\n    b: int\n    by_b = Index('b')\n    by_a = Index('b', 'a')"
    ),
    "an index into anything": (
        "class X(Table, name='xs'):\n    some_thing: Any\n    by_it = Index('some_thing.deep_down')"
    ),
    "an index by the name on the wire": (
        "class M(BaseModel):\n    in_it: int = Field(alias='inside')\n\n\n"
        "class X(Table, name='xs'):\n    m_m: M | None\n    by_it = Index('m_m.in_it')"
    ),
}

AGREED: dict[str, str] = {
    "text enum with auto": "class X(str, Enum):\n    A = auto()",
    "auto after numbers": "class X(Enum):\n    A = 5\n    B = 7\n    C = auto()",
    "number in a text enum": "class X(str, Enum):\n    A = 5",
    "annotated member": "class X(IntEnum):\n    A: int = 1",
    "what is no member": "class X(Enum):\n    _ignore_ = ['q']\n    A = 'a'\n    _b = 3\n    def f(self): return 1",
    "several members in a line": "class X(Enum):\n    A, B = 'a', 'b'\n    C = D = 'c'\n    E = A",
    "enum that extends one": "class Y(Enum):\n    def g(self): return 1\n\n\nclass X(Y):\n    A = 'a'",
    "str enum with auto": "class X(StrEnum):\n    A_B = auto()\n    C = 'c'\n    Ünï = auto()",
    "member as a literal": (
        "class E(Enum):\n    A = 'a'\n\n\nclass X(BaseModel):\n    a: Literal[E.A, 'z', None]\n"
        "    b: E = E.A\n    c: str = E.A.value"
    ),
    "heir of a dataclass that is none": "@dataclass\nclass D:\n    a: int\n\n\nclass X(D):\n    b: int = 3",
    "dataclass with a plain base": "class D:\n    a: int\n\n\n@dataclass\nclass X(D):\n    b: int = 3",
    "dataclass that keeps a default": (
        "@dataclass\nclass D:\n    a: int = 3\n    b: int = field(default=4)\n"
        "    c: list[int] = field(default_factory=list)\n\n\n"
        "@dataclass(kw_only=True)\nclass X(D):\n    a: int\n    b: int\n    c: list[int]"
    ),
    "dataclass with slots that keeps none": (
        "@dataclass(slots=True)\nclass D:\n    a: int = 3\n\n\n@dataclass(kw_only=True)\nclass X(D):\n    a: int"
    ),
    "dataclass fields that are none": (
        "@dataclass\nclass X:\n    a: int\n    _: KW_ONLY\n    b: InitVar[int] = 1\n    c: ClassVar[int] = 2\n"
        "    d: int = field(init=False, default=3)"
    ),
    "model with a default of a plain base": "class D:\n    a: int = 3\n\n\nclass X(D, BaseModel):\n    a: int",
    "model that declares a field again": (
        "class Y(BaseModel):\n    a: int | None = None\n    b: str\n\n\nclass X(Y):\n    a: int\n    b: str = 'x'"
    ),
    "diamond": (
        "class A(BaseModel):\n    a: int\n\n\nclass B(A):\n    b: str\n\n\nclass C(A):\n    a: str\n    c: str\n\n\n"
        "class X(B, C):\n    x: int"
    ),
    "final": "class X(BaseModel):\n    a: Final[int] = 3\n    b: Final[str]\n    c: ClassVar = 3",
    "what is no field of a model": (
        "class X(BaseModel):\n    model_config = ConfigDict(frozen=True)\n    _p: int = 3\n    a: int\n"
        "    @property\n    def q(self) -> int: return 1\n    class Inner(BaseModel):\n        z: int"
    ),
    "read-only": "class X(TypedDict):\n    a: ReadOnly[int]\n    b: NotRequired[ReadOnly[Annotated[str, MinLen(1)]]]",
    "typed dicts from left to right": (
        "class A(TypedDict):\n    a: int\n\n\nclass B(TypedDict, total=False):\n    b: int\n    r: Required[int]\n\n\n"
        "class X(A, B):\n    x: NotRequired[str]"
    ),
    "new type of a new type": (
        "A = NewType('A', str)\nB = NewType('B', A)\n\n\nclass X(BaseModel):\n    a: A = A('x')\n    b: B = B(A('y'))"
    ),
    "constraints in two places": (
        "class X(BaseModel):\n    a: Annotated[int, Ge(3), Ge(1)] = Field(5, ge=5, le=9)\n"
        "    b: Annotated[int, Interval(gt=1, le=4)]\n"
        "    c: Annotated[str, StringConstraints(min_length=2, pattern='a')]\n"
        "    d: Annotated[list[int], Len(2, 3)]"
    ),
    "field in an alias": (
        "Y: TypeAlias = Annotated[int, Ge(1), Field(alias='why', description='Because.', deprecated='Old.')]\n\n\n"
        "class X(BaseModel):\n    a: Y\n    b: 'int' = 3"
    ),
    "deprecated fields": (
        "class X(BaseModel):\n    a: int = Field(deprecated=True)\n    b: int = Field(deprecated=deprecated('b'))\n"
        "    c: Annotated[int, deprecated('c')]\n    d: int = Field(deprecated=False)"
    ),
    "unset": (
        "class X(BaseModel):\n    a: Optional[int] | Unset = UNSET\n    b: Union[Unset, str] = UNSET\n"
        "    c: Annotated[int | Unset, Ge(2)] = UNSET\n    d: int | Unset = Field(default=UNSET, alias='dd')"
    ),
    "anything in a union": (
        "class Y(BaseModel, Generic[T]):\n    a: T | None\n    b: T | int | Unset = UNSET\n\n\nX: TypeAlias = Y[Any]"
    ),
    "generic heirs": (
        "class A(BaseModel, Generic[T]):\n    a: T | None = None\n\n\n"
        "class B(A[list[U]], Generic[U]):\n    b: dict[str, U]\n\n\n"
        "class X(B[int]):\n    c: B[str]"
    ),
    "one type variable with two meanings": (
        "@dataclass\nclass A(Generic[T]):\n    a: T\n\n\n@dataclass\nclass B(A[list[T]], Generic[T]):\n    b: T\n\n\n"
        "@dataclass\nclass X:\n    c: B[str]"
    ),
    "type variables in another order": (
        "class A(BaseModel, Generic[T, U]):\n    a: T\n    b: U\n\n\nclass B(A[U, T], Generic[U, T]):\n    c: int\n\n\n"
        "class X(BaseModel):\n    c: B[str, int]"
    ),
    "generic typed dict": (
        "class A(TypedDict, Generic[T]):\n    a: T\n    b: NotRequired[list[T]]\n\n\nclass B(A[int]):\n    c: str\n\n\n"
        "class X(TypedDict):\n    c: B\n    d: A[str]"
    ),
    "imports under a condition": (
        "if sys.version_info >= (3, 11):\n    from typing import NotRequired as NR\nelse:\n"
        "    from typing_extensions import NotRequired as NR\n\n\nclass X(TypedDict):\n    a: NR[int]"
    ),
    "whole numbers where floats are wanted": (
        "A: TypeAlias = float\nB = NewType('B', float)\n\n\n"
        f"class X(BaseModel):\n    a: A = 1\n    b: B | None = 2\n    c: float = {10**400}\n    d: float | int = 3"
    ),
    "constants in a line": (
        "A, B = 1, 'x'\nC = D = 5\n\n\nclass X(BaseModel):\n    a: int = A\n    b: str = B\n    c: int = D"
    ),
    "alias in quotes": "X: TypeAlias = 'int | str'",
    "documents of every sort": "X: TypeAlias = list[Shape | Circle | Seen] | dict[Id[Circle], Shape]",
    "documents of the system": "X: TypeAlias = list[ScheduledJob] | dict[Id[StoredFile], StoredFile]",
}

REFUSED_SCHEMAS: dict[str, tuple[str, str]] = {
    "a variant of a variant": ("invalid-variant", "class X(Circle, variant=True):\n    q: int"),
    "a variant of a view": ("invalid-variant", "class X(Seen, variant=True):\n    q: int"),
    "a variant of nothing": ("invalid-variant", "class X(Table, variant=True):\n    q: int"),
    "a view of nothing": ("invalid-view", "class X(Table, view=True):\n    q: int"),
    "a view twice": ("invalid-view", "class X(View[Shape], view=True):\n    a: int"),
    "a table and a view": ("invalid-view", "class X(Shape, name='xs', view=True):\n    q: int"),
    "a table and a variant": ("invalid-variant", "class X(Shape, name='xs', variant=True):\n    q: int"),
    "an heir of a variant": ("invalid-view", "class X(Circle):\n    q: int"),
    "an heir of a view": ("invalid-view", "class X(Seen):\n    q: int"),
    "an heir of a table": ("missing-table-name", "class X(Shape):\n    q: int"),
}

REFUSED: dict[str, tuple[str, str]] = {
    "number in a str enum": ("invalid-literal", "class X(StrEnum):\n    A = 5"),
    "deprecated above the decorator": (
        "decorator-call",
        "X = str\n\n\n@deprecated('x')\n@query\nasync def old(ctx: QueryCtx) -> None: ...",
    ),
}
