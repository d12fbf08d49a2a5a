"""Programs that a user could have written, as source text: correct, in the whole language, in many manners.

A program has modules of types, a schema (a module or a package), views, functions, routes and cron jobs; each module
imports from the others, and from outside, in a manner of its own. What is written is meant to be right: there is
nothing in it for the reader to object to.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hypothesis import strategies as st

from convexgen.naming import Naming
from convexgen.settings import Settings
from convexgen.snapshot import Snapshot
from convexgen.source import SourceFile
from tests.strategies.declaration_text import DeclarationWriter
from tests.strategies.function_text import FunctionWriter, write_crons, write_http
from tests.strategies.module_text import PACKAGE, Choices, ModuleText
from tests.strategies.schema_text import write_schema, write_views
from tests.strategies.type_text import DOCS, Declared

_TYPE_NAMES = ("Alpha", "Beta", "Gamma", "Delta", "Epsilon", "Zeta")
_FUNCTION_MODULES = ("messages", "admin.user_settings", "items_")


@dataclass(frozen=True, slots=True)
class Program:
    """Source texts by path below the project's root, and the naming that they are to be read with."""

    files: dict[str, str]
    naming: Naming = "camel"

    @property
    def settings(self) -> Settings:
        return Settings(source=PACKAGE, naming=self.naming)

    def snapshot(self) -> Snapshot:
        sources = (SourceFile.of(path, text.encode()) for path, text in sorted(self.files.items()))
        return Snapshot(tuple(sources), {})

    def write(self, root: Path) -> None:
        """Write the files below `root`."""
        for path, text in self.files.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8", newline="")


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """Whole correct programs."""
    choices = Choices(draw)
    modules: list[ModuleText] = []
    known: list[Declared] = []
    for name in choices.some(("_types", "shared.kinds"), 1):
        module = _module(choices, name)
        module.exports_all = choices.seldom()
        writer = DeclarationWriter(module, known)
        for number in range(choices.number(1, 4)):
            writer.any(f"{_TYPE_NAMES[number]}{'Kind' if name == 'shared.kinds' else ''}")
        known += writer.declared
        modules.append(module)
    schema, tables = write_schema(choices, known)
    known += tables
    modules += schema
    if choices.seldom(2):
        module = _module(choices, "_views")
        known += write_views(module, known)
        modules.append(module)
    functions: list[FunctionWriter] = []
    for name in choices.some(_FUNCTION_MODULES, 1):
        module = _module(choices, name, checks_types=True)
        functions.append(FunctionWriter(module, known))
        functions[-1].write()
        modules.append(module)
    if choices.seldom(3):
        modules.append(write_http(_module(choices, "http"), functions))
    if choices.seldom(3):
        modules.append(write_crons(_module(choices, "crons"), functions))
    files = {f"{PACKAGE}/__init__.py": ""} | {module.path: module.text() for module in modules}
    return Program(files, choices.one(("camel", "preserve")))


def _module(choices: Choices, name: str, *, checks_types: bool = False) -> ModuleText:
    module = ModuleText(choices, name, checks_types=checks_types)
    module.doc = choices.one(DOCS)
    return module
