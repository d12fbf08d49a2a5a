"""Who has been here."""

from convexgen import Index, Table


class User(Table, name="users"):
    name: str
    token_identifier: str

    by_token = Index("token_identifier")
