"""Importing the modules of one project from their text as it is now, and knowing what each of them imports.

Python's own caches of bytecode go by seconds and sizes, which an edit need not change; here every module is compiled
from its text. What a module imports is read from its bytecode: also what it imports later, inside of functions.
"""

from __future__ import annotations

import dis
import sys
from collections.abc import Iterator, Sequence
from importlib.abc import MetaPathFinder, SourceLoader
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import resolve_name
from pathlib import Path
from types import CodeType, ModuleType
from typing import NamedTuple

_LIBRARIES = ("site-packages", "dist-packages")


class Source(NamedTuple):
    """The text of a module as it was imported, and the names of modules that it may import."""

    path: Path
    text: bytes
    imports: frozenset[str]

    @property
    def is_current(self) -> bool:
        try:
            return self.path.read_bytes() == self.text
        except OSError:
            return False


class ProjectModules(MetaPathFinder):
    """Finds the modules below `root` that are no installed library's, and keeps what they were made of, by name."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.sources: dict[str, Source] = {}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if path is None:
            path = [str(self._root), *sys.path]
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.origin is None or not isinstance(spec.loader, SourceFileLoader):
            return spec
        file = Path(spec.origin)
        if self.has(file):
            spec.loader = _TextLoader(self, fullname, file)
            spec.cached = None
        return spec

    def has(self, file: Path | str) -> bool:
        """Whether a file belongs to the project itself."""
        text, root = str(file), f"{self._root}/"
        return text.startswith(root) and not any(part in _LIBRARIES for part in text.removeprefix(root).split("/"))


class _TextLoader(SourceLoader):
    """Compiles one module from its text, with no cache, and says what it was."""

    def __init__(self, modules: ProjectModules, name: str, file: Path) -> None:
        self._modules = modules
        self._name = name
        self._file = file
        self._compiled: CodeType | None = None

    def get_filename(self, fullname: str) -> str:
        return str(self._file)

    def get_data(self, path: str | bytes) -> bytes:
        return Path(path if isinstance(path, str) else path.decode()).read_bytes()

    def get_code(self, fullname: str) -> CodeType:
        """Once for each loader: a module that is executed again, for its names for checkers, is the same one."""
        if self._compiled is None:
            text = self._file.read_bytes()
            self._modules.sources[self._name] = Source(self._file, text, frozenset())
            code: CodeType = self.source_to_code(text, str(self._file))
            package = self._name if self._file.name == "__init__.py" else self._name.rpartition(".")[0]
            imports = frozenset((*_parents(self._name), *_imports_in(code, package)))
            self._modules.sources[self._name] = Source(self._file, text, imports)
            self._compiled = code
        return self._compiled


def _imports_in(code: CodeType, package: str) -> Iterator[str]:
    """The names of all modules that code may import; of `from a import b`, which may be one, both are given."""
    instructions = list(dis.get_instructions(code))
    for index, each in enumerate(instructions):
        if each.opname == "IMPORT_NAME":
            level, names = (before.argval for before in instructions[index - 2 : index])
            module = str(each.argval)
            if level:
                try:
                    module = resolve_name("." * level + module, package)
                except ImportError:  # out of the top package: it will be raised when it is executed
                    continue
            yield from (*_parents(module), module, *(f"{module}.{name}" for name in names or ()))
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _imports_in(constant, package)


def _parents(name: str) -> Iterator[str]:
    while "." in name:
        name = name.rpartition(".")[0]
        yield name
