"""The `Content-Type` of a file: what came with it goes out again as a header, so it must not be able to be two."""

from __future__ import annotations

import re
from typing import Final

_LONGEST: Final = 1000

_is_header = re.compile(r"[\t\x20-\x7e]*").fullmatch


class InvalidContentTypeError(ValueError):
    """A text that cannot be the value of a header."""


def check_content_type(text: str) -> str:
    """The text without spaces around it, whatever type it names. Raises `InvalidContentTypeError`."""
    if not _is_header(text) or len(text) > _LONGEST:
        raise InvalidContentTypeError(
            f"{text[:100]!a} cannot be a Content-Type: that is at most {_LONGEST} printable characters of ASCII"
        )
    return text.strip(" \t")
