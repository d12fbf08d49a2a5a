"""As which package a functions folder is imported."""

from __future__ import annotations

import pytest

from convexgen.dev.package_name import Package, package_of
from convexgen.source import SourceFile


@pytest.mark.parametrize(
    ("folder", "text", "package"),
    [
        ("backend", "", Package("backend", "")),
        ("backend", "from elsewhere.backend import x", Package("backend", "")),
        ("src/backend", "", Package("backend", "src")),
        ("src/backend", "from backend.schema import Message", Package("backend", "src")),
        ("src/backend", "x = 'from src.backend import y'", Package("backend", "src")),
        ("src/backend", "import src.backends", Package("backend", "src")),
        ("src/backend", "def f():\n    from src.backend.schema import Message", Package("src.backend", "")),
        ("src/app/backend", "import app.backend.schema", Package("app.backend", "src")),
        ("src/app/backend", "import app.backend.schema\nimport src.app.backend", Package("src.app.backend", "")),
    ],
)
def test_modules_say_what_they_are_part_of(folder: str, text: str, package: Package) -> None:
    sources = [SourceFile.of(f"{folder}/a.py", b""), SourceFile.of(f"{folder}/b.py", text.encode())]
    assert package_of(folder, sources) == package
