"""The chat's files as they must be. After a wanted change: `python -m tests.emit.typescript.golden`, read the diff."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from convexgen.settings import FileType, TypeScriptOutput
from tests.emit.typescript.chat import CHAT
from tests.emit.typescript.generated import write

GOLDEN = Path(__file__).with_name("golden_chat")
OUTPUTS = {
    **{file_type: TypeScriptOutput(file_type, file_type) for file_type in get_args(FileType)},
    "public": TypeScriptOutput("public", visibility="public"),
}

if __name__ == "__main__":
    for output in OUTPUTS.values():
        write(CHAT, GOLDEN, output)
