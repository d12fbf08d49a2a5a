"""The one exception that reaches the caller with its data."""

from __future__ import annotations

from typing import Any


class ConvexError(Exception):
    """An error of the application, for the client to handle: `raise ConvexError({"code": "not-a-member"})`.

    `data` is any value a function may return; clients get it as `error.data`. Every other exception reaches clients as
    "Server Error", without its text.
    """

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.data = data
