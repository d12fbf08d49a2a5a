"""What reaches outside of a transaction: the clock, chance, the network, files, other processes.

A query or mutation may run several times before it commits, and must come to the same result each time; what depends on
these things does not. Known here by canonical name, as far as one can be sure what a call does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

Reach = Literal["clock", "chance", "network", "files", "process", "environment", "wait"]


class Outside(NamedTuple):
    """What calling something does. `blocks` is set if everything else has to wait for it."""

    reach: Reach
    blocks: bool = False


_CLOCK, _CHANCE, _FILES = Outside("clock"), Outside("chance"), Outside("files", True)
_NETWORK, _ASYNC_NETWORK = Outside("network", True), Outside("network")
_PROCESS, _ENVIRONMENT = Outside("process", True), Outside("environment")

_EXACT: Mapping[str, Outside] = {
    **{f"datetime.datetime.{name}": _CLOCK for name in ("now", "utcnow", "today")},
    "datetime.date.today": _CLOCK,
    **{
        f"time.{name}": _CLOCK
        for name in (
            *("time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "process_time"),
            *("process_time_ns", "thread_time", "thread_time_ns"),
        )
    },
    "time.sleep": Outside("wait", True),
    "asyncio.sleep": Outside("wait"),
    "uuid.uuid1": _CHANCE,
    "uuid.uuid4": _CHANCE,
    "os.urandom": _CHANCE,
    "os.getrandom": _CHANCE,
    "os.getenv": _ENVIRONMENT,
    "os.environ": _ENVIRONMENT,
    "os.environb": _ENVIRONMENT,
    **{f"os.{name}": _PROCESS for name in ("system", "popen", "fork", "spawnl", "spawnv", "kill", "_exit")},
    **{
        f"os.{name}": _FILES
        for name in (
            *("open", "listdir", "scandir", "walk", "mkdir", "makedirs", "remove", "unlink", "rmdir", "rename"),
            *("replace", "stat", "lstat", "chmod", "link", "symlink", "getcwd", "chdir"),
            *("path.exists", "path.isfile", "path.isdir", "path.getsize", "path.getmtime"),
        )
    },
    "builtins.open": _FILES,
    "builtins.input": _PROCESS,
    **{
        f"httpx.{name}": _NETWORK
        for name in ("get", "post", "put", "patch", "delete", "head", "options", "request", "stream", "Client")
    },
    "httpx.AsyncClient": _ASYNC_NETWORK,
    "asyncio.open_connection": _ASYNC_NETWORK,
    "asyncio.start_server": _ASYNC_NETWORK,
    "asyncio.create_subprocess_exec": Outside("process"),
    "asyncio.create_subprocess_shell": Outside("process"),
    **{
        f"pathlib.Path.{name}": _FILES
        for name in (
            *("read_text", "read_bytes", "write_text", "write_bytes", "open", "exists", "is_file", "is_dir", "unlink"),
            *("mkdir", "rmdir", "touch", "iterdir", "glob", "rglob", "stat", "rename", "replace", "cwd", "home"),
        )
    },
}
"""By the name of what is called, or looked into; of `pathlib.Path` also methods of a path just made."""

_PREFIXES: Mapping[str, Outside] = {
    "secrets": _CHANCE,
    "numpy.random": _CHANCE,
    "socket": _NETWORK,
    "smtplib": _NETWORK,
    "imaplib": _NETWORK,
    "poplib": _NETWORK,
    "ftplib": _NETWORK,
    "telnetlib": _NETWORK,
    "requests": _NETWORK,
    "urllib.request": _NETWORK,
    "urllib3": _NETWORK,
    "http.client": _NETWORK,
    "boto3": _NETWORK,
    "aiohttp": _ASYNC_NETWORK,
    "aiosmtplib": _ASYNC_NETWORK,
    "websockets": _ASYNC_NETWORK,
    "openai": _ASYNC_NETWORK,
    "anthropic": _ASYNC_NETWORK,
    "stripe": _ASYNC_NETWORK,
    "subprocess": _PROCESS,
    "multiprocessing": _PROCESS,
    "threading.Thread": _PROCESS,
    "shutil": _FILES,
    "tempfile": _FILES,
    "sqlite3": _FILES,
    "random": _CHANCE,
}
"""By the beginning of the name."""

_HARMLESS = frozenset(
    {
        *("random.Random", "secrets.compare_digest", "socket.AF_INET", "subprocess.CalledProcessError"),
        *("subprocess.list2cmdline", "shutil.which", "shutil.get_terminal_size"),
    }
)
"""Names below those prefixes that do nothing of the kind. `random.Random(seed)` is for who gives the seed."""

_HARMLESS_WORDS = frozenset(
    {"Error", "Exception", "Timeout", "Request", "Response", "URL", "Headers", "Limits", "codes"}
)
"""Ends of names that are classes to catch or values to pass along, not calls that reach anywhere."""

MODULES = frozenset({name.partition(".")[0] for name in (*_EXACT, *_PREFIXES)}) - {"builtins"}
"""The modules that any of them is in, by the first part of their names."""

BUILTINS = frozenset({"open", "input"})


def outside(name: str) -> Outside | None:
    """What calling the thing with this canonical name reaches; None if nothing, or if nobody can be sure."""
    found = _EXACT.get(name)
    if found is not None:
        return found
    if name in _HARMLESS or any(name.endswith(word) for word in _HARMLESS_WORDS):
        return None
    parts = name.split(".")
    for length in (3, 2, 1):
        found = _PREFIXES.get(".".join(parts[:length]))
        if found is not None and len(parts) > 1:
            return found
    return None
