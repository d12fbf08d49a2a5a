"""The files that the page is made of, as they lie in the package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Final

PAGE: Final = "index.html"

_MEDIA_TYPES: Final[Mapping[str, str]] = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class PageFile:
    content: bytes
    media_type: str
    tag: str
    """Another one whenever the content is another."""


@cache
def page_files() -> Mapping[str, PageFile]:
    """All of them by name. There are no others, whatever is asked for."""
    folder = resources.files("convexgen.dashboard") / "page"
    return {file.name: _page_file(file.name, file.read_bytes()) for file in folder.iterdir() if file.is_file()}


def _page_file(name: str, content: bytes) -> PageFile:
    return PageFile(content, _MEDIA_TYPES[name.rpartition(".")[2]], f'"{sha256(content).hexdigest()[:16]}"')
