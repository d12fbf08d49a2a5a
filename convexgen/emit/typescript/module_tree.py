"""The nested objects that `api` and `internal` are: a module's functions stand beside the modules below it."""

from __future__ import annotations

from dataclasses import dataclass, field

from convexgen.emit.typescript import jsdoc
from convexgen.emit.typescript.text import key


@dataclass(slots=True)
class ModuleTree:
    """A module, a folder, or both at once (`a.py` beside `a/`)."""

    doc: str = ""
    functions: str = ""
    below: dict[str, ModuleTree] = field(default_factory=dict)

    def add(self, wire: str, doc: str, functions: str) -> None:
        """Puts a module where its wire path says."""
        node = self
        for part in wire.split("/"):
            node = node.below.setdefault(part, ModuleTree())
        node.doc = doc
        node.functions = functions

    def object_type(self, indent: int = 0) -> str:
        """The type of the object, starting where the caller stands."""
        if not self.functions and not self.below:
            return "{}"
        inner = " " * (indent + 2)
        modules = [
            f"{tree.comment(indent + 2)}{inner}{key(name)}: {tree.object_type(indent + 2)};\n"
            for name, tree in self.below.items()
        ]
        return f"{{\n{self.functions}{''.join(modules)}{' ' * indent}}}"

    def comment(self, indent: int) -> str:
        """The first paragraph of the module's docstring: enough to know what the module is about."""
        return jsdoc.block(jsdoc.summary(self.doc), [], indent)
