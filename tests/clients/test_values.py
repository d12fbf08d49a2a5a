"""Every kind of value, from a program in JavaScript to Python, into the database, and back."""

from __future__ import annotations

from tests.clients.answers import MADE_BY_PYTHON
from tests.clients.backend import Backend
from tests.clients.driver import Drive
from tests.clients.programs import Programs


def test_what_comes_back_is_what_was_sent(drive: Drive, programs: Programs, backend: Backend) -> None:
    *events, over_socket, over_http = drive(programs.command("values", backend.url, "values")).until_end()

    assert len(events) == 2 * 17
    for echo, stored in zip(events[::2], events[1::2], strict=True):
        assert set(echo.value) == {"sent", "query", "mutation", "action", "overHttp"}
        sent = echo.value.pop("sent")
        assert [(way, came) for way, came in echo.value.items() if came != sent] == [], echo
        assert stored == (f"stored {echo.name}", sent)
    assert over_socket == ("made by Python", MADE_BY_PYTHON)
    assert over_http == ("made by Python, over HTTP", MADE_BY_PYTHON)
