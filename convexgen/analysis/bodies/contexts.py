"""What the contexts have: as the interfaces in `authoring` declare it, with which a test compares it.

It is written down here, since importing those takes pydantic, which reading does without.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from convexgen.analysis.bodies.values import Part

_TRANSACTION = frozenset({"db", "auth", "storage", "random", "now", "run_query"})

ATTRIBUTES: Final[Mapping[str, frozenset[str]]] = {
    "QueryCtx": _TRANSACTION,
    "MutationCtx": _TRANSACTION | {"scheduler", "run_mutation"},
    "ActionCtx": frozenset(
        {"auth", "storage", "scheduler", "run_query", "run_mutation", "run_action", "vector_search"}
    ),
}
"""The names behind `ctx.` by the kind of context."""

RUNNING: Final = frozenset({"run_query", "run_mutation", "run_action"})
"""Those that run a function, which they are given first."""
SCHEDULING: Final = frozenset({"run_after", "run_at"})
"""The methods of the scheduler that are given a function, behind the time."""

RUNS: Final = RUNNING | {"vector_search"}
"""Those that have to be awaited."""

PARTS: Final = frozenset({"db", "auth", "storage", "scheduler"})
"""Those that have methods of their own."""

_READS = frozenset({"get", "query", "normalize_id"})
_WRITES = frozenset({"insert", "patch", "replace", "delete"})
_AUTH = frozenset({"get_user_identity"})
_LINKS = frozenset({"get_url"})
_FILES = _LINKS | {"generate_upload_url", "delete"}
_JOBS = SCHEDULING | {"cancel"}

METHODS: Final[Mapping[Part, frozenset[str]]] = {
    Part("db", "QueryCtx"): _READS,
    Part("db", "MutationCtx"): _READS | _WRITES,
    **{Part("auth", kind): _AUTH for kind in ATTRIBUTES},
    Part("storage", "QueryCtx"): _LINKS,
    Part("storage", "MutationCtx"): _FILES,
    Part("storage", "ActionCtx"): _FILES | {"get", "store"},
    Part("scheduler", "MutationCtx"): _JOBS,
    Part("scheduler", "ActionCtx"): _JOBS,
}
"""The methods of a part, by the context that it is a part of."""

AWAITED: Final[Mapping[str, frozenset[str]]] = {
    "db": _WRITES | {"get"},
    "auth": _AUTH,
    "storage": _FILES | {"get", "store"},
    "scheduler": _JOBS,
}
"""The methods of a part that have to be awaited, in whichever context it has them."""
