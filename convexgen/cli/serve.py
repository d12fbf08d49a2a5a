"""`convexgen serve`: a backend for the public. It watches nothing; what it serves comes by `convexgen deploy`."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from convexgen.cli.ongoing import collect_garbage
from convexgen.cli.serving import RefusalError, collect_lines, number_of, open_backend, port_for, tell
from convexgen.cli.streams import CLEAN, UNREADABLE, say
from convexgen.dev.backend import Front
from convexgen.dev.data_folder import DataFolder
from convexgen.dev.told_engine import FinishedCall
from convexgen.production.access_log import AccessLog, Answered
from convexgen.production.bundle import InvalidBundleError
from convexgen.production.deploy_api import DeployApi
from convexgen.production.deployer import Deployer
from convexgen.production.metrics import Metrics
from convexgen.production.releases import Releases
from convexgen.runtime.engine.contract import EngineError
from convexgen.runtime.server.serving import PortTakenError
from convexgen.runtime.store import StoreClosedError, StoreError


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for. `origin`: where clients find this server, if not at its port."""

    host: str
    port: int
    site_port: int
    data: Path
    origin: str | None
    access_log: bool


def serve(wishes: Wishes) -> int:
    """Runs until it is told to stop, which is no failure, or can write no more, which starting it again may mend."""
    collect_garbage()
    stopping = threading.Event()
    lost: list[StoreClosedError] = []

    def stop_for(error: StoreClosedError) -> None:
        lost.append(error)
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    folder = DataFolder(wishes.data)
    with ExitStack() as opened:
        collect_lines(opened)
        try:
            ports = (
                port_for(wishes.host, wishes.port, "--port", opened),
                port_for(wishes.host, wishes.site_port, "--site-port", opened),
            )
            metrics = Metrics(lambda path: backend.has_function(path), lambda: backend.health())  # noqa: PLW0108 (no backend yet)
            backend = open_backend(folder, _teller(metrics), opened, "data")
            backend.on_lost = stop_for
            deployer = Deployer(backend, Releases(folder.path))
            if not deployer.start(say):
                raise RefusalError(f"what was deployed to {folder.path} can no longer be served")
            backend.serve(*ports, _front(wishes, deployer, metrics))
        except PortTakenError:
            say(f"Error: port {wishes.port} or {wishes.site_port} was taken meanwhile.")
            return UNREADABLE
        except (RefusalError, OSError, InvalidBundleError, StoreError, EngineError) as refusal:
            say(f"Error: {str(refusal).rstrip('.')}.")
            return UNREADABLE
        url = f"http://{wishes.host}:{number_of(ports[0])}"
        folder.serving_at(url)
        opened.callback(folder.serves_no_more)
        say(f"serving {url}, HTTP actions http://{wishes.host}:{number_of(ports[1])}")
        say(f"the admin key, for `convexgen deploy --url {wishes.origin or url}`, is in {folder.path / 'admin-key'}")
        stopping.wait()
        for error in lost:
            say(f"Error: {error}.")
        say("stopping")
    return UNREADABLE if lost else CLEAN


def _front(wishes: Wishes, deployer: Deployer, metrics: Metrics) -> Front:
    def tell(request: Answered) -> None:
        metrics.answered(request)
        if wishes.access_log:
            say(f"{_now()} {request.line}")

    return Front(
        wishes.origin,
        lambda access: [*DeployApi(deployer, access).routes(), metrics.route(access)],
        lambda app: AccessLog(app, tell),
    )


def _teller(metrics: Metrics) -> Callable[[FinishedCall], None]:
    def told(call: FinishedCall) -> None:
        metrics.finished(call)
        tell(call, f"{_now()} ")

    return told


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
