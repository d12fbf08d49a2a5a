"""The one place that knows where the templates are and how they are rendered.

Templates hold the layout of a whole file and are rendered once per file with text that is already joined: jinja2 costs
40 ms to import and a call per function would cost more than all else together. So it is imported on first use only.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment


def render(template: str, **values: object) -> str:
    """The text of `template` (a path below the templates folder, with `/`) filled with `values`.

    A placeholder without a value raises `jinja2.UndefinedError`: a mistake of ours, which the tests meet first.
    """
    return _environment().get_template(template).render(values)


def folder() -> Path:
    """Where the templates lie: inside the package in a wheel, at the top of the project in a checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "_templates"
    return installed if installed.is_dir() else package.parent / "templates"


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 (40 ms, see above)

    return Environment(
        loader=FileSystemLoader(folder(), encoding="utf-8"),
        undefined=StrictUndefined,
        autoescape=False,
        keep_trailing_newline=True,
        lstrip_blocks=True,
        trim_blocks=True,
        auto_reload=False,
    )
