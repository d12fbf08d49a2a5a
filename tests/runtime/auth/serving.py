"""The program of these tests, on a port: engine, server and users, with a clock that is told the time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import ExitStack
from functools import cache
from importlib import import_module
from random import Random
from types import TracebackType
from typing import Any, Self

import httpx
from starlette.routing import Mount
from websockets.sync.client import ClientConnection, connect

from convexgen.dev.http_program import HttpActions
from convexgen.runtime.auth.issuers import TrustedIssuer, trusted_issuers
from convexgen.runtime.calls import Disclosure
from convexgen.runtime.engine.engine import Engine
from convexgen.runtime.program.live import Program
from convexgen.runtime.program.loading import load_program
from convexgen.runtime.server.app import About, application, with_refusals
from convexgen.runtime.server.authorization import Access
from convexgen.runtime.server.http_actions import PREFIX, HttpActionSite
from convexgen.runtime.server.http_api import HttpApi
from convexgen.runtime.server.runs import FunctionRuns
from convexgen.runtime.server.serving import Serving, Site, take_port
from convexgen.runtime.server.sockets import SyncSockets
from convexgen.runtime.server.user_tokens import UserTokens
from convexgen.runtime.store.memory_store import MemoryStore
from tests.runtime.auth.issuing import LocalIssuer
from tests.runtime.auth.signing import Signer

PACKAGE = "tests.runtime.auth.backend"
ADMIN_KEY = "local|0123abcd"
REQUEST_ID = "00112233aabbccdd"
DEADLINE = 20
KEY = Signer("RS256")


@cache
def program() -> Program:
    return load_program(PACKAGE, ["schema", "users", "http", "auth_config"], "camel")


class Served:
    """Serves as long as it is a context. `now`: milliseconds since the epoch."""

    def __init__(self, issuer: LocalIssuer, disclosure: Disclosure = "everything") -> None:
        self.now = 1_800_000_000_000.0
        self.issuer = issuer
        self.runs = FunctionRuns(workers=2)
        engine = Engine(
            MemoryStore(), clock=lambda: int(self.now * 1_000_000), ids=Random(1), offload=self.runs.in_turn
        )
        for _ in engine.deploy(program()):
            pass
        self.tokens = UserTokens(disclosure, lambda: self.now)
        self.trust(trusted_issuers(program().auth, {"ISSUER": issuer.url, "JWKS": "data:application/json,{}"}))
        access = Access(ADMIN_KEY, self.tokens)
        actions = HttpActions(engine, 10, lambda call: None)
        actions.router = import_module(f"{PACKAGE}.http").http
        sockets = SyncSockets(engine, access, self.runs, disclosure, lambda: self.now)
        site = with_refusals(HttpActionSite(actions, access, self.runs, disclosure, lambda: REQUEST_ID))
        api = HttpApi(engine, access, self.runs, disclosure, lambda: REQUEST_ID)
        app = application(About("test", "local"), [*api.routes(), *sockets.routes(), Mount(PREFIX, site)])
        listener = take_port("127.0.0.1", 0)
        self.address = f"127.0.0.1:{listener.getsockname()[1]}"
        self._clients = ExitStack()
        self._serving = Serving([Site(app, listener)], sockets.close)

    def trust(self, issuers: Sequence[TrustedIssuer]) -> None:
        self.tokens.trust(issuers)

    def token(self, name: str = "ann", *, signer: Signer = KEY, **claims: Any) -> str:
        """A token that is good for a minute."""
        sure = {"iss": self.issuer.url, "sub": name, "name": name, "aud": "app", "exp": self.now / 1000 + 60}
        return signer.token({**sure, **claims})

    def call(self, kind: str, path: str, token: str | None = None) -> httpx.Response:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        body = {"path": path, "args": {}}
        return httpx.post(f"http://{self.address}/api/{kind}", json=body, headers=headers, trust_env=False)

    def get(self, path: str, **headers: str) -> httpx.Response:
        return httpx.get(f"http://{self.address}{path}", headers=headers, trust_env=False)

    def client(self) -> Client:
        opening = connect(f"ws://{self.address}/api/sync", open_timeout=DEADLINE, proxy=None)
        return Client(self._clients.enter_context(opening))

    def __enter__(self) -> Self:
        self._serving.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._clients.close()
        self._serving.stop()
        self.runs.close()


class Client:
    """A client that has said hello, and says no more than it is told to."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        session = "6f6cb00a-9813-4c6a-8ccd-871ec5a6485c"
        self.say("Connect", sessionId=session, connectionCount=0, lastCloseReason="InitialConnect")

    def say(self, kind: str, **fields: Any) -> None:
        self.socket.send(json.dumps({"type": kind, **fields}))

    def follow(self, *paths: str) -> None:
        added = [{"type": "Add", "queryId": number, "udfPath": path, "args": [{}]} for number, path in enumerate(paths)]
        self.say("ModifyQuerySet", baseVersion=0, newVersion=1, modifications=added)

    def sign_in(self, token: str | None, base: int = 0) -> None:
        if token is None:
            self.say("Authenticate", baseVersion=base, tokenType="None")
        else:
            self.say("Authenticate", baseVersion=base, tokenType="User", value=token)

    def hear(self) -> dict[str, Any]:
        heard: dict[str, Any] = json.loads(self.socket.recv(DEADLINE))
        return heard

    def transition(self) -> tuple[int, dict[int, Any]]:
        """The next message: the version of the identity that it leads to, and the values it brings."""
        heard = self.hear()
        assert heard["type"] == "Transition", heard
        return heard["endVersion"]["identity"], {each["queryId"]: each["value"] for each in heard["modifications"]}
