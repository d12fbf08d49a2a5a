"""Loading a program again and again while its files are edited, beside the one that is running.

A load imports those modules anew that have changed, and those that import them, directly or not: everything of the
project, in the functions folder or out of it, but no installed library. Other modules stay the objects that they are.
If anything is raised, `sys.modules` is as it was, and the program before goes on.

While a load runs, functions of the program before that import something at that very moment may get either of both.
"""

from __future__ import annotations

import importlib
import linecache
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Final

from convexgen.authoring.tables import Table, table_of
from convexgen.authoring.wire import codec
from convexgen.naming import Naming
from convexgen.runtime.program.failures import error_text
from convexgen.runtime.program.frames import frames_of
from convexgen.runtime.program.live import Program
from convexgen.runtime.program.loading import load_program
from convexgen.runtime.program.project_modules import ProjectModules, Source

_MISSING: Final = object()


class LoadError(Exception):
    """A program that could not be loaded. `text` has the error with the frames of users' code.

    `file`, below the project's root, and `line` say where, as far as that is known.
    """

    def __init__(self, text: str, file: str | None, line: int | None) -> None:
        super().__init__(text)
        self.text = text
        self.file = file
        self.line = line


class Loader:
    """Loads the programs of one functions folder, which can be imported as `package` from `root`.

    Life cycle: `load` as often as files change, from one thread at a time; `close` forgets the modules.
    """

    def __init__(self, root: Path, package: str, naming: Naming) -> None:
        self._root = root.resolve()
        self._package = package
        self._naming: Naming = naming
        self._modules = ProjectModules(self._root)

    def load(self, names: Iterable[str]) -> Program:
        """The program of the files as they are now. `names` are the modules of the folder. Raises `LoadError`."""
        program, finder, _ = self._import(names)
        self._modules = finder
        codec.cache_clear()  # which would keep the classes of all programs there have been
        return program

    def rehearse(self, names: Iterable[str]) -> Program:
        """What `load` would give, with all modules left as they were. Raises `LoadError`."""
        program, _, before = self._import(names)
        before.put_back()
        codec.cache_clear()
        return program

    def _import(self, names: Iterable[str]) -> tuple[Program, ProjectModules, _Imported]:
        finder = ProjectModules(self._root)
        stale = _stale(self._modules.sources)
        finder.sources.update((name, each) for name, each in self._modules.sources.items() if name not in stale)
        before = _Imported(finder)
        for name in before.modules:
            if name in stale or name not in finder.sources:
                del sys.modules[name]
        try:
            with _finding(finder, self._root):
                return load_program(self._package, names, self._naming), finder, before
        except BaseException as error:
            before.put_back()
            if isinstance(error, KeyboardInterrupt):
                raise
            raise self._told(error) from error

    def close(self) -> None:
        """Forget the modules, as if they had never been imported. A program that is running goes on."""
        for name in _Imported(self._modules).modules:  # packages without an `__init__.py` too, which are no sources
            sys.modules.pop(name, None)
        self._modules = ProjectModules(self._root)
        codec.cache_clear()

    def _told(self, error: BaseException) -> LoadError:
        linecache.checkcache()
        text = error_text(error).removeprefix("Uncaught ")
        if isinstance(error, SyntaxError) and error.filename is not None:
            file = Path(error.filename)
            return LoadError(text, self._below_root(file), error.lineno)
        frames = frames_of(error.__traceback__)
        return LoadError(text, frames[0].file, frames[0].line) if frames else LoadError(text, None, None)

    def _below_root(self, file: Path) -> str:
        return file.relative_to(self._root).as_posix() if file.is_relative_to(self._root) else file.name


class _Imported:
    """The modules of the project that are imported, and what they are to the packages around them."""

    def __init__(self, finder: ProjectModules) -> None:
        self._finder = finder
        self.modules = {name: module for name, module in list(sys.modules.items()) if self._is_ours(module)}
        self._bound = [
            (parent, child, vars(parent).get(child, _MISSING))
            for name in self.modules
            for package, _, child in [name.rpartition(".")]
            if (parent := self.modules.get(package)) is not None
        ]

    def put_back(self) -> None:
        for name, module in list(sys.modules.items()):
            if self._is_ours(module) and self.modules.get(name) is not module:
                del sys.modules[name]
                parent = self.modules.get(name.rpartition(".")[0])
                if parent is not None:
                    vars(parent).pop(name.rpartition(".")[2], None)
        sys.modules.update(self.modules)
        for parent, child, bound in self._bound:
            if bound is not _MISSING:
                setattr(parent, child, bound)

    def _is_ours(self, module: ModuleType | None) -> bool:
        spec = getattr(module, "__spec__", None)
        if getattr(module, "__name__", "") == "__main__" or spec is None:
            return False
        origin = spec.origin or next(iter(spec.submodule_search_locations or ()), None)
        return origin is not None and self._finder.has(origin)


def _stale(sources: Mapping[str, Source]) -> set[str]:
    """The modules that have changed or gone, and all that import them.

    The module of a table goes with those of its variants, because a table knows its variants.
    """
    waiting = [name for name, source in sources.items() if not source.is_current]
    importers: dict[str, set[str]] = {}
    for name, source in sources.items():
        for imported in source.imports:
            importers.setdefault(imported, set()).add(name)
    for variant, table in _variants():
        importers.setdefault(variant, set()).add(table)
    stale: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in sources and name not in stale:
            stale.add(name)
            waiting.extend(importers.get(name, ()))
    return stale


def _variants() -> Iterator[tuple[str, str]]:
    """The modules of variants, each with that of its table."""
    waiting: list[type[Table]] = [Table]
    while waiting:
        for cls in type.__subclasses__(waiting.pop()):
            waiting.append(cls)
            if cls.__declaration__.role == "variant":
                yield cls.__module__, table_of(cls).__module__


@contextmanager
def _finding(finder: ProjectModules, root: Path) -> Iterator[None]:
    """Import through `finder`. The root stays on Python's path, for what functions import while they run."""
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    sys.meta_path.insert(0, finder)
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
