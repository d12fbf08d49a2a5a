"""What makes a generated file recognisable: the marker says that it is ours, the seal that nobody has edited it.

The seal is a fingerprint of the text itself, so it needs neither a manifest beside the files nor a clock, and a file
that was checked out with CRLF line ends still carries a good one.
"""

from __future__ import annotations

import re
from hashlib import blake2b

from convexgen.emit.contract import MARKER, SEAL

_HEAD_LENGTH = 2000
"""Characters from the top within which the marker stands, so that a mention of it further down means nothing."""

_SEALED_MARKER = re.compile(re.escape(MARKER) + r" <([^<>\n]*)>")


def seal(text: str) -> str:
    """`text` with the zeros of the first `SEAL` replaced by the fingerprint of `text`.

    A text without a `SEAL` comes back as it is.
    """
    return text.replace(SEAL, f"<{_fingerprint(text)}>", 1)


def is_ours(text: str) -> bool:
    """Whether convexgen wrote this file (somebody may have edited it since)."""
    return _marker(text) is not None


def is_edited(text: str) -> bool:
    """Whether a file of ours no longer says what we wrote. False for a file that is not ours."""
    found = _marker(text)
    if found is None:
        return False
    unsealed = text[: found.start(1)] + SEAL[1:-1] + text[found.end(1) :]
    return _fingerprint(unsealed) != found.group(1)


def _marker(text: str) -> re.Match[str] | None:
    return _SEALED_MARKER.search(text, 0, _HEAD_LENGTH)


def _fingerprint(text: str) -> str:
    normalised = text.replace("\r\n", "\n") if "\r" in text else text
    return blake2b(normalised.encode()).hexdigest()[:16]
