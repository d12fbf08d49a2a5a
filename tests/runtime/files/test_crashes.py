"""Whenever the process ends: no file is without its content, and no content is left without a file for long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from hypothesis import given
from hypothesis import strategies as st

from convexgen.runtime.files import BlobReader, BlobWriter, documents
from convexgen.runtime.files.housekeeping import SWEEP_EVERY, FileHousekeeping
from convexgen.runtime.files.memory_blobs import MemoryBlobs
from convexgen.runtime.files.stored_files import GRACE
from convexgen.runtime.store import Commit
from convexgen.runtime.store.memory_store import MemoryStore
from tests.runtime.files.gallery_engine import Gallery


class CrashError(BaseException):
    """The process is no more."""


class Life:
    """One process. It ends at the step `last`, and from then on does nothing any more, not even to clear up."""

    def __init__(self, last: int | None = None) -> None:
        self._left = last

    def step(self) -> None:
        if self._left is not None:
            self._left -= 1
            if self._left < 0:
                raise CrashError


class CrashingStore(MemoryStore):
    """A store that outlives `life`."""

    life = Life()

    def commit(self, commits: Sequence[Commit]) -> None:
        self.life.step()
        super().commit(commits)
        self.life.step()


class CrashingBlobs:
    """Blobs that outlive `life`."""

    def __init__(self) -> None:
        self.kept = MemoryBlobs()
        self.life = Life()

    def create(self, name: str) -> BlobWriter:
        self.life.step()
        return _CrashingWriter(self.kept.create(name), self.life)

    def open(self, name: str, start: int, stop: int) -> BlobReader:
        return self.kept.open(name, start, stop)

    def delete(self, name: str) -> None:
        self.life.step()
        self.kept.delete(name)
        self.life.step()

    def names(self) -> Iterator[str]:
        self.life.step()
        return self.kept.names()


class _CrashingWriter:
    def __init__(self, writer: BlobWriter, life: Life) -> None:
        self._writer = writer
        self._life = life

    def write(self, part: bytes) -> None:
        self._life.step()
        self._writer.write(part)

    def finish(self) -> None:
        self._life.step()
        self._writer.finish()
        self._life.step()

    def discard(self) -> None:
        self._life.step()
        self._writer.discard()


@dataclass(frozen=True)
class Step:
    """Something that is done, in a life that ends after `crash` smaller steps, if it comes that far.

    `number` is the content of a file that is stored, says which one is deleted, or how many minutes pass.
    """

    what: Literal["store", "delete", "keep house", "begin"]
    number: int
    crash: int | None


steps = st.builds(
    Step, st.sampled_from(["store", "delete", "keep house", "begin"]), st.integers(0, 60), st.none() | st.integers(0, 8)
)


class World:
    """What clients were told: `acknowledged` has the contents of files by their ids, `doubtful` what may be or not."""

    def __init__(self) -> None:
        self.store = CrashingStore()
        self.blobs = CrashingBlobs()
        self.acknowledged: dict[str, bytes] = {}
        self.doubtful: set[str] = set()
        self.now = 0
        self.lives = 0
        self.restart()

    def restart(self) -> None:
        self.live(None)
        self.lives += 1
        self.gallery = Gallery(self.store, self.blobs, seed=self.lives)
        self.gallery.clock.now += self.now
        self.files = self.gallery.engine.files
        self.housekeeping = FileHousekeeping(self.files)

    def live(self, last: int | None) -> None:
        self.store.life = self.blobs.life = Life(last)

    def do(self, step: Step) -> None:
        self.live(step.crash)
        try:
            self._do(step)
        except CrashError:
            self.check()
            self.restart()
        self.live(None)
        self.check()

    def _do(self, step: Step) -> None:
        if step.what == "store":
            content = b"%d" % step.number
            self.acknowledged[self.files.store(content)] = content
        elif step.what == "begin":
            self.files.begin().write(b"never finished")
        elif step.what == "delete" and self.acknowledged:
            file = sorted(self.acknowledged)[step.number % len(self.acknowledged)]
            del self.acknowledged[file]
            self.doubtful.add(file)
            self.gallery.engine.system(lambda system: documents.remove(system, file))
            self.doubtful.discard(file)
        elif step.what == "keep house":
            self.now += step.number * 60 * 10**9
            self.keep_house()

    def keep_house(self) -> None:
        while self.housekeeping.run(self.now):
            pass

    def check(self) -> None:
        """Every file that somebody was told of is there, and every file that is there has its content."""
        self.live(None)
        found = {str(each["_id"]): each for each in self._documents(documents.FILES)}
        assert self.acknowledged.keys() <= found.keys()
        for file, document in found.items():
            stored = self.files.find(file)
            assert stored is not None
            content = stored.read_all()
            assert len(content) == document["size"]
            assert content == self.acknowledged.get(file, content)
        assert len([each for each in self._documents(documents.CONTENTS) if each["file"] is not None]) == len(found)

    def _documents(self, table: str) -> list[dict[str, object]]:
        found = self.gallery.engine.system(lambda system: system.find(table, "by_creation_time", (), limit=1000))
        return [dict(each) for each in found]

    def check_that_nothing_is_left(self) -> None:
        """After two looks, with the grace time between them, there are files and their contents, and nothing else."""
        self.keep_house()
        for _ in range(3):
            self.now += max(GRACE, SWEEP_EVERY)
            self.keep_house()
        self.check()
        files = self._documents(documents.FILES)
        contents = self._documents(documents.CONTENTS)
        assert sorted(self.blobs.names()) == sorted(str(each["name"]) for each in contents)
        assert len(contents) == len(files) <= len(self.acknowledged) + len(self.doubtful) + self.lives


@given(st.lists(steps, max_size=12))
def test_no_file_without_content_and_no_content_without_a_file(done: list[Step]) -> None:
    world = World()
    for step in done:
        world.do(step)
    world.check_that_nothing_is_left()


def test_a_crash_between_the_content_and_the_commit_is_swept_after_the_grace_time() -> None:
    world = World()
    world.do(Step("store", 1, crash=4))
    assert world.acknowledged == {}
    assert len(list(world.blobs.names())) == 1
    world.files.sweep(0)
    world.files.sweep(GRACE - 1)
    assert len(list(world.blobs.names())) == 1
    world.files.sweep(GRACE)
    assert list(world.blobs.names()) == []


def test_an_upload_under_way_is_not_swept() -> None:
    """However slow the commit is: it comes between two looks here."""
    world = World()
    upload = world.files.begin()
    upload.write(b"slow")

    def look_twice(content: documents.StoredContent) -> str:
        world.files.sweep(0)
        world.files.sweep(10 * GRACE)
        return world.gallery.engine.system(lambda system: documents.add(system, content))

    file = upload.keep(None, None, look_twice)
    world.files.sweep(20 * GRACE)
    found = world.files.find(file)
    assert found is not None
    assert found.read_all() == b"slow"
