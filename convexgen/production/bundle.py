"""What `convexgen deploy` sends: the functions folder as it is, and how it is to be read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError, model_validator

from convexgen.naming import Naming
from convexgen.settings import Settings
from convexgen.snapshot import Snapshot

LARGEST: Final = 64 * 2**20
"""Bytes of a bundle as it is sent."""

_PART = re.compile(r"(?!\.)[^/\\:\0]+")
"""A name in a path that leads nowhere but down."""


class InvalidBundleError(ValueError):
    """What was sent is no bundle. Its text says why, for whoever sent it."""


def _folder(text: str) -> str:
    if not all(_PART.fullmatch(part) for part in text.split("/")):
        raise ValueError(f"{text!a} is no folder of a project")
    return text


class Bundle(BaseModel):
    """`files` are the Python sources by their paths, which all lie in the folder `source`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    source: Annotated[str, AfterValidator(_folder)]
    naming: Naming
    files: Mapping[str, str]

    @model_validator(mode="after")
    def _check_paths(self) -> Bundle:
        for path in self.files:
            below = path.startswith(f"{self.source}/") and path.endswith(".py")
            if not below or not all(_PART.fullmatch(part) for part in path.split("/")):
                raise ValueError(f"{path!a} is no Python source in {self.source}/")
        return self

    @property
    def settings(self) -> Settings:
        """Settings of a project that consists of these files."""
        return Settings(self.source, self.naming)


def bundle_of(settings: Settings, snapshot: Snapshot) -> Bundle:
    """The sources that a snapshot has, which were found to be good: so all of them are UTF-8."""
    files = {source.path: source.content.decode("utf-8") for source in snapshot.sources}
    return Bundle(source=settings.source, naming=settings.naming, files=files)


def read_bundle(text: bytes) -> Bundle:
    """The bundle in a JSON text. Raises `InvalidBundleError`."""
    try:
        return Bundle.model_validate_json(text)
    except ValidationError as error:
        told = (f"{'.'.join(map(str, each['loc']))}: {each['msg']}".removeprefix(": ") for each in error.errors()[:3])
        raise InvalidBundleError("; ".join(told)) from None
