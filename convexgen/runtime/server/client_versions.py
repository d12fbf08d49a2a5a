"""Which clients there are no answers for: those too old to speak the protocol, and those who say nothing sensible."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from convexgen.runtime.server.problems import RequestError
from convexgen.runtime.sync import ClientVersion

_NUMBER = r"(0|[1-9][0-9]{0,8})"
_SEMVER = rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?"
_version = re.compile(_SEMVER).fullmatch
_client = re.compile(rf"(?P<name>[^\s]+?)-{_SEMVER}").fullmatch

Version = tuple[int, int, int]


class _Retired(NamedTuple):
    """Up to and including `version`, clients of this name are not served."""

    name: str
    version: Version
    state: str


_RETIRED: Final = (
    _Retired("npm", (0, 19, 1), "Unsupported"),
    _Retired("python", (0, 0, 2), "Unsupported"),
    _Retired("python", (0, 2, 0), "UpgradeRequired"),
)


def client(header: str) -> ClientVersion:
    """The client that a `Convex-Client` header names. Raises `RequestError` if none, or one that is too old."""
    found = _client(header)
    if found is None:
        raise RequestError(
            400, "InvalidClientVersion", f"{header!a} is not a client and its version, such as npm-1.2.3"
        )
    return _served(ClientVersion(found["name"], _numbers(found.groups()[1:])))


def npm_client(version: str) -> ClientVersion:
    """The npm client of the version that stands in its URL. Raises `RequestError`."""
    found = _version(version)
    if found is None:
        raise RequestError(400, "InvalidVersion", f"{version!a} is not a version, such as 1.2.3")
    return _served(ClientVersion("npm", _numbers(found.groups())))


def _numbers(groups: tuple[str, ...]) -> Version:
    major, minor, patch = map(int, groups)
    return major, minor, patch


def _served(client: ClientVersion) -> ClientVersion:
    for retired in _RETIRED:
        if client.name == retired.name and client.version <= retired.version:
            shown = ".".join(map(str, client.version))
            message = f"The {client.name} client {shown} is no longer supported; please update it."
            headers = {"x-convex-deprecation-state": retired.state, "x-convex-deprecation-message": message}
            raise RequestError(400, "ClientVersionUnsupported", message, headers)
    return client
