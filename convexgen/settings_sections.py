"""What may stand in `[tool.convexgen]`, for pydantic to validate. `settings_file` tells what it finds wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Discriminator, Field, ValidationError

from convexgen.naming import Naming
from convexgen.settings import (
    AllowedChange,
    BreakingSettings,
    ChangeSeverity,
    FileType,
    Output,
    OutputVisibility,
    PythonOutput,
    Settings,
    SpecFormat,
    SpecOutput,
    TypeScriptOutput,
    kebab,
    normal_path,
)
from convexgen.toml_places import KeyPath

__all__ = ["ValidationError", "known_keys", "settings_of"]


class _Section(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", alias_generator=kebab)


class _OutputSection(_Section):
    path: str = Field(min_length=1)
    include: tuple[str, ...] = Field((), strict=False)
    exclude: tuple[str, ...] = Field((), strict=False)


class _TypeScriptSection(_OutputSection):
    kind: Literal["typescript"]
    file_type: FileType = "dts-js"
    visibility: OutputVisibility = "all"


class _PythonSection(_OutputSection):
    kind: Literal["python"]
    visibility: OutputVisibility = "public"


class _SpecSection(_OutputSection):
    kind: Literal["spec"]
    path: str = Field(min_length=1, pattern=r"\.json$")
    format: SpecFormat = "function-spec"
    visibility: OutputVisibility = "all"


_AnyOutput: TypeAlias = Annotated[_TypeScriptSection | _PythonSection | _SpecSection, Discriminator("kind")]


_Selectors: TypeAlias = Annotated[tuple[str, ...], Field(strict=False)]


class _AllowedChangeSection(_Section):
    rule: str
    change: str = Field(min_length=1)
    until: date
    reason: str = Field(min_length=1)


class _BreakingSection(_Section):
    severities: dict[str, ChangeSeverity] = {}
    allow: list[_AllowedChangeSection] = []


class _SettingsSection(_Section):
    source: str = Field("backend", min_length=1)
    naming: Naming = "camel"
    outputs: list[_AnyOutput] = []
    select: _Selectors | None = None
    extend_select: _Selectors = ()
    ignore: _Selectors = ()
    per_file_ignores: dict[str, _Selectors] = {}
    breaking: _BreakingSection = _BreakingSection()


_SECTIONS: dict[str, type[_Section]] = {
    "typescript": _TypeScriptSection,
    "python": _PythonSection,
    "spec": _SpecSection,
}


def settings_of(values: Mapping[str, Any]) -> Settings:
    """The settings that these values of a file mean. Raises `ValidationError`."""
    return _settings(_SettingsSection.model_validate(values))


def known_keys(place: KeyPath, values: Mapping[str, Any]) -> list[str]:
    """The keys that may stand where the last of `place` stands."""
    section: type[_Section] = _SettingsSection
    if place[0] == "breaking":
        section = _BreakingSection if len(place) == 2 else _AllowedChangeSection
    elif len(place) == 3:
        section = _SECTIONS[values["outputs"][place[1]]["kind"]]
    return [kebab(name) for name in section.model_fields]


def _settings(model: _SettingsSection) -> Settings:
    return Settings(
        normal_path(model.source),
        model.naming,
        tuple(_output(output) for output in model.outputs),
        model.select,
        model.extend_select,
        model.ignore,
        tuple(model.per_file_ignores.items()),
        _breaking(model.breaking),
    )


def _breaking(model: _BreakingSection) -> BreakingSettings:
    allow = (AllowedChange(each.rule, each.change, each.until, each.reason) for each in model.allow)
    return BreakingSettings(tuple(sorted(model.severities.items())), tuple(allow))


def _output(model: _TypeScriptSection | _PythonSection | _SpecSection) -> Output:
    path = normal_path(model.path)
    match model:
        case _TypeScriptSection():
            return TypeScriptOutput(path, model.file_type, model.include, model.exclude, model.visibility)
        case _PythonSection():
            return PythonOutput(path, model.include, model.exclude, model.visibility)
        case _SpecSection():
            return SpecOutput(path, model.format, model.include, model.exclude, model.visibility)
