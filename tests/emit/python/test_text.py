"""Docstrings stand in the source as a formatter would have them."""

from __future__ import annotations

import pytest

from convexgen.emit.python.text import docstring


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("One line.", '    """One line."""\n'),
        ("First.\n\nMore.", '    """First.\n\n    More.\n    """\n'),
        ("First.\n  deeper\nMore.", '    """First.\n      deeper\n    More.\n    """\n'),
        ("\nAfter a blank line.\n  all others deeper", '    """After a blank line.\n    all others deeper\n    """\n'),
    ],
)
def test_docstrings_are_laid_out(text: str, written: str) -> None:
    assert docstring(text, None, 4) == written
