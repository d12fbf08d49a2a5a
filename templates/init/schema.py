"""What is stored: one class for each table, one annotation for each field."""

from typing import Annotated

from convexgen import Id, Index, MaxLen, Table


class User(Table, name="users"):
    """A person who can post."""

    name: Annotated[str, MaxLen(80)]

    by_name = Index("name")


class Message(Table, name="messages"):
    """Something that was said."""

    author: Id[User]
    text: Annotated[str, MaxLen(2000)]
    likes: int = 0

    by_author = Index("author")
