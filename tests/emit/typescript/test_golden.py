"""Whole files, read and found good: see `golden_chat/`."""

from __future__ import annotations

import pytest

from tests.emit.typescript.chat import CHAT
from tests.emit.typescript.generated import generated
from tests.emit.typescript.golden import GOLDEN, OUTPUTS
from tests.emit.typescript.npm import Prettier, needs_npm


@pytest.mark.parametrize("name", OUTPUTS)
def test_files_are_as_they_must_be(name: str) -> None:
    expected = {
        path.relative_to(GOLDEN).as_posix(): path.read_text(encoding="utf-8") for path in (GOLDEN / name).iterdir()
    }
    assert dict(generated(CHAT, OUTPUTS[name])) == expected


def test_files_come_after_those_they_import() -> None:
    assert list(generated(CHAT, OUTPUTS["dts-js"])) == [
        "dts-js/dataModel.d.ts",
        "dts-js/types.d.ts",
        "dts-js/types.js",
        "dts-js/api.d.ts",
        "dts-js/api.js",
    ]
    assert list(generated(CHAT, OUTPUTS["ts"])) == ["ts/dataModel.ts", "ts/types.ts", "ts/api.ts"]


@needs_npm
@pytest.mark.parametrize("name", OUTPUTS)
def test_prettier_has_nothing_to_change(prettier: Prettier, name: str) -> None:
    for path, text in generated(CHAT, OUTPUTS[name]).items():
        assert prettier.format(path, text) == text
