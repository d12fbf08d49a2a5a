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
_EMPTY = re.compile(r"^(repos:)[ \t]*\[[ \t]*\]", re.MULTILINE)
_REPOS = re.compile(r"^repos:[ \t]*(?:#.*)?\r?$", re.MULTILINE)
_ITEM = re.compile(r"^(?P<indent> *)- ", re.MULTILINE)
_CONTENT = re.compile(r"^[ \t]*[^\s#].*\n?", re.MULTILINE)
_NEXT_KEY = re.compile(r"^(?:[^\s#-]|---|\.\.\.)", re.MULTILINE)


def has_hooks(config: str, project: str) -> bool:
    """Whether a configuration runs any hook of ours for this project. False for one that cannot be read."""
    import yaml  # noqa: PLC0415 - loaded by need

    try:
        hooks = [hook for repo in yaml.safe_load(config)["repos"] for hook in repo.get("hooks") or []]
        ours = [hook for hook in hooks if hook["id"].startswith("convexgen-")]
        return any(not project or project.rstrip("/") in hook.get("args", []) for hook in ours)
    except (yaml.YAMLError, TypeError, KeyError, AttributeError):
        return False


def entry(project: str) -> str:
    """The entry of `repos`, not indented. `project` leads from the top of the repository to the project: `app/`."""
    lines = ["- repo: local", "  hooks:"]
    folder = project.rstrip("/")
    for name, command, arguments in _HOOKS:
        words = [*arguments, *(["-C", folder] if folder else [])]
        title = " ".join([*name.split("-"), *([f"in {folder}"] if folder else [])])
        lines += [
            f"    - id: {name}",
            f"      name: {json.dumps(title, ensure_ascii=False) if folder else title}",
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
    """The text with our entry after the last line of `repos` that says anything, whatever YAML makes of that."""
    config = _EMPTY.sub(r"\1", config, count=1)
    repos = _REPOS.search(config)
    if repos is None:
        return None
    end = _NEXT_KEY.search(config, repos.end() + 1)
    block = config[repos.end() : end.start() if end else None]
    contents, first = list(_CONTENT.finditer(block)), _ITEM.search(block)
    place = repos.end() + (contents[-1].end() if contents else 1)
    line_end = "\r\n" if "\r\n" in config else "\n"
    gap = "" if config[:place].endswith("\n") else line_end
    lines = _indented(added, first["indent"] if first else "  ").replace("\n", line_end)
    return config[:place] + gap + lines + config[place:]


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
