"""Pages served to a browser from a folder of this machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from os import PathLike
from pathlib import Path


class _Silent(SimpleHTTPRequestHandler):
    def guess_type(self, path: str | PathLike[str]) -> str:
        """What has no ending is an issuer's configuration."""
        return super().guess_type(path) if Path(path).suffix else "application/json"

    def log_message(self, format: str, *args: object) -> None:
        """A test's output is no access log."""


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of `folder`, for as long as it is served."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Silent, directory=folder)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()
