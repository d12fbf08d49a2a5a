"""JSON as text, always the same for the same value: what lies under every format of the specification."""

from __future__ import annotations

import json
import re
from typing import TypeAlias

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"
JsonObject: TypeAlias = dict[str, Json]

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def json_text(value: Json) -> str:
    """`value` indented by two spaces, keys in the order given, one newline at the end.

    Letters outside ASCII stand as they are; half of a surrogate pair, which UTF-8 cannot hold, is escaped.
    """
    text = json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False)
    return _LONE_SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"
