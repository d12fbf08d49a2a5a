"""The routes of administrators: what they answer, and that nobody else gets in."""

from __future__ import annotations

import pytest

from convexgen.runtime.auth.issuers import InvalidAuthConfigError
from convexgen.runtime.calls import Success
from convexgen.runtime.commits import DeployInProgressError
from convexgen.runtime.server.admin_api import AdminApi
from convexgen.runtime.server.app import application
from convexgen.runtime.server.authorization import Access
from convexgen.runtime.server.function_logs import FunctionLogs, LoggedCall
from convexgen.runtime.server.runs import FunctionRuns
from convexgen.runtime.variables import Changes, changed
from tests.runtime.server.conftest import ABOUT, ADMIN_KEY, Client

ADMIN = {"Authorization": f"Convex {ADMIN_KEY}"}
VARIABLES = "/api/convexgen/variables"
UPDATE = "/api/update_environment_variables"
LOGS = "/api/stream_function_logs"


class Deployment:
    """Keeps variables. `refusal` is raised instead of changing any."""

    def __init__(self) -> None:
        self.variables: dict[str, str] = {"A": "1"}
        self.refusal: Exception | None = None

    def change(self, changes: Changes) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.variables = changed(self.variables, changes)


@pytest.fixture
def deployment() -> Deployment:
    return Deployment()


@pytest.fixture
def logs() -> FunctionLogs:
    return FunctionLogs(lambda: 2000.0)


@pytest.fixture
def client(deployment: Deployment, logs: FunctionLogs, runs: FunctionRuns) -> Client:
    api = AdminApi(Access(ADMIN_KEY), runs, logs, lambda: deployment.variables, deployment.change)
    return Client(application(ABOUT, api.routes()))


def test_a_key_can_be_checked(client: Client) -> None:
    found = client.get("/api/check_admin_key", headers=ADMIN)
    assert found.json() == {"success": True, "allowedOps": [], "isReadOnly": False}


def test_variables_are_changed_and_told(client: Client, deployment: Deployment) -> None:
    changes = [{"name": "A", "value": None}, {"name": "B", "value": "é\n"}]
    found = client.post(UPDATE, json={"changes": changes}, headers=ADMIN)
    assert (found.status_code, found.content) == (200, b"")
    assert deployment.variables == {"B": "é\n"}
    told = client.get(VARIABLES, headers=ADMIN)
    assert (told.json(), told.headers["cache-control"]) == ({"variables": {"B": "é\n"}}, "no-store")


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        (b"[]", "BadJsonBody", "The request cannot be understood: it is not an object."),
        (b"{}", "BadJsonBody", "The request cannot be understood: `changes` is no list."),
        (b'{"changes":[1]}', "BadJsonBody", "The request cannot be understood: one of `changes` is no {name, value}."),
        (
            b'{"changes":[{"name":"A"}]}',
            "BadJsonBody",
            "The request cannot be understood: one of `changes` is no {name, value}.",
        ),
        (
            b'{"changes":[{"name":"A","value":1}]}',
            "BadJsonBody",
            "The request cannot be understood: one of `changes` is no {name, value}.",
        ),
        (
            b'{"changes":[{"name":"A","value":"1"},{"name":"A","value":null}]}',
            "BadJsonBody",
            "The request cannot be understood: `changes` has 'A' twice.",
        ),
        (
            b'{"changes":[{"name":"B","value":"1"},{"name":"A B","value":"1"}]}',
            "InvalidEnvVarName",
            "'A B' is no name of a variable: it has letters, digits and '_', at most 40, and begins with no digit.",
        ),
    ],
)
def test_changes_that_make_no_sense(
    client: Client, deployment: Deployment, body: bytes, code: str, message: str
) -> None:
    found = client.post(UPDATE, content=body, headers=ADMIN)
    assert (found.status_code, found.json()) == (400, {"code": code, "message": message})
    assert deployment.variables == {"A": "1"}


@pytest.mark.parametrize(
    ("refusal", "status", "code", "message"),
    [
        (InvalidAuthConfigError("auth_config.py needs A"), 400, "InvalidAuthConfig", "auth_config.py needs A."),
        (DeployInProgressError("another one has"), 409, "DeployInProgress", "Another one has."),
    ],
)
def test_changes_that_are_refused(
    client: Client, deployment: Deployment, refusal: Exception, status: int, code: str, message: str
) -> None:
    deployment.refusal = refusal
    found = client.post(UPDATE, json={"changes": []}, headers=ADMIN)
    assert (found.status_code, found.json()) == (status, {"code": code, "message": message})


def test_a_body_that_is_too_large_is_refused(client: Client) -> None:
    found = client.post(UPDATE, content=b" " * (16 * 2**20 + 2001), headers=ADMIN)
    assert (found.status_code, found.json()["code"]) == (413, "RequestTooLarge")


def test_logs_are_told(client: Client, logs: FunctionLogs) -> None:
    assert client.get(LOGS, headers=ADMIN).json() == {"entries": [], "newCursor": 2000.0}
    logs.add(LoggedCall("a:b", "query", Success(None), 0.5, "00112233aabbccdd", 3000.0))
    found = client.get(f"{LOGS}?cursor=2000.0", headers=ADMIN).json()
    assert ([each["identifier"] for each in found["entries"]], found["newCursor"]) == (["a:b"], 3000.0)


@pytest.mark.parametrize("cursor", ["", "x", "-1", "nan", "inf"])
def test_what_is_no_cursor(client: Client, cursor: str) -> None:
    found = client.get(f"{LOGS}?cursor={cursor}", headers=ADMIN)
    message = f"{cursor!r} is no cursor: it is a number, 0 at first."
    assert (found.status_code, found.json()) == (400, {"code": "InvalidCursor", "message": message})


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/api/check_admin_key"), ("GET", VARIABLES), ("POST", UPDATE), ("GET", LOGS)],
)
@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 403, "BadDeployKey"),
        ({"Authorization": "Convex local|wrong"}, 401, "BadAdminKey"),
        ({"Authorization": "Bearer x.y.z"}, 401, "NoAuthProvider"),
    ],
)
def test_nobody_else_gets_in(
    client: Client, deployment: Deployment, method: str, path: str, headers: dict[str, str], status: int, code: str
) -> None:
    body = b'{"changes":[{"name":"A","value":"2"}]}'
    found = client.request(method, path, headers=headers, content=body)
    assert (found.status_code, found.json()["code"]) == (status, code)
    assert deployment.variables == {"A": "1"}


def test_the_official_command_line_is_not_sent_back_to_try_again(client: Client) -> None:
    found = client.post("/api/deploy2/start_push", headers={"Convex-Client": "npm-cli-1.48.0"})
    message = "This backend has no /api/deploy2/start_push: it runs Python."
    assert (found.status_code, found.json()) == (400, {"code": "NotSupported", "message": message})
    assert client.post("/api/deploy2/start_push").status_code == 404
