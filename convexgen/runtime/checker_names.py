"""Names that a module imports for type checkers only, under `if TYPE_CHECKING:`, and that its annotations may use.

With `from __future__ import annotations` or quotes such a program runs, until somebody wants to know its annotations.
"""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import module_from_spec
from types import ModuleType
from typing import Any

import typing_extensions


def names_for_checkers(module: ModuleType) -> Mapping[str, Any]:
    """All that `module` binds as type checkers see it.

    The module is executed once more, apart from the one that is in use, which stays as it is. What it imports is
    imported already, so that circular imports, the usual reason for such a block, lead nowhere new.
    """
    spec = module.__spec__
    if spec is None or spec.loader is None:
        return {}
    copy = module_from_spec(spec)
    with _type_checking():
        spec.loader.exec_module(copy)
    return vars(copy)


@contextmanager
def _type_checking() -> Iterator[None]:
    holders: tuple[Any, ...] = (typing, typing_extensions)
    before = [holder.TYPE_CHECKING for holder in holders]
    for holder in holders:
        holder.TYPE_CHECKING = True
    try:
        yield
    finally:
        for holder, value in zip(holders, before, strict=True):
            holder.TYPE_CHECKING = value
