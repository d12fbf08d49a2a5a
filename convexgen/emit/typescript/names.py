"""Which names the generated files rely on, and how a user's type gives way to them.

Python allows classes called `Record`, `Id` or `Query`. A type that would shadow what the generated text relies on gets
a trailing underscore, and so does one that is already such a name with underscores: two types never become one.
"""

from __future__ import annotations

from convexgen.ir import TypeName

_KEYWORDS = (
    "Array ArrayBuffer Record any bigint boolean never null number object string symbol undefined unknown void "
    "arguments await break case catch class const continue debugger default delete do else enum eval export extends "
    "false finally for function if implements import in instanceof interface let new package private protected public "
    "return static super switch this throw true try typeof var while with yield"
)
_RESERVED = frozenset(_KEYWORDS.split()) | frozenset(
    {"Doc", "Id", "DocumentByName", "SystemDataModel", "PaginationOptions", "PaginationResult"}
)
"""What `types` cannot export: what its text relies on, and the names that `dataModel` exports beside it."""

API_NAMES = frozenset(
    {"Query", "Mutation", "Action", "InternalQuery", "InternalMutation", "InternalAction", "FunctionReference"}
) | frozenset({"api", "internal", "components", "anyApi", "componentsGeneric"})
"""What `api` declares and imports itself; types of these names are imported under others."""

DATA_MODEL_NAMES = frozenset({"TableNames", "DataModel", "TableNamesInDataModel", "SystemTableNames", "GenericId"})
"""The same for `dataModel`."""

TYPES_NAMES: frozenset[str] = frozenset()
"""The same for `types`: nothing, as what it needs is reserved from the start."""


def shown(name: TypeName, incoming: bool) -> str:
    """What `types` calls one shape of a type: `Card`, or `CardInput` where clients may leave fields out."""
    return f"{name.name}Input" if incoming and name.splits else _yielding(name.name, _RESERVED)


def local(exported: str, taken: frozenset[str]) -> str:
    """What a file whose own names are `taken` calls a type that it imports from `types`."""
    return _yielding(exported, taken)


def _yielding(name: str, taken: frozenset[str]) -> str:
    return f"{name}_" if name.rstrip("_") in taken else name
