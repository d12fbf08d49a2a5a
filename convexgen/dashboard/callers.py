"""Who is given the admin key without being asked for it: the dashboard in a browser of this very machine. Pure.

A page of another origin must not get it, and not one either whose name was made to stand for this machine, after the
browser had let it in (DNS rebinding). Nor must somebody far away whose requests a proxy of this machine passes on.

Pages of the same origin do get it. Uploaded files are none, and neither is what HTTP actions answer with below `/http`:
both are shown in a sandbox.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Final

_PASSED_ON: Final = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
"""What proxies add."""


def refusal(headers: Mapping[str, str], client: str | None) -> str | None:
    """Why a request does not get the key, None if it does. `client`: the address that the connection comes from.

    Names of headers are in lower case.
    """
    host = headers.get("host", "")
    if client is None or not _is_loopback(client):
        return "it does not come from this machine"
    if not _is_loopback(_name(host)):
        return "it does not call this machine by a name of its own, such as localhost"
    if any(name in headers for name in _PASSED_ON):
        return "a proxy has passed it on"
    if headers.get("sec-fetch-site") != "same-origin" or headers.get("origin") != f"http://{host}":
        return "it does not come from the dashboard"
    return None


def _name(host: str) -> str:
    """The host without its port."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _is_loopback(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
