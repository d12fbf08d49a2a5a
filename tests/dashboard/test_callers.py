"""Who is given the admin key unasked, and why others are not."""

from __future__ import annotations

import pytest

from convexgen.dashboard.callers import refusal

OWN = {"host": "127.0.0.1:3210", "origin": "http://127.0.0.1:3210", "sec-fetch-site": "same-origin"}


def called(host: str) -> dict[str, str]:
    return {**OWN, "host": host, "origin": f"http://{host}"}


@pytest.mark.parametrize(
    "host", ["127.0.0.1:3210", "localhost:3210", "localhost", "127.0.0.2:80", "[::1]:3210", "[::1]"]
)
def test_the_page_of_this_machine_is_given_it(host: str) -> None:
    assert refusal(called(host), "127.0.0.1") is None


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example:3210",  # a name that was made to stand for this machine
        "127.0.0.1.evil.example",
        "localhost.evil.example:3210",
        "evil.example#localhost",
        "192.168.0.7:3210",
        "0.0.0.0:3210",
        "[::]:3210",
        "[fe80::1]:3210",
        "2130706433:3210",
    ],
)
def test_other_names_are_refused(host: str) -> None:
    assert refusal(called(host), "127.0.0.1") == "it does not call this machine by a name of its own, such as localhost"


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", ""])
def test_other_pages_are_refused(site: str) -> None:
    assert refusal({**OWN, "sec-fetch-site": site}, "127.0.0.1") == "it does not come from the dashboard"


@pytest.mark.parametrize("origin", ["null", "http://localhost:3210", "https://127.0.0.1:3210", "http://127.0.0.1:80"])
def test_other_origins_are_refused(origin: str) -> None:
    assert refusal({**OWN, "origin": origin}, "127.0.0.1") == "it does not come from the dashboard"


@pytest.mark.parametrize("missing", ["origin", "sec-fetch-site"])
def test_what_browsers_say_is_needed(missing: str) -> None:
    headers = {name: value for name, value in OWN.items() if name != missing}

    assert refusal(headers, "127.0.0.1") == "it does not come from the dashboard"


@pytest.mark.parametrize("client", [None, "192.168.0.7", "8.8.8.8", "fe80::1"])
def test_other_machines_are_refused(client: str | None) -> None:
    assert refusal(OWN, client) == "it does not come from this machine"


@pytest.mark.parametrize("header", ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"])
def test_what_proxies_pass_on_is_refused(header: str) -> None:
    assert refusal({**OWN, header: "x"}, "127.0.0.1") == "a proxy has passed it on"
