"""What is known of files, in documents: what users see of each in `_storage`, and beside it what they must not see.

A document of `CONTENTS` ties a file to its blob, whose name is also what makes its URL one that nobody can guess. Once
the file is deleted, `file` is null: then the content is to be deleted, and the document with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, cast

from convexgen.runtime.database import SystemDocuments
from convexgen.runtime.values import Value

FILES: Final = "_storage"
CONTENTS: Final = "_file_contents"


@dataclass(frozen=True, slots=True)
class StoredContent:
    """The content of a file. `sha256` is base64, `size` in bytes; `content_type` as it came, None if none did."""

    name: str
    size: int
    sha256: str
    content_type: str | None


class Forgotten(NamedTuple):
    """The content of a file that was deleted, and the document that says so."""

    document: str
    name: str


def add(system: SystemDocuments, content: StoredContent) -> str:
    """Make a file of some content; gives its id."""
    file = system.insert(FILES, file_fields(content))
    system.insert(CONTENTS, content_fields(file, content.name))
    return file


def file_fields(content: StoredContent) -> dict[str, Value]:
    """What users see of a file."""
    fields: dict[str, Value] = {"sha256": content.sha256, "size": float(content.size)}
    return fields if content.content_type is None else {**fields, "contentType": content.content_type}


def content_fields(file: str | None, name: str) -> dict[str, Value]:
    """What ties a file, or none any more, to the content of a name."""
    return {"file": file, "name": name}


def name_of(system: SystemDocuments, file: str) -> str | None:
    """The name of a file's content, None if there is no such file."""
    found = _contents_of(system, file)
    return None if found is None else str(found["name"])


def content_of(system: SystemDocuments, file: str) -> StoredContent | None:
    """The content of a file, None if there is no such file."""
    found = _contents_of(system, file)
    return None if found is None else _content(system, found)


def content_named(system: SystemDocuments, name: str) -> StoredContent | None:
    """The content of this name, None if there is none, or its file was deleted."""
    found = system.find(CONTENTS, "by_name", (name,), limit=1)
    return None if not found or found[0]["file"] is None else _content(system, found[0])


def remove(system: SystemDocuments, file: str) -> None:
    """Delete a file, and note that its content is to go. Raises `ValueError` if there is none."""
    found = _contents_of(system, file)
    if found is None:
        raise ValueError(f"storage id {file} not found")
    system.delete(file)
    system.replace(str(found["_id"]), content_fields(None, str(found["name"])))


def forgotten(system: SystemDocuments, limit: int) -> list[Forgotten]:
    """Contents that are to be deleted, those that were uploaded first in front."""
    found = system.find(CONTENTS, "by_file", (None,), limit=limit)
    return [Forgotten(str(each["_id"]), str(each["name"])) for each in found]


def drop(system: SystemDocuments, documents: Iterable[str]) -> None:
    """Forget contents that have been deleted. Those that are gone already do no harm."""
    for each in documents:
        if system.get(each) is not None:
            system.delete(each)


def unknown(system: SystemDocuments, names: Sequence[str]) -> list[str]:
    """Those of the names that no document has, not even one that waits for its content to be deleted."""
    return [name for name in names if not system.find(CONTENTS, "by_name", (name,), limit=1)]


def _contents_of(system: SystemDocuments, file: str) -> dict[str, Value] | None:
    found = system.find(CONTENTS, "by_file", (str(file),), limit=1)  # an `Id` is no value of the engine
    return found[0] if found else None


def _content(system: SystemDocuments, contents: dict[str, Value]) -> StoredContent:
    file = system.get(str(contents["file"]))
    assert file is not None
    content_type = cast("str | None", file.get("contentType"))
    return StoredContent(str(contents["name"]), int(cast("float", file["size"])), str(file["sha256"]), content_type)
