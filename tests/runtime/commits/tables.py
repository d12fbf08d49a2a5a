"""A small schema to deploy, and drafts against it: messages with an author and a body."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from convexgen import ir
from convexgen.authoring.tables import Table
from convexgen.runtime.commits import Committer, Deployment, deploy
from convexgen.runtime.drafts import DocumentWrite, Draft
from convexgen.runtime.program.live import LiveTable
from convexgen.runtime.reads import ReadRecorder, Reads
from convexgen.runtime.values import Interval, InvalidValueError, Value, encode_id, from_canonical, index_interval

Document = dict[str, Value]
STRING, FLOAT = ir.Scalar("string"), ir.Scalar("float")


@dataclass(frozen=True, slots=True)
class StandInTable:
    """A `LiveTable` whose documents have fields of these types, and nothing else."""

    declared: ir.Table
    checked: list[Document] = field(default_factory=list)
    """Every document that was asked about."""

    @property
    def name(self) -> str:
        return self.declared.name

    @property
    def cls(self) -> type[Table]:
        raise NotImplementedError

    def load(self, document: Document) -> Table:
        raise NotImplementedError

    def dump(self, document: Table) -> Document:
        raise NotImplementedError

    def changed(self, document: Document, changes: Mapping[str, object]) -> Document:
        raise NotImplementedError

    def wire_path(self, path: tuple[str, ...]) -> tuple[str, ...]:
        raise NotImplementedError

    def compared(self, path: tuple[str, ...], value: object) -> Any:
        raise NotImplementedError

    def check(self, document: Document, tables: Mapping[int, str]) -> None:
        self.checked.append(document)
        classes: dict[ir.Type, type] = {STRING: str, FLOAT: float}
        for each in self.declared.fields:
            if type(document.get(each.wire)) is not classes[each.type]:
                raise InvalidValueError(f"{each.wire} is {document.get(each.wire)!r}")


def table(name: str, fields: Mapping[str, ir.Scalar], indexes: Mapping[str, Sequence[str]] | None = None) -> LiveTable:
    return StandInTable(
        ir.Table(
            f"schema.{name.title()}",
            name,
            tuple(ir.Field(wire, wire, type_) for wire, type_ in fields.items()),
            tuple(ir.Index(index, tuple(paths)) for index, paths in (indexes or {}).items()),
        )
    )


def messages(**indexes: Sequence[str]) -> LiveTable:
    return table("messages", {"author": STRING, "body": STRING}, indexes)


def program_of(*tables: LiveTable) -> tuple[dict[str, LiveTable], ir.Ir]:
    declared = tuple(each.declared for each in tables)
    return {each.name: each for each in tables}, ir.Ir((ir.Module("schema", "schema", tables=declared),))


def put_live(committer: Committer, *tables: LiveTable, between: Callable[[], object] = lambda: None) -> Deployment:
    """Deploy to the end. `between` is called after each step."""
    steps = deploy(committer, *program_of(*tables))
    while True:
        try:
            next(steps)
        except StopIteration as end:
            assert isinstance(end.value, Deployment)
            return end.value
        between()


def identity(number: int) -> bytes:
    return number.to_bytes(16, "big")


class Client:
    """Makes drafts, as transactions do that see the latest snapshot of one table."""

    def __init__(self, committer: Committer, name: str = "messages") -> None:
        self.committer = committer
        self.name = name

    @property
    def number(self) -> int:
        return self.committer.deployment.catalogue.tables[self.name].number

    def index(self, name: str) -> int:
        return self.committer.deployment.catalogue.tables[self.name].indexes[name].number

    def document(self, number: int, **fields: Value) -> Document:
        return {"_id": encode_id(self.number, identity(number)), "_creationTime": float(number), **fields}

    def reads(self, *numbers: int, index: str | None = None, equal: Sequence[Value] = ()) -> Reads:
        recorder = ReadRecorder()
        for number in numbers:
            recorder.documents(self.number, Interval(identity(number), identity(number) + b"\xff"))
        if index is not None:
            recorder.entries(self.index(index), index_interval(equal))
        return recorder.reads()

    def write(self, number: int, new: Document | None) -> DocumentWrite:
        """The write that replaces what is there now."""
        store = self.committer.store
        version = store.get(self.number, identity(number), store.latest)
        old = None if version is None else stored(version.value)
        return DocumentWrite(self.number, identity(number), version and version.timestamp, old, new)

    def insert(self, number: int, new: Document) -> DocumentWrite:
        """The write of a document that is known not to be there."""
        return DocumentWrite(self.number, identity(number), None, None, new)

    def draft(
        self,
        *writes: DocumentWrite,
        reads: Reads | None = None,
        snapshot: int | None = None,
        metadata: Mapping[str, bytes | None] | None = None,
        unless: str | None = None,
    ) -> Draft:
        return Draft(
            self.committer.latest if snapshot is None else snapshot,
            self.committer.deployment.number,
            Reads() if reads is None else reads,
            writes,
            metadata or {},
            unless,
        )

    def put(self, number: int, author: str, body: str = "") -> int:
        return self.committer.commit(self.draft(self.write(number, self.document(number, author=author, body=body))))

    def put_many(self, count: int, body: Callable[[int], str]) -> int:
        """Documents of the numbers 0, 1 …, in one commit."""
        documents = [self.document(number, author="ann", body=body(number)) for number in range(count)]
        writes = [self.write(number, document) for number, document in enumerate(documents)]
        return self.committer.commit(self.draft(*writes))

    def delete(self, number: int) -> int:
        return self.committer.commit(self.draft(self.write(number, None)))


def stored(value: bytes) -> Document:
    found = from_canonical(value.decode())
    assert isinstance(found, dict)
    return found
