"""How a request is refused that no function can be blamed for: a status, and a code for programs beside the text."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from convexgen.runtime.engine.contract import EngineError
from convexgen.runtime.values import write_json

INTERNAL = "InternalServerError"
_INTERNAL_TEXT = "Your request couldn't be completed. Try again later."


class RequestError(Exception):
    """A request that is not carried out. Clients print code and message, so both are always there."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}

    def response(self) -> Response:
        body = write_json({"code": self.code, "message": self.message})
        return Response(body, self.status, self.headers, "application/json")


def internal_error() -> RequestError:
    """What is said of a mistake of ours: nothing that could give away a secret."""
    return RequestError(500, INTERNAL, _INTERNAL_TEXT)


def overloaded(message: str) -> RequestError:
    """For what was not even begun. The same request will do later."""
    return RequestError(503, "TooManyConcurrentRequests", message)


def of_engine(error: EngineError) -> RequestError:
    """What a client hears of a call that came to nothing."""
    return internal_error() if error.code == INTERNAL else RequestError(503, error.code, str(error))
