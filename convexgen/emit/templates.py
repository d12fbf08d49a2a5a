"""The one place that knows where the templates are and how they are rendered.

Templates hold the layout of a whole file and are rendered once per file. What is long in a file is already joined and
goes into its slots when the layout is done; the layouts are kept as frames, so that a process that was handed those of
an earlier one needs no jinja2, which costs 40 ms to import and as much again to compile the templates.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from jinja2 import Environment

Frame: TypeAlias = tuple[str, ...]
"""A layout: text and names of slots by turns, text first and last."""
FrameKey: TypeAlias = tuple[str, tuple[tuple[str, str], ...], tuple[str, ...]]
"""What a frame was made of: the template, the values in it, and which slots hold anything."""

_FRAMES: dict[FrameKey, Frame] = {}
"""The layouts of this process. They depend on their keys and on the templates alone."""
_MARK = "\0"


def render(template: str, slots: Mapping[str, str] | None = None, **values: str) -> str:
    """The text of `template` (a path below the templates folder, with `/`) filled with `values` and `slots`.

    A template can do with a slot nothing but ask whether it is empty and say where it goes. A placeholder without a
    value raises `jinja2.UndefinedError`: a mistake of ours, which the tests meet first.
    """
    texts = slots or {}
    key = (template, tuple(sorted(values.items())), tuple(sorted(name for name, text in texts.items() if text)))
    frame = _FRAMES.get(key)
    if frame is None:
        marked = {name: text and f"{_MARK}{name}{_MARK}" for name, text in texts.items()}
        frame = tuple(_environment().get_template(template).render(values | marked).split(_MARK))
        _FRAMES[key] = frame
    pieces = list(frame)
    pieces[1::2] = [texts[name] for name in frame[1::2]]
    return "".join(pieces)


def frames() -> Mapping[FrameKey, Frame]:
    """The layouts made or learned so far."""
    return _FRAMES


def learn_frames(known: Mapping[FrameKey, Frame]) -> None:
    """Take over the layouts of an earlier process that had the same templates."""
    _FRAMES.update(known)


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
