"""Why something was not committed, or not put live. Whatever is raised, nothing of it was written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class CommitRefusedError(Exception):
    """A draft that cannot be committed as it is, through no fault of the store."""


class RunAgainError(CommitRefusedError):
    """What the draft rests on is no longer so. The function has to run again, at a newer snapshot."""


class ConflictError(RunAgainError):
    """Something that the transaction read, or wrote, was changed by another one. `table` is the name of its table."""

    def __init__(self, table: str) -> None:
        super().__init__(f'documents of the table "{table}" were changed by another transaction')
        self.table = table


class RedeployedError(RunAgainError):
    """Another program went live meanwhile: the function has to run again as it is there."""

    def __init__(self) -> None:
        super().__init__("another deployment went live while the function ran")


class OutOfRetentionError(RunAgainError):
    """A snapshot from so long ago that nobody knows what has changed since, or can read it."""

    def __init__(self, snapshot: int) -> None:
        super().__init__(f"the snapshot {snapshot} is no longer kept")


class DoneBeforeError(CommitRefusedError):
    """What the draft asks for was done by an earlier one. `value` is the metadata that says so."""

    def __init__(self, value: bytes) -> None:
        super().__init__("this was committed before")
        self.value = value


class DeployError(Exception):
    """A deployment that was not put live: everything is as it was."""


class DeployInProgressError(DeployError):
    """Another deployment has not ended yet."""


class Mismatch(NamedTuple):
    """A document that a new schema does not allow, by its table and its id as text. `message` says why."""

    table: str
    document: str
    message: str


class SchemaMismatchError(DeployError):
    """Documents that the new schema does not allow: the first few of them."""

    def __init__(self, mismatches: Sequence[Mismatch]) -> None:
        lines = [f'"{each.table}", document {each.document}: {each.message}' for each in mismatches]
        super().__init__("\n".join(["There are documents that the new schema does not allow:", *lines]))
        self.mismatches = tuple(mismatches)
