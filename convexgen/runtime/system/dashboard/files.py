"""Stored files with the paths to their content, and their end."""

from __future__ import annotations

from convexgen.runtime.engine.contexts import Run
from convexgen.runtime.files import documents
from convexgen.runtime.files.urls import DOWNLOAD_PATH
from convexgen.runtime.system.functions import SystemFunction
from convexgen.runtime.system.requests import Arguments, needed, page_value
from convexgen.runtime.values import Value


def _page(run: Run, arguments: Arguments) -> Value:
    """`{paginationOpts}`: documents of `_storage` with the `path` to each content, what came last in front.

    A path, for this is asked by a page of the same origin, whatever that is called.
    """
    transaction = run.transaction
    found = page_value(lambda options: transaction.stored.page(documents.FILES, "desc", options), arguments)
    files = needed(found, "page", list)
    return {**found, "page": [_with_path(run, each) for each in files]}


def _with_path(run: Run, file: dict[str, Value]) -> Value:
    name = documents.name_of(run.transaction.system, str(file["_id"]))
    return {**file, "path": None if name is None else f"{DOWNLOAD_PATH}{name}"}


def _remove(run: Run, arguments: Arguments) -> Value:
    documents.remove(run.transaction.system, needed(arguments, "id", str))
    return None


FUNCTIONS = (
    SystemFunction("_system/frontend/files:page", "query", _page),
    SystemFunction("_system/frontend/files:remove", "mutation", _remove),
)
