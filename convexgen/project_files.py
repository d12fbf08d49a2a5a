"""Which files make up a project, told from their paths alone: so that a disk and a tree of git are read alike.

Whoever walks folders asks about each name and folder and need not enter those that hold nothing; whoever has a list of
whole paths asks about each path. The answers are the same.
"""

from __future__ import annotations

from typing import NamedTuple

from convexgen.settings import Settings, SpecOutput

PYPROJECT = "pyproject.toml"
GENERATED = "_generated"


class ProjectFiles(NamedTuple):
    """Where the files of a project lie: the functions folder, the output folders, the outputs that are single files."""

    source: str
    folders: frozenset[str]
    single: frozenset[str]

    @classmethod
    def of(cls, settings: Settings) -> ProjectFiles:
        single = frozenset(output.path for output in settings.all_outputs if isinstance(output, SpecOutput))
        folders = frozenset(output.path for output in settings.all_outputs if not isinstance(output, SpecOutput))
        return cls(settings.source, folders, single)

    def ends_sources(self, folder: str) -> bool:
        """Whether a folder below the functions folder is the end of the sources: generated files lie in it."""
        return folder in self.folders or folder.endswith(f"/{GENERATED}")

    def is_source(self, path: str) -> bool:
        names = _below(self.source, path)
        if not names or not is_source_name(names[-1]):
            return False
        ends = range(1, len(names))
        return not any(self.ends_sources("/".join((self.source, *names[:end]))) for end in ends)

    def is_output(self, path: str) -> bool:
        """Whether a file lies where outputs go, whoever wrote it."""
        if path in self.single:
            return True
        return any((names := _below(folder, path)) and is_output_name(names[-1]) for folder in self.folders)


def is_listed(name: str) -> bool:
    """Whether a file or folder of this name is looked at: hidden things and compiled modules are not."""
    return not name.startswith(".") and name != "__pycache__"


def is_source_name(name: str) -> bool:
    return name.endswith(".py") and not name.startswith("test_") and name != "conftest.py"


def is_output_name(name: str) -> bool:
    return not name.endswith((".pyc", ".pyo"))


def _below(folder: str, path: str) -> list[str]:
    """The names that lead from a folder to a path in it; empty if it is not in there or on the way something hides."""
    if not path.startswith(f"{folder}/"):
        return []
    names = path[len(folder) + 1 :].split("/")
    return names if all(is_listed(name) for name in names) else []
