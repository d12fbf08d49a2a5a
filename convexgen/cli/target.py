"""Which backend a command is for: the one that is named, or that which runs on the data folder of the project."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from convexgen.cli.streams import UNREADABLE, say
from convexgen.dev.calling import CallError, UnreachableError
from convexgen.dev.data_folder import DEFAULT, DataFolder, RunningBackend
from convexgen.discover import find_project


@dataclass(frozen=True, slots=True)
class Target:
    """What the command line says: the backend at `url`, or that of the project in `directory`."""

    directory: Path
    url: str | None
    admin_key: str | None
    data: Path | None

    @property
    def folder(self) -> DataFolder:
        """The data folder of the project."""
        return DataFolder(self.data or find_project(self.directory.resolve()) / DEFAULT)


def backend_of(target: Target) -> RunningBackend | None:
    """The backend; or None, which is told."""
    if target.url is not None:
        return named_backend(target.url, target.admin_key)
    folder = target.folder
    found = folder.running()
    if found is None:
        say(f"Error: no backend is running on {folder.path}.")
        say("Start it with `convexgen dev`, or name another with --url and --admin-key.")
    return found


def named_backend(url: str, admin_key: str | None) -> RunningBackend | None:
    """The backend at an address; or None where there is no key for it, which is told."""
    if admin_key is not None:
        return RunningBackend(url, admin_key)
    say(f"Error: {url} wants the key of an administrator.")
    say("Name it with --admin-key, or in the environment variable CONVEX_SELF_HOSTED_ADMIN_KEY.")
    return None


def refuse(error: CallError, target: Target) -> int:
    """Tell why the backend was not asked, or has not answered."""
    say(f"Error: {error}.")
    if isinstance(error, UnreachableError) and target.url is None:
        say("Start the backend with `convexgen dev`, or name another with --url and --admin-key.")
    return UNREADABLE
