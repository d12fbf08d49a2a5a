"""Where templates are found, and that a missing value is never rendered as nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from convexgen.emit.templates import folder, render


def test_a_checkout_uses_the_templates_at_its_top() -> None:
    assert folder() == Path(__file__).parents[2] / "templates"


def test_values_are_put_in_as_they_are() -> None:
    text = render("typescript/types.js.jinja", marker="<&>", arrays=["a\n", "b\n"])
    assert " * <&>\n" in text
    assert text.endswith(" */\n\na\nb\n")


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="'marker' is undefined"):
        render("typescript/api.js.jinja")


def test_importing_the_back_end_does_not_import_jinja2() -> None:
    script = "import sys, convexgen.emit.typescript; print('jinja2' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == "False\n"
