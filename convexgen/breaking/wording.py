"""What is said about a change, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping

from convexgen.breaking import changes
from convexgen.breaking.changes import Kind, Who

ADVICE: Mapping[Kind, Mapping[Who, str]] = {
    changes.REMOVED: {
        "callers": "keep it until no client sends it any more: arguments that a function does not know are rejected",
        "readers": "keep returning it until no client reads it any more",
        "stored documents": "make it `… | Unset = UNSET`, clear it in all documents, and only then delete it here",
    },
    changes.REQUIRED_ADDED: {
        "callers": "give it a default: clients that are out there do not send it",
        "stored documents": "give it a default, or let it be `… | Unset = UNSET` until all documents have it",
    },
    changes.ADDED: {"readers": "clients that allow no unknown fields must be updated before this is deployed"},
    changes.NOW_REQUIRED: {
        "callers": "keep the default until every client sends it",
        "stored documents": "fill it in in all documents before it is required",
    },
    changes.NOW_OPTIONAL: {"readers": "fill it in before returning it: clients count on it"},
    changes.DEFAULT_CHANGED: {
        "callers": "clients that leave it out now get something else; let them send it if that matters",
        "stored documents": "documents without it now read differently; fill it in first if that matters",
    },
    changes.NARROWED: {
        "callers": "keep taking the old values until no client sends them any more",
        "stored documents": "change the documents that hold the old values first",
    },
    changes.NULL_REMOVED: {
        "callers": "keep taking `None` until no client sends it any more",
        "stored documents": "fill it in in the documents that hold `None` first",
    },
    changes.WIDENED: {"readers": "clients that tell all cases apart must know the new ones before this is deployed"},
    changes.NULL_ADDED: {"readers": "return a value that clients know, or offer a new function beside this one"},
    changes.CHANGED: {
        "callers": "add an argument of the new type beside it, and keep the old one until no client sends it",
        "readers": "add a field of the new type beside it, and keep the old one until no client reads it",
        "stored documents": "add a field of the new type beside it, and move the documents over",
    },
    changes.TIGHTENED: {
        "callers": "keep the old limit until no client goes beyond the new one",
        "stored documents": "change the documents that go beyond the new limit first",
    },
    changes.LOOSENED: {"readers": "clients may count on the old limit"},
}
"""The next thing to do, by whom the change hits."""


def advice(kind: Kind, who: Who, *, whole_result: bool = False) -> str:
    """What to do about a change that hits `who`; nothing where it does not."""
    if whole_result and kind in (changes.CHANGED, changes.STRING_TO_ID):
        return "offer a function with the new result beside it, and keep this one until no client calls it any more"
    similar = {changes.STRING_TO_ID: changes.CHANGED}
    return ADVICE.get(similar.get(kind, kind), {}).get(who, "")


def listed(names: list[str], limit: int = 3) -> str:
    """`a`, `b` and `c`, or `a`, `b`, `c` and 2 more."""
    shown = [f"`{name}`" for name in names[:limit]]
    if len(names) > limit:
        return f"{', '.join(shown)} and {len(names) - limit} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)
