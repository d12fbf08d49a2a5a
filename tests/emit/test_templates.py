"""Where templates are found, and that a missing value is never rendered as nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from convexgen.emit.templates import folder, frames, render


def test_a_checkout_uses_the_templates_at_its_top() -> None:
    assert folder() == Path(__file__).parents[2] / "templates"


def test_values_are_put_in_as_they_are() -> None:
    text = render("typescript/types.js.jinja", {"arrays": "<{{ b }}>\n"}, marker="<&>")
    assert " * <&>\n" in text
    assert text.endswith(" */\n\n<{{ b }}>\n")


def test_a_layout_is_used_again_for_other_texts() -> None:
    first = render("typescript/types.js.jinja", {"arrays": "a\n"}, marker="m")
    assert render("typescript/types.js.jinja", {"arrays": "b\n"}, marker="m") == first.removesuffix("a\n") + "b\n"
    assert " * other\n" in render("typescript/types.js.jinja", {"arrays": "b\n"}, marker="other")


def test_an_empty_slot_has_a_layout_of_its_own() -> None:
    parts = {"imports": "import x\n", "classes": "", "attributes": "        pass\n", "checked": "    import y\n"}
    full = render("python/client.py.j2", parts, header="", flavour="")
    empty = render("python/client.py.j2", parts | {"checked": ""}, header="", flavour="")
    assert "if TYPE_CHECKING" in full
    assert "if TYPE_CHECKING" not in empty


def test_layouts_of_an_earlier_process_need_no_jinja2() -> None:
    render("typescript/api.js.jinja", marker="m")
    script = (
        "import sys; from convexgen.emit.templates import learn_frames, render\n"
        f"learn_frames({dict(frames())!r})\n"
        "sys.stdout.write(render('typescript/api.js.jinja', marker='m')); assert 'jinja2' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == render("typescript/api.js.jinja", marker="m")


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="'marker' is undefined"):
        render("typescript/api.js.jinja")


def test_importing_the_back_end_does_not_import_jinja2() -> None:
    script = "import sys, convexgen.emit.typescript; print('jinja2' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == "False\n"
