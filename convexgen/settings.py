"""What the user may set, as one plain value. How it is read and validated: `settings_file`.

Kept free of pydantic so that a command that finds its answer in the cache need not import it.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from typing import Literal, TypeAlias

from convexgen.naming import Naming

FileType = Literal["dts-js", "ts"]
OutputVisibility = Literal["public", "all"]
SpecFormat = Literal["ir", "function-spec", "schema"]


@dataclass(frozen=True, slots=True)
class TypeScriptOutput:
    """`_generated/` for the npm client: a folder. `include` and `exclude` are globs over wire module paths."""

    path: str
    file_type: FileType = "dts-js"
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    visibility: OutputVisibility = "all"


@dataclass(frozen=True, slots=True)
class PythonOutput:
    """The typed Python client: a folder that is a package."""

    path: str
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    visibility: OutputVisibility = "public"


@dataclass(frozen=True, slots=True)
class SpecOutput:
    """One JSON file that other tools read."""

    path: str
    format: SpecFormat = "function-spec"
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    visibility: OutputVisibility = "all"


def kebab(name: str) -> str:
    """A key as settings files spell it."""
    return name.replace("_", "-")


def normal_path(path: str) -> str:
    """`path` in the one form in which paths are compared: `/` between parts, nothing doubled, no `.`."""
    return posixpath.normpath(path.replace("\\", "/"))


Output: TypeAlias = TypeScriptOutput | PythonOutput | SpecOutput


def is_shown(wire: str, output: Output) -> bool:
    """Whether the globs of `output` let the module at this wire path through."""
    included = not output.include or any(fnmatchcase(wire, pattern) for pattern in output.include)
    return included and not any(fnmatchcase(wire, pattern) for pattern in output.exclude)


ChangeSeverity = Literal["breaking", "dangerous", "safe"]


@dataclass(frozen=True, slots=True)
class AllowedChange:
    """A change since the baseline that is permitted up to and including the day `until`.

    `rule` is the name of a rule, `change` what it is about as the finding says it (`"messages.send args limit"`).
    """

    rule: str
    change: str
    until: date
    reason: str


@dataclass(frozen=True, slots=True)
class BreakingSettings:
    """What `convexgen breaking` is told: severities by the name of the rule, and changes that are permitted."""

    severities: tuple[tuple[str, ChangeSeverity], ...] = ()
    allow: tuple[AllowedChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """`source` is the functions folder. All paths are relative to the project's root and use `/`.

    `outputs` left empty stands for the two that every project wants: TypeScript in `<source>/_generated` and the Python
    client in `<source>/_generated/client`.

    The others say which findings are told, by selectors: names of rules, codes, beginnings of codes, or `ALL`. `select`
    left None stands for the rules that are on by default; `per_file_ignores` are by globs over paths.
    """

    source: str = "backend"
    naming: Naming = "camel"
    outputs: tuple[Output, ...] = ()
    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    breaking: BreakingSettings = BreakingSettings()

    @property
    def all_outputs(self) -> tuple[Output, ...]:
        return self.outputs or (
            TypeScriptOutput(f"{self.source}/_generated"),
            PythonOutput(f"{self.source}/_generated/client"),
        )
