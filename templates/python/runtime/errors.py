"""Everything that a call can raise. Catch `ConvexClientError` to catch all of it."""

from __future__ import annotations

from typing import Any


class ConvexClientError(Exception):
    """The base of all errors that this package raises."""


class InvalidArguments(ConvexClientError, ValueError):
    """The arguments do not fit the function's declaration; nothing was sent."""


class FunctionError(ConvexClientError):
    """The function ran and failed, or could not be run.

    `path` is the function's wire path, `message` the server's text and `log_lines`
    what the function logged until then (production deployments keep both short).
    """

    def __init__(
        self, path: str, message: str, log_lines: tuple[str, ...] = ()
    ) -> None:
        super().__init__(path, message, log_lines)
        self.path = path
        self.message = message
        self.log_lines = log_lines

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


class ConvexError(FunctionError):
    """The function raised a `ConvexError`. `data` is what it was raised with."""

    def __init__(
        self, path: str, message: str, data: Any, log_lines: tuple[str, ...] = ()
    ) -> None:
        super().__init__(path, message, log_lines)
        self.args = (path, message, data, log_lines)
        self.data = data


class NotFound(FunctionError):
    """The server has no such public function. Client and server are out of step."""


class RequestRejected(ConvexClientError):
    """The server refused the request before any function ran.

    `status` is the HTTP status, `code` the server's short name for the reason
    (empty when it gave none). 401 and 403 concern the token; 429 and 503 pass.
    """

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(status, code, message)
        self.status = status
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return " ".join(filter(None, (str(self.status), self.code, self.message)))


class ConnectionFailed(ConvexClientError, ConnectionError):
    """The server could not be reached, or the connection broke.

    A mutation or action may or may not have run.
    """


class Timeout(ConvexClientError, TimeoutError):
    """The server did not answer in time. A mutation or action may still run."""


class ProtocolError(ConvexClientError):
    """The answer is none that this client understands.

    Most often the server's functions have changed since this package was generated.
    """
