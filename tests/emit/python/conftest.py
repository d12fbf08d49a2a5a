"""The generated client of the chat program, written to disk once and imported, and a server for it to call."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.emit.python.programs import CHAT, CHAT_NAMES, generate, write
from tests.emit.python.server import Deployment, serving

PACKAGE = "chat_client_under_test"


@pytest.fixture(scope="session")
def chat_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the package of the chat's client lies in."""
    folder = tmp_path_factory.mktemp("chat")
    write(generate(CHAT, CHAT_NAMES), folder / PACKAGE)
    return folder


@pytest.fixture(scope="session")
def chat(chat_folder: Path) -> Iterator[ModuleType]:
    """The generated package."""
    sys.path.insert(0, str(chat_folder))
    try:
        yield importlib.import_module(PACKAGE)
    finally:
        sys.path.remove(str(chat_folder))
        for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
            del sys.modules[name]


@pytest.fixture(scope="session")
def values(chat: ModuleType) -> ModuleType:
    """The module of the generated package that knows how values travel."""
    return importlib.import_module(f"{chat.__name__}.runtime.values")


@pytest.fixture
def deployment() -> Iterator[Deployment]:
    """A server that answers calls."""
    with serving() as running:
        yield running
