"""`QueryCtx`, `MutationCtx`, `ActionCtx`: what a function of each kind may do.

Interfaces only; the engine implements them. They are protocols, so that a test may pass an object of its own, and
`MutationCtx` extends `QueryCtx`, so that a helper written for queries works in mutations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, Generic, ParamSpec, Protocol

from typing_extensions import TypeVar

from convexgen.authoring.database import DatabaseReader, DatabaseWriter
from convexgen.authoring.functions import ActionFunction, MutationFunction, QueryFunction, SchedulableFunction
from convexgen.authoring.ids import Id
from convexgen.authoring.indexes import VectorIndex
from convexgen.authoring.system_tables import ScheduledJob, StoredFile
from convexgen.authoring.tables import Table

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T", bound=Table)
T_co = TypeVar("T_co", bound=Table, covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserIdentity:
    """Who calls, as the identity provider has it. `token_identifier` (issuer and subject) is unique over all providers.

    Which of the other fields there are depends on the provider. `claims` has what else the token says: as it says it,
    or, if it is of a `JwtProvider`, everything, with objects taken apart (`claims["properties.email"]`).
    """

    token_identifier: str
    subject: str
    issuer: str
    name: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    nickname: str | None = None
    preferred_username: str | None = None
    profile_url: str | None = None
    picture_url: str | None = None
    website_url: str | None = None
    email: str | None = None
    email_verified: bool | None = None
    gender: str | None = None
    birthday: str | None = None
    timezone: str | None = None
    language: str | None = None
    phone_number: str | None = None
    phone_number_verified: bool | None = None
    address: str | None = None
    updated_at: str | None = None
    """RFC 3339."""
    claims: Mapping[str, Any] = field(default_factory=dict)


class Auth(Protocol):
    """Who calls the function."""

    async def get_user_identity(self) -> UserIdentity | None:
        """The caller, or None without a valid token. Scheduled functions and crons have no caller."""
        ...


class StorageReader(Protocol):
    """Stored files, as a query may use them."""

    async def get_url(self, file: Id[StoredFile], /) -> str | None:
        """A URL that anyone may read the file from, or None if there is no such file."""
        ...


class StorageWriter(StorageReader, Protocol):
    """Stored files, as a mutation may use them."""

    async def generate_upload_url(self) -> str:
        """A URL for a client to POST a file to, within one hour. The answer is `{"storageId": ...}`."""
        ...

    async def delete(self, file: Id[StoredFile], /) -> None:
        """Delete a file. Raises `ValueError` if there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Blob:
    """The content of a file, with the `Content-Type` it was stored with."""

    content: bytes
    content_type: str | None = None


class StorageActions(StorageWriter, Protocol):
    """Stored files, as an action may use them."""

    async def get(self, file: Id[StoredFile], /) -> Blob | None:
        """The content of a file, or None if there is none."""
        ...

    async def store(
        self, content: bytes, /, *, content_type: str | None = None, sha256: str | None = None
    ) -> Id[StoredFile]:
        """Store a file. `sha256` (base64), if given, is compared: `ValueError` if the content has another one."""
        ...


class Scheduler(Protocol):
    """Runs functions later: mutations exactly once, actions at most once.

    What a mutation schedules is part of its transaction: it runs only if the mutation commits.
    """

    async def run_after(
        self, delay: timedelta, function: SchedulableFunction[Any, P, Any], /, *args: P.args, **kwargs: P.kwargs
    ) -> Id[ScheduledJob]:
        """Run `function` after `delay`, with these arguments; zero means as soon as this mutation has committed.

        Raises `ValueError` for a negative delay or one of more than five years.
        """
        ...

    async def run_at(
        self, moment: datetime, function: SchedulableFunction[Any, P, Any], /, *args: P.args, **kwargs: P.kwargs
    ) -> Id[ScheduledJob]:
        """Run `function` at `moment` (with a time zone), at once if it has passed.

        Raises `ValueError` without a time zone, or more than five years away.
        """
        ...

    async def cancel(self, job: Id[ScheduledJob], /) -> None:
        """Let a pending job never start. One that runs goes on, one that is finished stays as it is."""
        ...


class QueryCtx(Protocol):
    """What a query may use."""

    @property
    def db(self) -> DatabaseReader: ...

    @property
    def auth(self) -> Auth: ...

    @property
    def storage(self) -> StorageReader: ...

    @property
    def random(self) -> Random:
        """Random numbers, the same ones when this transaction runs again."""
        ...

    def now(self) -> float:
        """Milliseconds since the epoch; the same throughout one run of the function."""
        ...

    async def run_query(self, function: QueryFunction[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run another query in this transaction."""
        ...


class MutationCtx(QueryCtx, Protocol):
    """What a mutation may use. Everything it does, it does in one transaction."""

    @property
    def db(self) -> DatabaseWriter: ...

    @property
    def storage(self) -> StorageWriter: ...

    @property
    def scheduler(self) -> Scheduler: ...

    async def run_mutation(self, function: MutationFunction[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run another mutation within this transaction. If it raises, its writes are undone and this one may go on."""
        ...


@dataclass(frozen=True, slots=True)
class VectorMatch(Generic[T_co]):
    """One result of a vector search. `score` is the cosine similarity, -1 to 1."""

    id: Id[T_co]
    score: float


class ActionCtx(Protocol):
    """What an action may use. There is no `db`: each query and mutation that it runs is a transaction of its own."""

    @property
    def auth(self) -> Auth: ...

    @property
    def storage(self) -> StorageActions: ...

    @property
    def scheduler(self) -> Scheduler: ...

    async def run_query(self, function: QueryFunction[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a query in a transaction of its own."""
        ...

    async def run_mutation(self, function: MutationFunction[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a mutation in a transaction of its own. What it wrote stays, even if this action raises later."""
        ...

    async def run_action(self, function: ActionFunction[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run another action and wait for it. A plain Python function does the same at less cost."""
        ...

    async def vector_search(
        self, index: VectorIndex[T], vector: Sequence[float], /, *conditions: bool, limit: int = 10
    ) -> list[VectorMatch[T]]:
        """The `limit` (1 to 256) documents nearest to `vector`, the nearest first.

        Conditions are `==` on the index's filter fields, all of which must hold; `(a == 1) | (a == 2)` where one of
        several must. Raises `ValueError` for a vector that has not the index's number of dimensions.
        """
        ...
