"""An OpenID Connect issuer on a port of this machine: discovery, keys that change, and many ways to be broken."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from tests.runtime.auth.signing import Signer, jwks

DISCOVERY = "/.well-known/openid-configuration"
KEYS = "/keys"


@dataclass
class Answer:
    content: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})


class LocalIssuer:
    """Serves as long as it is a context. `answers` by path may be changed at any time; `asked` are paths in order."""

    def __init__(self, *signers: Signer) -> None:
        self.asked: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        about = {"issuer": self.url, "jwks_uri": f"{self.url}{KEYS}"}
        self.answers = {DISCOVERY: Answer(json.dumps(about).encode())}
        self.rotate(*signers)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    def rotate(self, *signers: Signer) -> None:
        """Have these keys from now on."""
        self.answers[KEYS] = Answer(jwks(*signers))

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.asked.append(self.path)
                answer = issuer.answers.get(self.path, Answer(status=404))
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

            def log_message(self, format: str, *args: Any) -> None:
                del format, args

        return Handler

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
