"""A small real HTTP server that speaks the calls of a Convex deployment, for tests to drive the client against."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Received:
    """A request as it came in."""

    address: str
    headers: dict[str, str]
    body: str

    @property
    def args(self) -> Any:
        return json.loads(self.body)["args"]


@dataclass
class Deployment:
    """A server that answers every call with the `answer` set last; it keeps what it was asked in `received`."""

    url: str = ""
    status: int = 200
    answer: str = '{"status":"success","value":null}'
    received: list[Received] = field(default_factory=list)
    answering: threading.Event = field(default_factory=threading.Event)
    """Answers wait until this is set, which it is at first."""
    together: threading.Barrier | None = None
    """Answers wait until as many requests have come in as this asks for."""

    def succeed(self, value: object, **rest: object) -> None:
        self.status, self.answer = 200, json.dumps({"status": "success", "value": value, **rest})

    def fail(self, message: str, **rest: object) -> None:
        self.status, self.answer = 200, json.dumps({"status": "error", "errorMessage": message, **rest})

    def refuse(self, status: int, answer: str) -> None:
        self.status, self.answer = status, answer

    @property
    def last(self) -> Received:
        return self.received[-1]


@contextmanager
def serving() -> Iterator[Deployment]:
    """A deployment on a free port of this machine."""
    deployment = Deployment()
    deployment.answering.set()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            deployment.received.append(Received(self.path, dict(self.headers.items()), body))
            deployment.answering.wait()
            if deployment.together is not None:
                deployment.together.wait(timeout=20)
            answer = deployment.answer.encode()
            self.send_response(deployment.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is printed."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.handle_error = lambda request, client_address: None  # type: ignore[method-assign]
        deployment.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield deployment
        finally:
            deployment.answering.set()
            server.shutdown()
            thread.join()
