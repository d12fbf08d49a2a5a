"""`HttpRouter`: what `http.py` declares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args, overload

from convexgen.authoring.functions import HttpActionFunction
from convexgen.ir import HttpMethod

RESERVED_PATH = "/.files"


@dataclass(frozen=True, slots=True)
class Route:
    """One entry. `path` ends in `*` for a prefix route, as in `ir.HttpRoute`."""

    method: HttpMethod
    path: str
    handler: HttpActionFunction


class HttpRouter:
    """Which HTTP requests go to which `http_action`: `http = HttpRouter()` in `http.py`.

    An exact path is tried first, then the longest prefix. HEAD requests go to the route for GET.
    """

    def __init__(self) -> None:
        self._routes: dict[tuple[HttpMethod, str], Route] = {}

    @property
    def routes(self) -> tuple[Route, ...]:
        """What was declared, in order."""
        return tuple(self._routes.values())

    @overload
    def route(self, *, path: str, method: HttpMethod, handler: HttpActionFunction) -> None: ...
    @overload
    def route(self, *, path_prefix: str, method: HttpMethod, handler: HttpActionFunction) -> None: ...
    def route(
        self,
        *,
        path: str | None = None,
        path_prefix: str | None = None,
        method: HttpMethod,
        handler: HttpActionFunction,
    ) -> None:
        """Send requests for exactly `path`, or for everything below `path_prefix` (which ends in `/`), to `handler`.

        Raises `ValueError` for a path that does not begin with `/` or is reserved (`/.files`), an unknown method, or a
        route that is there already.
        """
        if (path is None) == (path_prefix is None):
            raise ValueError("a route has either path= or path_prefix=")
        if method not in get_args(HttpMethod):
            raise ValueError(f"a route's method is one of {', '.join(get_args(HttpMethod))}; got {method!r}")
        pattern = _checked(path) if path is not None else _checked_prefix(path_prefix or "") + "*"
        if (method, pattern) in self._routes:
            raise ValueError(f"there is a route for {method} {pattern} already")
        self._routes[method, pattern] = Route(method, pattern, handler)


def _checked(path: str) -> str:
    if not path.startswith("/"):
        raise ValueError(f"a route's path begins with '/'; got {path!r}")
    if path == RESERVED_PATH or path.startswith(RESERVED_PATH + "/"):
        raise ValueError(f"{RESERVED_PATH} is reserved; got {path!r}")
    return path


def _checked_prefix(prefix: str) -> str:
    if not prefix.endswith("/"):
        raise ValueError(f"a route's prefix ends with '/'; got {prefix!r}")
    return _checked(prefix)
