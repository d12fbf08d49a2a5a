"""Variables that administrators set for the functions of a deployment: what they may be, and how they are kept. Pure.

They are kept whole under one name of the store's metadata, so that they can be set before any program is live.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final, TypeAlias

METADATA: Final = "variables"
"""Under this name they lie in the store."""

MAXIMUM: Final = 1000
"""Variables of a deployment."""
MAXIMUM_SIZE: Final = 8 * 2**10
"""Bytes of a value."""

Changes: TypeAlias = Mapping[str, str | None]
"""New values by name; None for what is to be removed."""

_is_name = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}").fullmatch


class InvalidVariableError(ValueError):
    """What no variable can be. `code` is for programs."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


def changed(variables: Mapping[str, str], changes: Changes) -> dict[str, str]:
    """The variables after some changes, by name. To remove one that there is not does no harm.

    Raises `InvalidVariableError`.
    """
    for name, value in changes.items():
        _check(name, value)
    removed = {name for name, value in changes.items() if value is None}
    together = {**variables, **{name: value for name, value in changes.items() if value is not None}}
    kept = {name: together[name] for name in sorted(together) if name not in removed}
    if len(kept) > MAXIMUM:
        raise InvalidVariableError("TooManyEnvVars", f"a deployment has {MAXIMUM} variables at most")
    return kept


def _check(name: str, value: str | None) -> None:
    if not _is_name(name):
        raise InvalidVariableError(
            "InvalidEnvVarName",
            f"{name!a} is no name of a variable: it has letters, digits and '_', at most 40, and begins with no digit",
        )
    if value is None:
        return
    if len(value.encode()) > MAXIMUM_SIZE:
        raise InvalidVariableError("EnvVarTooLarge", f"the value of {name} is longer than {MAXIMUM_SIZE} bytes")
    if "\0" in value:
        raise InvalidVariableError("InvalidEnvVarValue", f"the value of {name} has a null character in it")


def write_variables(variables: Mapping[str, str]) -> bytes:
    return json.dumps(variables, sort_keys=True, separators=(",", ":")).encode()


def read_variables(kept: bytes | None) -> dict[str, str]:
    """What `write_variables` has written; none where nothing was."""
    return {} if kept is None else json.loads(kept)
