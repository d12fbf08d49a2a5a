"""What the commands that serve have in common: ports, data, and what is said of the functions that run."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from contextlib import ExitStack

from convexgen.cli import VERSION
from convexgen.cli.streams import say
from convexgen.dev.backend import Backend
from convexgen.dev.data_folder import DataFolder
from convexgen.dev.file_contents import InvalidBucketError
from convexgen.dev.told_engine import FinishedCall
from convexgen.runtime.calls import Disclosure, Failure
from convexgen.runtime.program.logs import installed
from convexgen.runtime.server.serving import PortTakenError, take_port
from convexgen.runtime.store import StoreError


class RefusalError(Exception):
    """Why there can be no backend, in words for the user."""


def collect_lines(opened: ExitStack) -> None:
    """Let what functions print and log be theirs. Of what is logged elsewhere, warnings go to standard error."""
    elsewhere = logging.StreamHandler()
    elsewhere.setLevel(logging.WARNING)
    logging.basicConfig(format="%(message)s", level=logging.INFO, handlers=[elsewhere])
    opened.enter_context(installed())


def port_for(host: str, port: int, option: str, opened: ExitStack) -> socket.socket:
    """The port, for as long as the context lasts. Raises `RefusalError`."""
    try:
        return opened.enter_context(take_port(host, port))
    except PortTakenError:
        raise RefusalError(
            f"port {port} is taken: by another `convexgen dev`, perhaps. Choose another with {option}."
        ) from None
    except (OSError, OverflowError) as error:
        raise RefusalError(f"port {port} cannot be had: {error}. Choose another with {option}.") from None


def number_of(listener: socket.socket) -> int:
    number: int = listener.getsockname()[1]
    return number


def open_backend(
    folder: DataFolder, told: Callable[[FinishedCall], None], opened: ExitStack, disclosure: Disclosure = "everything"
) -> Backend:
    """The backend of a data folder, for as long as the context lasts. Raises `RefusalError`."""
    try:
        backend = Backend(folder, f"convexgen {VERSION}", told, disclosure)
    except (StoreError, InvalidBucketError, OSError) as error:
        raise RefusalError(f"{error}.") from None
    opened.callback(backend.close)
    return backend


def tell(call: FinishedCall, before: str = "") -> None:
    """Say what a function said, and that it failed; of the others there is nothing to say."""
    lines = list(call.outcome.log_lines)
    if isinstance(call.outcome, Failure):
        lines += call.outcome.message.splitlines()
    if lines:
        first = f"{before}{call.kind} {call.path} ({call.seconds * 1000:.0f} ms)"
        say("\n".join([first, *(f"  {line}" for line in lines)]))
