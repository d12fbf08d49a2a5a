"""The program in several schemas, as it is between one edit and the next: the functions stay, the tables change."""

from __future__ import annotations

import sys
from functools import cache
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Final

from convexgen.runtime.program.live import Program
from convexgen.runtime.program.loading import load_program

_FOLDER: Final = Path(__file__).parent / "backend"
_MODULES: Final = ("accounts", "counting", "handles", "lists", "schema")

PLAIN: Final = "plain"
KNOWS_NO_C: Final = "knows no c"
"""A schema in which no flag may be "c"."""
NEEDS_MORE: Final = "needs more"
"""A schema that no account fits that there is."""

_EDITS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    PLAIN: (),
    "one more index": (
        (
            '    balance: int\n\n    by_name = Index("name")',
            '    balance: int\n\n    by_name = Index("name")\n    by_balance = Index("balance")',
        ),
    ),
    "another index of the same name": (
        (
            '    balance: int\n\n    by_name = Index("name")',
            '    balance: int\n\n    by_name = Index("name", "balance")',
        ),
    ),
    "another search": (
        ('SearchIndex("text", filter_fields=["list"])', 'SearchIndex("text", filter_fields=["place", "list"])'),
    ),
    "one more field": (
        ("    balance: int\n", "    balance: int\n    remark: str | Unset = UNSET\n"),
        ("from convexgen import", "from convexgen import UNSET, Unset,"),
    ),
    KNOWS_NO_C: (
        ("    kind: str\n", '    kind: Literal["a", "b"]\n'),
        ("from convexgen import", "from typing import Literal\n\nfrom convexgen import"),
    ),
    NEEDS_MORE: (("    balance: int\n", "    balance: int\n    currency: str\n"),),
}
VARIANTS: Final = tuple(_EDITS)


@cache
def program(variant: str) -> Program:
    """The program with one of the schemas."""
    package = f"simulated_{VARIANTS.index(variant)}"
    _add_package(package)
    _add_schema(f"{package}.schema", _edited(variant))
    return load_program(package, _MODULES, "camel")


def _add_package(name: str) -> None:
    package = ModuleType(name)
    package.__path__ = [str(_FOLDER)]
    sys.modules[name] = package


def _add_schema(name: str, text: str) -> None:
    spec = spec_from_loader(name, loader=None)
    assert spec is not None
    module = module_from_spec(spec)
    sys.modules[name] = module
    exec(compile(text, f"<{name}>", "exec"), module.__dict__)


def _edited(variant: str) -> str:
    text = (_FOLDER / "schema.py").read_text(encoding="utf-8")
    for before, after in _EDITS[variant]:
        assert before in text
        text = text.replace(before, after)
    return text
