"""The routes of imports and exports, asked without a network: what they answer, and whom they refuse."""

from __future__ import annotations

from typing import Any

import pytest

from convexgen.runtime.server import transfer_api
from convexgen.runtime.server.app import application
from convexgen.runtime.server.authorization import Access
from convexgen.runtime.server.transfer_api import TransferApi
from convexgen.runtime.transfer import records
from tests.runtime.server.conftest import ABOUT, ADMIN_KEY, Client
from tests.runtime.transfer.conftest import Place, unzipped

ADMIN = {"Authorization": f"Convex {ADMIN_KEY}"}
WANTED = {"tableName": "people", "mode": "append", "format": "jsonLines"}


@pytest.fixture
def client(place: Place) -> Client:
    return Client(application(ABOUT, TransferApi(place.transfers, Access(ADMIN_KEY)).routes()))


def post(client: Client, path: str, body: Any = None, content: bytes | None = None) -> tuple[int, Any]:
    response = client.request("POST", path, headers=ADMIN, json=body, content=content)
    return response.status_code, response.json()


def started(client: Client) -> str:
    return str(post(client, "/api/import/start_upload")[1]["uploadToken"])


def test_an_import_as_the_official_command_line_asks_for_it(client: Client, place: Place) -> None:
    token = started(client)
    parts = [
        post(client, f"/api/import/upload_part?uploadToken={token}&partNumber={number}", content=content)[1]
        for number, content in ((1, b'{"name": "Ann"}\n{"na'), (2, b'me": "Bob"}'))
    ]
    status, answer = post(
        client, "/api/import/finish_upload", {"import": WANTED, "uploadToken": token, "partTokens": parts}
    )
    assert (status, list(answer)) == (200, ["importId"])
    place.wait_for(lambda: place.state(answer["importId"])["state"] == "waiting_for_confirmation")

    assert post(client, "/api/perform_import", {"importId": answer["importId"]}) == (200, None)

    assert place.ended(answer["importId"])["state"] == "completed"
    assert place.names == ["Ann", "Bob"]


def test_an_export_as_the_official_command_line_asks_for_it(client: Client, place: Place) -> None:
    place.add("Ann")

    assert post(client, "/api/export/request/zip?includeStorage=true") == (200, None)
    place.wait_for(lambda: place.latest_export()["state"] == "completed")
    snapshot = place.latest_export()["start_ts"]
    assert isinstance(snapshot, int)
    response = client.get(f"/api/export/zip/{snapshot}", headers=ADMIN)

    assert response.status_code == 200
    assert response.headers["content-disposition"] == f"attachment; filename=snapshot_{snapshot}.zip"
    assert b'"name":"Ann"' in unzipped(response.content)["people/documents.jsonl"]


ROUTES = [
    ("POST", "/api/import/start_upload"),
    ("POST", "/api/import/upload_part"),
    ("POST", "/api/import/finish_upload"),
    ("POST", "/api/perform_import"),
    ("POST", "/api/export/request/zip"),
    ("GET", "/api/export/zip/1"),
]


def test_these_are_all_routes(place: Place) -> None:
    routes = TransferApi(place.transfers, Access(ADMIN_KEY)).routes()
    assert [route.path for route in routes] == [  # type: ignore[attr-defined]
        path.replace("/zip/1", "/zip/{snapshot}") for _, path in ROUTES
    ]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_everybody_else_is_refused(client: Client, place: Place, method: str, path: str) -> None:
    before = place.engine.latest

    nobody, stranger = (
        client.request(method, path),
        client.request(method, path, headers={"Authorization": "Convex local|wrong"}),
    )

    assert (nobody.status_code, nobody.json()) == (
        403,
        {"code": "BadDeployKey", "message": "Only an administrator may do this, with an admin key."},
    )
    assert (stranger.status_code, stranger.json()["code"]) == (401, "BadAdminKey")
    assert place.engine.latest == before


@pytest.mark.parametrize("number", ["", "0", "-1", "x", "10001", "99999999", "1/../2", "\u0661"])
def test_parts_have_numbers(client: Client, number: str) -> None:
    path = f"/api/import/upload_part?uploadToken={started(client)}&partNumber={number}"

    status, answer = post(client, path, content=b"x")

    assert (status, answer["code"]) in ((400, "InvalidPartNumber"), (400, "InvalidUpload"))


def test_a_part_that_is_too_large_is_refused(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer_api, "MAXIMUM_PART", 10)
    path = f"/api/import/upload_part?uploadToken={started(client)}&partNumber=1"

    assert post(client, path, content=b"x" * 11) == (
        413,
        {"code": "RequestTooLarge", "message": "A request may have 10 bytes at most."},
    )


@pytest.mark.parametrize("token", ["", "..", "../../etc", "0" * 32, "%00"])
def test_uploads_have_tokens(client: Client, token: str) -> None:
    refusal = {"code": "InvalidUpload", "message": "There is no such upload, or it has ended."}
    path = f"/api/import/upload_part?uploadToken={token}&partNumber=1"
    body = {"import": WANTED, "uploadToken": token, "partTokens": []}

    assert post(client, path, content=b"x") == (400, refusal)
    assert post(client, "/api/import/finish_upload", body) == (400, refusal)


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        ({"format": "xml"}, "BadJsonBody", "`format` is none of csv, jsonLines, jsonArray, zip"),
        ({"mode": "merge"}, "BadJsonBody", "`mode` is none of requireEmpty, append, replace, replaceAll"),
        ({"format": "zip"}, "BadJsonBody", "a zip file names its tables itself"),
        ({"tableName": None}, "BadJsonBody", "`tableName` is needed for jsonLines"),
        ({"tableName": 5}, "BadJsonBody", "`tableName` is no text"),
        ({"componentPath": "x"}, "ComponentNotFound", "This program has no components"),
    ],
)
def test_what_nobody_can_import(client: Client, change: dict[str, Any], code: str, message: str) -> None:
    body = {"import": WANTED | change, "uploadToken": started(client), "partTokens": []}

    status, answer = post(client, "/api/import/finish_upload", body)

    whole = f"The request cannot be understood: {message}." if code == "BadJsonBody" else f"{message}."
    assert (status, answer) == (400, {"code": code, "message": whole})


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("/api/import/finish_upload", {}, "it is no {import, uploadToken, partTokens}"),
        (
            "/api/import/finish_upload",
            {"import": {}, "uploadToken": "x", "partTokens": [1]},
            "`partTokens` are not those that were given for parts",
        ),
        ("/api/perform_import", {}, "there is no `importId`"),
    ],
)
def test_bodies_that_say_nothing(client: Client, path: str, body: Any, message: str) -> None:
    refusal = {"code": "BadJsonBody", "message": f"The request cannot be understood: {message}."}
    assert post(client, path, body) == (400, refusal)


def test_imports_and_exports_that_are_not_there(client: Client, place: Place) -> None:
    assert post(client, "/api/perform_import", {"importId": "nobody"}) == (
        400,
        {"code": "InvalidImport", "message": "There is no such import."},
    )
    for asked in ("1", "x", "..%2F..%2Fdata", "9" * 30):
        response = client.get(f"/api/export/zip/{asked}", headers=ADMIN)
        assert (response.status_code, response.json()["code"]) in ((404, "ExportNotFound"), (404, "NotFound"))
    place.engine.system(lambda system: records.add_export(system, files=False))
    assert post(client, "/api/export/request/zip") == (
        400,
        {"code": "ExportInProgress", "message": "Another export is going on; wait until it is completed."},
    )
