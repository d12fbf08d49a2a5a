"""Where documents lie. That they are kept there, tests of stores and of `serve` show."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

import pytest

from convexgen.dev.data_folder import DataFolder
from convexgen.dev.document_store import has_documents, open_documents
from convexgen.runtime.store import StoreError
from convexgen.runtime.store.sqlite_store import SqliteStore

NOWHERE = {"CONVEXGEN_DATABASE": "postgresql://me:hunter2@127.0.0.1:1/app"}


@pytest.mark.parametrize("variables", [{}, {"CONVEXGEN_DATABASE": ""}])
def test_in_the_data_folder(tmp_path: Path, variables: dict[str, str]) -> None:
    folder = DataFolder(tmp_path)
    assert not has_documents(folder, variables)
    with closing(open_documents(folder, variables)) as store:
        assert isinstance(store, SqliteStore)
    assert has_documents(folder, variables)


def test_in_a_database_that_cannot_be_reached(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    assert has_documents(folder, NOWHERE)
    with pytest.raises(StoreError, match=r"^the PostgreSQL database `app` at 127\.0\.0\.1:1 cannot be used: "):
        open_documents(folder, NOWHERE)
    assert list(tmp_path.iterdir()) == []


def test_without_the_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "convexgen.runtime.store.postgres_store", raising=False)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError) as caught:
        open_documents(DataFolder(tmp_path), NOWHERE)
    assert str(caught.value) == "CONVEXGEN_DATABASE needs more packages: `pip install convexgen[postgres]`"
