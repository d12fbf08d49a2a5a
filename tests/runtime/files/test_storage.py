"""`ctx.storage` in functions of each kind, by what comes of it."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

import pytest

from convexgen.runtime.files import BlobError, documents
from convexgen.runtime.store.memory_store import MemoryStore
from tests.runtime.files.gallery_engine import ORIGIN, Gallery, said, value


def checksum(content: bytes) -> str:
    return b64encode(sha256(content).digest()).decode()


def name_in(url: object) -> str:
    assert isinstance(url, str)
    return url.removeprefix(f"{ORIGIN}/api/storage/")


def test_what_an_action_stores_it_reads(gallery: Gallery) -> None:
    file = value(gallery.act("store", content=b"hello", contentType="text/plain; charset=utf-8"))
    assert value(gallery.act("read", file=file)) == [b"hello", "text/plain; charset=utf-8"]
    assert gallery.query("types", file=file) == ["text/plain; charset=utf-8", checksum(b"hello")]
    assert gallery.query("sizes") == [5.0]


def test_an_empty_file_without_a_type(gallery: Gallery) -> None:
    file = value(gallery.act("store", content=b""))
    assert value(gallery.act("read", file=file)) == [b"", None]
    assert gallery.query("types", file=file) == [None, checksum(b"")]


def test_the_document_has_what_convex_has_and_no_more(gallery: Gallery) -> None:
    plain = gallery.engine.files.store(b"hello")
    typed = gallery.engine.files.store(b"", "image/png")
    for file, fields in (
        (plain, {"sha256": checksum(b"hello"), "size": 5.0}),
        (typed, {"sha256": checksum(b""), "size": 0.0, "contentType": "image/png"}),
    ):
        found = gallery.engine.system(lambda system, file=file: system.get(file))  # type: ignore[misc]
        assert found is not None
        assert {name: found[name] for name in found if name not in {"_id", "_creationTime"}} == fields
        assert found["_id"] == file


def test_a_url_does_not_tell_the_id(gallery: Gallery) -> None:
    file = value(gallery.act("store", content=b"hello"))
    url = gallery.query("url", file=file)
    assert gallery.files == [name_in(url)]
    assert str(file) not in str(url)


def test_a_file_that_was_deleted_has_no_url(gallery: Gallery) -> None:
    file = value(gallery.act("store", content=b"hello"))
    assert value(gallery.mutate("delete", file=file)) is None
    assert gallery.query("url", file=file) is None
    assert gallery.query("sizes") == []
    assert value(gallery.act("read", file=file)) == []
    assert said(gallery.mutate("delete", file=file)) == f"Uncaught ValueError: storage id {file!s} not found"


def test_a_mutation_that_fails_deletes_nothing(gallery: Gallery) -> None:
    file = value(gallery.act("store", content=b"hello"))
    assert said(gallery.mutate("delete", file=file, then="too late")) == "Uncaught ValueError: too late"
    gallery.engine.files.delete_forgotten()
    assert value(gallery.act("read", file=file)) == [b"hello", None]


def test_all_that_actions_do(gallery: Gallery) -> None:
    found = value(gallery.act("everything", content=b"short-lived"))
    assert isinstance(found, list)
    before, after, upload = found
    assert name_in(before) in gallery.files
    assert after is None
    assert str(upload).startswith(f"{ORIGIN}/api/storage/upload?token=")


def test_upload_urls_are_good_for_an_hour_of_the_backend_s_time(gallery: Gallery) -> None:
    url = value(gallery.mutate("uploadUrl"))
    now = gallery.clock.now / 1_000_000
    token = str(url).partition("token=")[2]
    gallery.engine.urls.check_token(token, now)
    assert int(token.partition(".")[0]) == pytest.approx(now + 60 * 60 * 1000, abs=1)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (
            {"sha256": checksum(b"other")},
            f"the checksum of the content is {checksum(b'hello')}, not {checksum(b'other')}",
        ),
        ({"sha256": "no checksum"}, "'no checksum' is not a SHA-256 checksum in base64"),
        (
            {"sha256": sha256(b"hello").hexdigest()},
            f"'{sha256(b'hello').hexdigest()}' is not a SHA-256 checksum in base64",
        ),
        *(
            (
                {"contentType": text},
                f"{text[:100]!a} cannot be a Content-Type: that is at most 1000 printable characters of ASCII",
            )
            for text in ("text/html\r\nSet-Cookie: a=b", "a\nb", "a\0b", "größe", "x" * 1001)
        ),
    ],
)
def test_what_is_refused_leaves_nothing(gallery: Gallery, arguments: dict[str, str], error: str) -> None:
    outcome = gallery.act("store", content=b"hello", **arguments)
    assert said(outcome).partition(": ")[2] == error
    assert gallery.files == []
    assert gallery.query("sizes") == []


def test_a_checksum_that_fits(gallery: Gallery) -> None:
    assert value(gallery.act("store", content=b"hello", sha256=checksum(b"hello"))) is not None


class TestReactive:
    """`get_url` is a read like any other."""

    def test_deleting_a_file_is_told(self, gallery: Gallery) -> None:
        file = value(gallery.act("store", content=b"hello"))
        other = value(gallery.act("store", content=b"other"))
        told: list[str] = []
        for each in (file, other):
            gallery.engine.watch(gallery.result("url", file=each), lambda each=each: told.append(str(each)))  # type: ignore[misc]
        gallery.mutate("delete", file=file)
        assert told == [file]

    def test_further_files_are_told_to_who_looks_at_all(self, gallery: Gallery) -> None:
        told: list[str] = []
        gallery.engine.watch(gallery.result("sizes"), lambda: told.append("sizes"))
        gallery.act("store", content=b"hello")
        assert told == ["sizes"]

    def test_deleting_the_content_is_told_to_nobody(self, gallery: Gallery) -> None:
        file = value(gallery.act("store", content=b"hello"))
        gallery.mutate("delete", file=file)
        told: list[str] = []
        for result in (gallery.result("url", file=file), gallery.result("sizes")):
            gallery.engine.watch(result, lambda: told.append("told"))
        gallery.engine.files.delete_forgotten()
        assert gallery.files == []
        assert told == []


class TestContentThatIsForgotten:
    def test_it_goes_after_the_commit(self, gallery: Gallery) -> None:
        kept, gone = (value(gallery.act("store", content=content)) for content in (b"kept", b"gone"))
        gallery.mutate("delete", file=gone)
        assert len(gallery.files) == 2
        assert gallery.engine.files.delete_forgotten() is False
        assert gallery.files == [name_in(gallery.query("url", file=kept))]

    def test_it_goes_after_a_restart_too(self) -> None:
        first = Gallery()
        file = value(first.act("store", content=b"gone"))
        first.mutate("delete", file=file)
        again = Gallery(first.store, first.blobs, seed=2)
        again.engine.files.delete_forgotten()
        assert again.files == []

    def test_a_store_that_cannot_delete_is_asked_again(
        self, gallery: Gallery, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        file = value(gallery.act("store", content=b"gone"))
        gallery.mutate("delete", file=file)

        def fail(name: str) -> None:
            raise BlobError(f"no disk for {name}")

        with monkeypatch.context() as patched:
            patched.setattr(gallery.blobs, "delete", fail)
            assert gallery.engine.files.delete_forgotten() is False
        told = [record.message for record in caplog.records if record.name == "convexgen.files"]
        assert told == ["the content of a deleted file is still there"]
        assert len(gallery.files) == 1
        gallery.engine.files.delete_forgotten()
        assert gallery.files == []


def test_users_do_not_see_where_the_content_is() -> None:
    """Nor do they read, write or delete the document that says it."""
    gallery = Gallery(MemoryStore())
    gallery.engine.files.store(b"hello")
    (contents,) = gallery.engine.system(lambda system: system.find(documents.CONTENTS, "by_creation_time", (), limit=9))
    found = gallery.result("whatever", text=contents["_id"]).outcome
    assert said(found) == f"Uncaught ValueError: the ID {contents['_id']!s} belongs to no table of this program"
    assert documents.CONTENTS not in gallery.engine.live().program.tables
