"""Our hooks in the configuration of pre-commit, for `init --pre-commit`: added to what is there, touching none of it.

Pure. The hooks are those of `.pre-commit-hooks.yaml`, installed from the package index in the version that is running.
"""

from __future__ import annotations

import json
import re
from typing import Any

from convexgen.cli import VERSION

CONFIG = ".pre-commit-config.yaml"

_HOOKS = (
    ("convexgen-generate", "convexgen generate", ()),
    ("convexgen-check", "convexgen check --against-index", ("--no-types",)),
)
_FILES = r"(^|/)pyproject\.toml$|\.(py|js|ts|json)$"
_OURS = re.compile(r"\bid: *['\"]?convexgen-")
_REPOS = re.compile(r"^repos:[ \t]*(?P<empty>\[[ \t]*\])?[ \t]*(?:#.*)?\r?$", re.MULTILINE)
_ITEM = re.compile(r"^(?P<indent> *)- ", re.MULTILINE)
_CONTENT = re.compile(r"^[ \t]*[^\s#].*\n?", re.MULTILINE)
_NEXT_KEY = re.compile(r"^(?:[^\s#-]|---|\.\.\.)", re.MULTILINE)


def has_hooks(config: str) -> bool:
    return _OURS.search(config) is not None


def entry(project: str) -> str:
    """The entry of `repos`, not indented. `project` leads from the top of the repository to the project: `app/`."""
    lines = ["- repo: local", "  hooks:"]
    for name, command, arguments in _HOOKS:
        words = [*arguments, *(["-C", project.rstrip("/")] if project else [])]
        lines += [
            f"    - id: {name}",
            f"      name: {name.replace('-', ' ')}",
            f"      entry: {command}",
            *([f"      args: {json.dumps(words, ensure_ascii=False)}"] if words else []),
            "      language: python",
            f"      additional_dependencies: [convexgen=={VERSION}]",
            f"      files: {_FILES}",
            "      pass_filenames: false",
            "      require_serial: true",
        ]
    return "".join(f"{line}\n" for line in lines)


def with_hooks(config: str | None, project: str) -> str | None:
    """A configuration that also has our hooks, at the end of `repos`. None where that cannot be done for certain.

    `config` is None where there is none yet. The result says what it said before, and our entry, and nothing else.
    """
    added = entry(project)
    if config is None:
        return f"repos:\n{_indented(added, '  ')}"
    changed = _inserted(config, added)
    return changed if changed is not None and _adds_only(config, changed, added) else None


def _inserted(config: str, added: str) -> str | None:
    repos = _REPOS.search(config)
    if repos is None:
        return None
    line_end = "\r\n" if "\r\n" in config else "\n"
    if repos["empty"]:
        head, rest = config[: repos.start("empty")].rstrip(" "), config[repos.end("empty") :]
        comment, newline, rest = rest.partition("\n")
        before, after, indent = head + comment.rstrip("\r") + (line_end if newline else ""), rest, "  "
    else:
        end = _NEXT_KEY.search(config, repos.end() + 1)
        block = config[repos.end() : end.start() if end else None]
        contents = list(_CONTENT.finditer(block))
        place = repos.end() + (contents[-1].end() if contents else 1)
        first = _ITEM.search(block)
        before, after, indent = config[:place], config[place:], first["indent"] if first else "  "
    gap = "" if before.endswith("\n") else line_end
    return before + gap + _indented(added, indent).replace("\n", line_end) + after


def _adds_only(config: str, changed: str, added: str) -> bool:
    """Whether a YAML parser finds the same in both, but for our entry at the end of `repos`."""
    import yaml  # noqa: PLC0415 - loaded by need

    try:
        before: Any = yaml.safe_load(config)
        expected = {**before, "repos": [*(before["repos"] or []), *yaml.safe_load(added)]}
        return bool(yaml.safe_load(changed) == expected)
    except (yaml.YAMLError, TypeError, KeyError):
        return False


def _indented(lines: str, indent: str) -> str:
    return "".join(f"{indent}{line}\n" for line in lines.splitlines())
