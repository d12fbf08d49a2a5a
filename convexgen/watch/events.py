"""When to take a new picture: threads that wait for the operating system and put a note into a queue.

Folders are watched, never files, so that editors which save by renaming are seen like any other. The functions folder
and the output folders are watched with all below them. The folders above these are watched by themselves: they hold
pyproject.toml, and a folder that is deleted and made again shows up there.

Life cycle: `follow` is called before every picture; when the folders to watch are no longer the same ones (compared by
identity, not by name), the old threads are told to stop and new ones start. A change that falls between a start and
the first wait of the thread would go unseen, so every thread notes the end of its first short wait too.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePath

from watchfiles import Change, watch

from convexgen.settings import Settings, SpecOutput

Identity = tuple[str, int, int]
"""Path, device and inode: a folder that was replaced by another of the same name is another."""

POLL_INTERVAL = 0.2
"""Seconds between two pictures where events do not come."""
_FIRST_WAIT = 500
"""Milliseconds after which a thread that waits notes that it does."""


@dataclass(frozen=True, slots=True)
class Folders:
    """What to watch: `deep` with everything below, `shallow` by itself."""

    deep: frozenset[Identity]
    shallow: frozenset[Identity]


@dataclass(frozen=True, slots=True)
class Failed:
    """A thread could not watch (any more)."""

    error: Exception


def folders(root: Path, settings: Settings | None) -> Folders:
    """The folders to watch for these settings, as far as they exist now."""
    deep, shallow = set[PurePath](), {PurePath()}
    settings = settings or Settings()
    for output in settings.all_outputs:
        path = PurePath(output.path)
        shallow.update(path.parents)
        if not isinstance(output, SpecOutput):
            deep.add(path)
    deep.add(PurePath(settings.source))
    shallow.update(PurePath(settings.source).parents)
    outermost = {path for path in deep if not any(parent in deep for parent in path.parents)}
    return Folders(_identities(root, outermost), _identities(root, shallow - deep))


class Watcher:
    """Calls `notify` after changes, with None or with the failure of a thread."""

    def __init__(self, notify: Callable[[Failed | None], None], *, poll: bool) -> None:
        self._notify = notify
        self._poll = poll
        self._folders: Folders | None = None
        self._stop = threading.Event()

    def follow(self, wanted: Folders) -> None:
        """Watch these folders from now on. Costs nothing when they are the ones being watched."""
        if wanted == self._folders:
            return
        self.stop()
        self._stop = threading.Event()
        self._folders = wanted
        if self._poll:
            threading.Thread(target=self._tick, args=(self._stop,), daemon=True).start()
            return
        for identities, recursive in ((wanted.deep, True), (wanted.shallow, False)):
            if identities:
                paths = sorted(path for path, _, _ in identities)
                threading.Thread(target=self._wait, args=(paths, recursive, self._stop), daemon=True).start()

    def stop(self) -> None:
        self._stop.set()
        self._folders = None

    def poll(self) -> None:
        """Give up on events: have a new picture taken every now and then."""
        self._poll = True
        self.stop()

    def _tick(self, stop: threading.Event) -> None:
        """Stands in for events. What has changed is found by the picture, more exactly than by any time stamps."""
        while not stop.wait(POLL_INTERVAL):
            self._notify(None)

    def _wait(self, paths: list[str], recursive: bool, stop: threading.Event) -> None:
        waited = False
        try:
            for changes in watch(
                *paths,
                recursive=recursive,
                watch_filter=relevant,
                step=5 if recursive else 20,
                debounce=50,
                rust_timeout=_FIRST_WAIT,
                yield_on_timeout=True,
                stop_event=stop,
                raise_interrupt=False,
                force_polling=False,
                ignore_permission_denied=True,
            ):
                if changes or not waited:
                    self._notify(None)
                waited = True
        except FileNotFoundError:
            self._notify(None)
        except Exception as error:
            if not stop.is_set():
                self._notify(Failed(error))


def relevant(change: Change, path: str) -> bool:
    """Whether a change could matter: not to hidden files (our half-written ones among them) nor compiled ones."""
    del change
    name = PurePath(path).name
    return not name.startswith(".") and not name.endswith(".pyc") and name != "__pycache__"


def _identities(root: Path, paths: set[PurePath]) -> frozenset[Identity]:
    found = set[Identity]()
    for path in paths:
        try:
            status = (root / path).stat()
        except OSError:
            continue
        if (root / path).is_dir():
            found.add((str(root / path), status.st_dev, status.st_ino))
    return frozenset(found)
