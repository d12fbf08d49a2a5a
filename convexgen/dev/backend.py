"""A backend of this machine: a store, an engine over it, and a server before it, put together and taken apart.

Life cycle: made when its data are opened; serves from the first program that goes live; `close` ends it, with nothing
lost. It is used from one thread, which is none of its own.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import SystemRandom
from secrets import token_hex
from typing import Final

from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp

from convexgen.authoring.auth import AuthConfig
from convexgen.authoring.http import HttpRouter
from convexgen.dashboard.routes import Dashboard
from convexgen.dev.data_folder import INSTANCE, DataFolder
from convexgen.dev.document_store import open_documents
from convexgen.dev.file_contents import file_contents
from convexgen.dev.http_program import HttpActions
from convexgen.dev.process_variables import ProcessVariables
from convexgen.dev.system_functions import system_functions
from convexgen.dev.told_engine import FinishedCall, ToldEngine
from convexgen.runtime.auth.issuers import trusted_issuers
from convexgen.runtime.calls import Disclosure
from convexgen.runtime.commits import Housekeeping, Progress
from convexgen.runtime.engine.contract import EngineError
from convexgen.runtime.engine.engine import Engine
from convexgen.runtime.engine.health import Health
from convexgen.runtime.engine.time_limits import Watchdog
from convexgen.runtime.files import BlobError, FileUrls
from convexgen.runtime.files.housekeeping import FileHousekeeping
from convexgen.runtime.jobs import FinishedTask, Jobs, Worker
from convexgen.runtime.program.live import Program
from convexgen.runtime.server.admin_api import AdminApi
from convexgen.runtime.server.app import About, application, with_refusals
from convexgen.runtime.server.authorization import Access
from convexgen.runtime.server.file_api import FileApi
from convexgen.runtime.server.function_logs import FunctionLogs, LoggedCall
from convexgen.runtime.server.http_actions import PREFIX, HttpActionSite, sandboxed
from convexgen.runtime.server.http_api import HttpApi
from convexgen.runtime.server.runs import FunctionRuns
from convexgen.runtime.server.serving import Serving, Site
from convexgen.runtime.server.sockets import SyncSockets
from convexgen.runtime.server.transfer_api import TransferApi
from convexgen.runtime.server.user_tokens import UserTokens
from convexgen.runtime.store import StoreClosedError, StoreError
from convexgen.runtime.system import SYSTEM_FUNCTIONS
from convexgen.runtime.system.functions import by_path
from convexgen.runtime.system.system_engine import SystemEngine
from convexgen.runtime.transfer.transfers import Transfers
from convexgen.runtime.variables import Changes

logger = logging.getLogger("convexgen.dev")

_TRANSACTION_LIMIT: Final = 15.0
_ACTION_LIMIT: Final = 600.0
"""Seconds that a query or mutation, and an action, may take."""
_HOUSEKEEPING: Final = 5.0
"""Seconds between two looks at what may be forgotten."""


@dataclass(frozen=True, slots=True)
class Front:
    """What stands before a backend. `origin` is where clients find it, if that is not the port that it listens on;
    `routes` are further ones; `around` sees all requests first.
    """

    origin: str | None = None
    routes: Callable[[Access], Sequence[BaseRoute]] = lambda _: ()
    around: Callable[[ASGIApp], ASGIApp] = lambda app: app


class Backend:
    """The backend of one data folder. `tell` hears of every call of a function, in whatever thread.

    `disclosure` says what clients learn of errors.
    """

    def __init__(
        self,
        folder: DataFolder,
        build: str,
        tell: Callable[[FinishedCall], None],
        disclosure: Disclosure = "everything",
    ) -> None:
        """Raises `StoreError` if the data cannot be opened, `OSError` for what else is in the folder, and
        `InvalidBucketError`.
        """
        folder.make()
        self._store = open_documents(folder, os.environ)
        try:
            self.admin_key = folder.admin_key()
            blobs = file_contents(folder, os.environ)
        except BaseException:
            self._store.close()
            raise
        self._build = build
        self._runs = FunctionRuns()
        self._watchdog = Watchdog(_TRANSACTION_LIMIT)
        self._engine = Engine(
            self._store,
            clock=time.time_ns,
            ids=SystemRandom(),
            time_limit=self._watchdog.limited,
            action_limit=_ACTION_LIMIT,
            offload=self._runs.in_turn,
            blobs=blobs,
            urls=FileUrls(hmac.digest(self.admin_key.encode(), b"uploads of files", "sha256")),
        )
        self._variables = ProcessVariables(os.environ)
        self._variables.put(self._engine.variables())
        self.on_variables: Callable[[], None] = lambda: None
        """Called after variables were changed, in the thread of whoever did that."""
        self.on_lost: Callable[[StoreClosedError], None] = lambda error: logger.error("%s", error)
        """Called once, in a thread of the backend's, when nothing can be written any more until the data are opened
        again.
        """
        self._going_live = threading.Lock()
        self._first_program = asyncio.Event()
        self._are_jobs_started = False
        self._tell = tell
        self._logs = FunctionLogs(_now)
        self._told = ToldEngine(self._engine, self._finished)
        self._jobs = Jobs(self._engine, tell=self._ran, on_action_loop=self._runs.on_action_loop)
        self._http = HttpActions(self._engine, _ACTION_LIMIT, self._finished)
        self._transfers = Transfers(self._engine, folder.transfers, SystemRandom())
        self._disclosure: Disclosure = disclosure
        self._tokens = UserTokens(disclosure, _now)
        self._serving: Serving | None = None
        self._closing = threading.Event()
        self._housekeeper: threading.Thread | None = None

    def go_live(self, program: Program, router: HttpRouter | None, tell: Callable[[Progress], None]) -> None:
        """Put a program in the place of the one before. `env()` of its `auth_config.py` reads this process's variables.

        Raises `InvalidAuthConfigError`, `DeployError` and `StoreError`, with the one before still live; `EngineError`
        where its crons could not be taken over.
        """
        with self._going_live:
            issuers = trusted_issuers(program.auth, os.environ)
            for progress in self._engine.deploy(program):
                tell(progress)
            self._http.router = router
            self._tokens.trust(issuers)
            self._transfers.deployed()
            if self._are_jobs_started:
                self._jobs.deployed()
            elif self._serving is not None:
                self._start_jobs()
                self._serving.call_soon(self._first_program.set)

    def rehearse(self, program: Program, tell: Callable[[Progress], None]) -> None:
        """Find out whether a program could go live. Raises what `go_live` raises."""
        trusted_issuers(program.auth, os.environ)
        for progress in self._engine.rehearse(program):
            tell(progress)

    def change_variables(self, changes: Changes) -> None:
        """Set variables for functions, or remove some. They are in `os.environ` of this process at once, over those
        that were there, and everything is asked anew.

        Raises `InvalidVariableError`, `DeployInProgressError`, `StoreError`; and `InvalidAuthConfigError`, if the
        program that is live cannot do with them. Then all stays as it was.
        """

        def accept(variables: Mapping[str, str]) -> None:
            trusted_issuers(self._auth, self._variables.with_these(variables))

        def use(variables: Mapping[str, str]) -> None:
            self._variables.put(variables)
            self._tokens.trust(trusted_issuers(self._auth, os.environ))

        with self._going_live:
            self._engine.change_variables(changes, accept, use)
        self.on_variables()

    @property
    def _auth(self) -> AuthConfig | None:
        """Whom the program that is live wants to have believed."""
        return self._engine.live().program.auth if self._engine.is_live else None

    def health(self) -> Health:
        return self._engine.health()

    def has_function(self, path: str) -> bool:
        """Whether what is live has a query, mutation or action at a canonical path."""
        return self._engine.kind(path) is not None

    @property
    def is_live(self) -> bool:
        """Whether any program is."""
        return self._engine.is_live

    @property
    def is_serving(self) -> bool:
        return self._serving is not None

    def serve(self, listener: socket.socket, site_listener: socket.socket, front: Front | None = None) -> None:
        """Let clients in, and requests to HTTP actions; run what is due, once a program is live.

        Raises `PortTakenError`, `EngineError`.
        """
        host, port = listener.getsockname()[:2]
        key_unasked = None if front else self.admin_key  # only where all clients are on this machine
        front = front or Front()
        self._engine.urls.origin = front.origin or f"http://{host}:{port}"
        access = Access(self.admin_key, self._tokens)
        site_host, site_port = site_listener.getsockname()[:2]
        site_origin = f"{front.origin}{PREFIX}" if front.origin else f"http://{site_host}:{site_port}"
        ours = system_functions(self._engine.urls.origin, site_origin, self._engine.variables)
        engine = SystemEngine(self._told, self._engine, by_path((*SYSTEM_FUNCTIONS, *ours)))
        api = HttpApi(engine, access, self._runs, self._disclosure, lambda: token_hex(8))
        sockets = SyncSockets(engine, access, self._runs, self._disclosure, _now)
        site = with_refusals(HttpActionSite(self._http, access, self._runs, self._disclosure, lambda: token_hex(8)))
        files = FileApi(self._engine.files, self._engine.urls, _now)
        admin = AdminApi(access, self._runs, self._logs, self._engine.variables, self.change_variables)
        dashboard = Dashboard(access, key_unasked, self._engine.health, lambda: sockets.count)
        routes = [
            *api.routes(),
            *files.routes(),
            *TransferApi(self._transfers, access).routes(),
            *sockets.routes(),
            *dashboard.routes(),
            *admin.routes(),
            Mount(PREFIX, sandboxed(site) if key_unasked else site),  # the dashboard has the origin of these pages
            *front.routes(access),
        ]
        app = application(About(self._build, INSTANCE), routes)

        async def leave() -> None:
            self._logs.close()
            await sockets.close()

        if self._engine.is_live:
            self._start_jobs()
            self._first_program.set()
        serving = Serving(
            [Site(front.around(app), listener), Site(front.around(site), site_listener)],
            leave,
            self._run_what_is_due,
        )
        serving.start()
        self._serving = serving
        self._housekeeper = threading.Thread(target=self._keep_house, name="convexgen housekeeping", daemon=True)
        self._housekeeper.start()

    def _start_jobs(self) -> None:
        self._jobs.start()
        self._are_jobs_started = True

    async def _run_what_is_due(self) -> None:
        await self._first_program.wait()
        await Worker(self._jobs).work()

    def close(self) -> None:
        """Let clients go, wait for what runs, and let go of the data."""
        self._closing.set()
        if self._serving is not None:
            self._serving.stop()
        self._transfers.close()
        self._runs.close()
        self._watchdog.close()
        if self._housekeeper is not None:
            self._housekeeper.join()
        self._store.close()
        self._variables.put({})

    def _finished(self, call: FinishedCall) -> None:
        self._logs.add(LoggedCall(call.path, call.kind, call.outcome, call.seconds, call.request_id, _now()))
        self._tell(call)

    def _ran(self, finished: FinishedTask) -> None:
        call = finished.call
        kind = call.kind or "mutation"  # what is not there any more is no kind of function
        self._finished(FinishedCall(call.path, kind, finished.outcome, finished.milliseconds / 1000, call.request_id))

    def _keep_house(self) -> None:
        parts = (Housekeeping(self._engine.committer), FileHousekeeping(self._engine.files))
        while not self._closing.wait(_HOUSEKEEPING):
            for housekeeping in parts if self.is_live else ():
                try:
                    while housekeeping.run(time.time_ns()) and not self._closing.wait(0.01):
                        pass
                except StoreClosedError as error:
                    self.on_lost(error)
                    return
                except (StoreError, EngineError, BlobError):
                    logger.exception("what is old could not be forgotten")


def _now() -> float:
    """Milliseconds since the epoch."""
    return time.time() * 1000
