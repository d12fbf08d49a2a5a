"""What makes a generated file recognisable: the marker says that it is ours, the seal that nobody has edited it.

The seal is a fingerprint of the text itself, so it needs neither a manifest beside the files nor a clock, and a file
that was checked out with CRLF line ends still carries a good one. A merge that two branches left unresolved breaks it,
which is nobody's edit: such a file is ours if either branch's half of it is, and only needs to be written again.
"""

from __future__ import annotations

import re
from hashlib import blake2b

from convexgen.emit.contract import MARKER, SEAL

_HEAD_LENGTH = 2000
"""Characters from the top within which the marker stands, so that a mention of it further down means nothing."""

_ZEROS = SEAL[1:-1]
_SEALED_MARKER = re.compile(re.escape(MARKER) + r" <([^<>\n]*)>")

CONFLICT = "<<<<<<<"
"""What git writes at the beginning of a line where a conflict begins."""
_CONFLICT = re.compile(
    rf"^{CONFLICT}.*\n(?P<one>(?s:.*?))"
    r"(?:^\|{7}.*\n(?s:.*?))?"  # what both branches began with, if git is set to show it
    r"^={7}\r?\n(?P<other>(?s:.*?))^>{7}.*$",
    re.MULTILINE,
)


def seal(text: str) -> str:
    """`text` with the zeros in its marker replaced by its fingerprint.

    A text without a marker near its top, or one that is sealed already, comes back as it is.
    """
    found = _marker(text)
    if found is None or found[1] != _ZEROS:
        return text
    return _with_fingerprint(text, found, _fingerprint(text))


def is_ours(text: str) -> bool:
    """Whether convexgen wrote this file (somebody may have edited it since, or a merge have mixed it with another)."""
    return _marker(text) is not None or any(_marker(version) is not None for version in _versions(text))


def is_edited(text: str) -> bool:
    """Whether somebody changed what we wrote. False for a file that is not ours, and for an unresolved merge."""
    found = _marker(text)
    if found is None or _CONFLICT.search(text):
        return False
    return _fingerprint(_with_fingerprint(text, found, _ZEROS)) != found[1]


def _versions(text: str) -> tuple[str, ...]:
    """The two texts of which a merge made this one; none if it is no unresolved merge."""
    if CONFLICT not in text or not _CONFLICT.search(text):
        return ()
    return _CONFLICT.sub(r"\g<one>", text), _CONFLICT.sub(r"\g<other>", text)


def _marker(text: str) -> re.Match[str] | None:
    return _SEALED_MARKER.search(text, 0, _HEAD_LENGTH)


def _with_fingerprint(text: str, marker: re.Match[str], fingerprint: str) -> str:
    return text[: marker.start(1)] + fingerprint + text[marker.end(1) :]


def _fingerprint(text: str) -> str:
    normalised = text.replace("\r\n", "\n") if "\r" in text else text
    return blake2b(normalised.encode(errors="surrogatepass")).hexdigest()[:16]
