"""`convexgen dev`: the loop of `watch`, with a backend that runs what it finds good."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from convexgen.cli.generate import generate_project
from convexgen.cli.ongoing import collect_garbage
from convexgen.cli.project import open_project
from convexgen.cli.serving import RefusalError, collect_lines, number_of, open_backend, port_for, tell
from convexgen.cli.streams import CLEAN, FINDINGS, INTERRUPTED, UNREADABLE, say
from convexgen.cli.watch import remembering_planner, settings_reader, shower
from convexgen.dashboard.routes import PATH as DASHBOARD
from convexgen.dev.backend import Backend
from convexgen.dev.data_folder import DEFAULT, DataFolder
from convexgen.dev.reloading import Reloading
from convexgen.discover import cache_folder, discover, find_project
from convexgen.runtime.server.serving import PortTakenError
from convexgen.settings import Settings
from convexgen.snapshot import Snapshot
from convexgen.typecheck.step_checks import StepChecks
from convexgen.watch import Hooks
from convexgen.watch import watch as loop

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for beside the project. `data` None: a folder of the project."""

    port: int
    site_port: int
    data: Path | None
    types: bool
    poll: bool


class Ports(NamedTuple):
    """What is ours while the command runs: where clients connect, and where HTTP actions are reached."""

    api: socket.socket
    site: socket.socket


def dev(directory: Path, overrides: dict[str, str], wishes: Wishes) -> int:
    """Runs until it is interrupted."""
    collect_garbage()
    root = find_project(directory.resolve())
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with ExitStack() as opened:
        collect_lines(opened)
        try:
            ports = Ports(
                port_for(HOST, wishes.port, "--port", opened),
                port_for(HOST, wishes.site_port, "--site-port", opened),
            )
            folder = DataFolder(wishes.data or root / DEFAULT)
            backend = open_backend(folder, tell, opened)
            return _serve(root, overrides, wishes, backend, folder, ports)
        except RefusalError as refusal:
            say(f"Error: {refusal}")
            return UNREADABLE


def dev_once(directory: Path, overrides: dict[str, str], wishes: Wishes) -> int:
    """Writes the clients, loads the functions and holds the data against the schema: one step of the loop."""
    began = time.perf_counter()
    project = open_project(directory, overrides)
    code = generate_project(project, directory, began)
    if code != CLEAN or project.settings is None:
        return code
    with ExitStack() as opened:
        collect_lines(opened)
        try:
            backend = open_backend(DataFolder(wishes.data or project.root / DEFAULT), tell, opened)
        except RefusalError as refusal:
            say(f"Error: {refusal}")
            return UNREADABLE
        snapshot = discover(project.root, project.settings)
        good = Reloading(project.root, backend, say).go_live(project.settings, snapshot)
    say("The functions load, and the data fit the schema." if good else "Nothing went live.")
    return CLEAN if good else FINDINGS


def _serve(
    root: Path, overrides: dict[str, str], wishes: Wishes, backend: Backend, folder: DataFolder, ports: Ports
) -> int:
    checks = StepChecks(root, cache_folder(root, os.environ) / "mypy-watch")
    reloading = Reloading(root, backend, say)
    hooks = Hooks(
        settings_reader(root, overrides),
        remembering_planner(),
        checks.check if wishes.types else None,
        shower(root),
        say,
        _reloader(reloading, backend, folder, ports),
    )
    backend.on_variables = reloading.try_again
    say(f"watching {root}; press Ctrl-C to stop")
    try:
        loop(root, hooks, poll=wishes.poll)
    except KeyboardInterrupt:
        say("stopped")
    finally:
        checks.close()
        folder.serves_no_more()
    return INTERRUPTED


def _reloader(
    reloading: Reloading, backend: Backend, folder: DataFolder, ports: Ports
) -> Callable[[Settings, Snapshot], str]:
    def go_live(settings: Settings, snapshot: Snapshot) -> str:
        good = reloading.go_live(settings, snapshot)
        if good is None:
            return ""
        if backend.is_serving:
            if good:
                return "reloaded"
            return "the functions from before go on" if backend.is_live else "no functions are live yet"
        if not good and not reloading.lacks_variables:
            return "nothing is served yet"
        try:
            backend.serve(*ports)
        except PortTakenError:
            raise RefusalError(f"port {number_of(ports.api)} or {number_of(ports.site)} was taken meanwhile.") from None
        url = f"http://{HOST}:{number_of(ports.api)}"
        folder.serving_at(url)
        serving = "serving" if good else "no functions are live yet; serving"
        return f"{serving} {url}, dashboard {url}{DASHBOARD}, HTTP actions http://{HOST}:{number_of(ports.site)}"

    return go_live
