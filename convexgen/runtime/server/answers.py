"""What HTTP clients are told of a call: the same shape whether it succeeded or failed, and 200 for both."""

from __future__ import annotations

from starlette.responses import Response

from convexgen.authoring.unset import Unset
from convexgen.runtime.calls import Disclosure, Outcome, Success, client_log_lines, client_message
from convexgen.runtime.server.requests import Writer
from convexgen.runtime.values import Json


def answer(outcome: Outcome, write: Writer, request_id: str, disclosure: Disclosure) -> dict[str, Json]:
    """`{status: "success", value, logLines?}` or `{status: "error", errorMessage, errorData?, logLines?}`."""
    said: dict[str, Json]
    if isinstance(outcome, Success):
        said = {"status": "success", "value": write(outcome.value)}
    else:
        said = {"status": "error", "errorMessage": client_message(outcome, request_id, disclosure)}
        if not isinstance(outcome.data, Unset):
            said["errorData"] = write(outcome.data)
    log_lines = client_log_lines(outcome, disclosure)
    return {**said, "logLines": list(log_lines)} if log_lines else said


def json_response(text: str) -> Response:
    return Response(text, media_type="application/json")
