"""Which classes an HTTP action may name for its request and its response."""

from __future__ import annotations

import pytest

from tests.analysis.test_mistakes import told

ACTION = """\
from convexgen import ActionCtx, http_action
{imports}


@http_action
async def hook(ctx: ActionCtx, request: {request}) -> {response}: ...
"""


@pytest.mark.parametrize(
    ("imports", "request_", "response"),
    [
        ("from convexgen import Request, Response", "Request", "Response"),
        (
            "from starlette.requests import Request\nfrom starlette.responses import JSONResponse",
            "Request",
            "JSONResponse",
        ),
        ("from fastapi import Request, Response", "Request", "Response"),
        ("import fastapi", "fastapi.Request", "fastapi.Response"),
        ("from fastapi.requests import Request\nfrom fastapi.responses import HTMLResponse", "Request", "HTMLResponse"),
    ],
)
def test_the_classes_of_starlette_by_any_name(imports: str, request_: str, response: str) -> None:
    assert told({"hooks.py": ACTION.format(imports=imports, request=request_, response=response)}) == ""


def test_other_classes_of_fastapi_are_none() -> None:
    source = ACTION.format(imports="from fastapi import Body, FastAPI", request="Body", response="FastAPI")
    assert [line for line in told({"hooks.py": source}).splitlines() if "CG" in line] == [
        "backend/hooks.py: ⟦Body⟧ CG311 http-signature: an HTTP action takes a `Request`, not `Body`",
        "backend/hooks.py: ⟦FastAPI⟧ CG311 http-signature: an HTTP action gives a `Response`, not `FastAPI`",
    ]
