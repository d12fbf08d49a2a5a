"""The npm client for HTTP: one request for each call, and queries at one moment in time."""

from __future__ import annotations

from tests.clients.answers import REFUSED, kind_and_data
from tests.clients.backend import Backend
from tests.clients.driver import Drive
from tests.clients.programs import Programs


def test_everything_that_it_has(drive: Drive, programs: Programs, backend: Backend) -> None:
    ada = {"name": "Ada", "tokenIdentifier": "https://issuer.test|ada"}
    driver = drive(programs.command("http", backend.url, "http", backend.admin_key))

    assert [(event.name, *kind_and_data(event)) for event in driver.until_end()] == [
        ("query", 0),
        ("mutation", 2),
        ("in the order they were sent", [3, 5]),
        ("at once", [6, 7]),
        ("action", [7, 8]),
        ("consistent", 8),
        ("still consistent", 8),
        ("latest", 9),
        ("refused query", "ConvexError", REFUSED),
        ("refused mutation", "ConvexError", REFUSED),
        ("refused action", "ConvexError", REFUSED),
        ("broken query", "Error"),
        ("broken mutation", "Error"),
        ("broken action", "Error"),
        ("undone", "ConvexError", {"code": "limit", "count": 110, "limit": 100}),
        ("missing", "Error"),
        ("wrong argument", "Error"),
        ("latest", 9),
        ("page", [10, 20]),
        ("page", [40, 50]),
        ("page", []),
        ("visitor", None),
        ("person", ada),
        ("person", ada),
        ("person", ada),
        ("internal", "internal"),
        ("log", "[CONVEX M(talking:sayInMutation)] [INFO] 'said at length'"),
        ("log", "[CONVEX M(talking:sayInMutation)] [WARN] 'said, perhaps'"),
        ("log", "[CONVEX M(talking:sayInMutation)] [ERROR] 'said!'"),
        ("log", "[CONVEX M(talking:sayAndBreak)] [LOG] 'said'"),
        ("broken", "Error"),
    ]
