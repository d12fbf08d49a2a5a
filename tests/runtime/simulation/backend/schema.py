"""The tables. `variants` makes other schemas of this text."""

from convexgen import Index, SearchIndex, Table


class Account(Table, name="accounts"):
    name: str
    balance: int

    by_name = Index("name")


class Handle(Table, name="handles"):
    handle: str
    owner: str

    by_handle = Index("handle")


class Entry(Table, name="entries"):
    """Something at a place of a list; there is never more than one at a place."""

    list: str
    place: int
    text: str

    by_place = Index("list", "place")
    search_text = SearchIndex("text", filter_fields=["list"])


class Counter(Table, name="counters"):
    name: str
    count: int

    by_name = Index("name")


class Token(Table, name="tokens"):
    """One for each mutation that counted."""

    token: str


class Stamp(Table, name="stamps"):
    token: str
    now: float
    drawn: float

    by_token = Index("token")


class Flag(Table, name="flags"):
    kind: str
