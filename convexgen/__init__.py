"""The names that users import.

Each is imported when it is asked for, so that `import convexgen` costs nothing to those who want one part of it. Type
checkers see plain imports.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen, MultipleOf
    from pydantic import Field
    from starlette.requests import Request
    from starlette.responses import Response

    from convexgen.authoring.auth import AuthConfig, EnvironmentVariable, JwtProvider, OidcProvider, env
    from convexgen.authoring.contexts import (
        ActionCtx,
        Auth,
        Blob,
        MutationCtx,
        QueryCtx,
        Scheduler,
        StorageActions,
        StorageReader,
        StorageWriter,
        UserIdentity,
        VectorMatch,
    )
    from convexgen.authoring.crons import CronJob, Crons
    from convexgen.authoring.database import DatabaseReader, DatabaseWriter, IndexQuery, OrderedQuery, Query
    from convexgen.authoring.errors import ConvexError
    from convexgen.authoring.functions import (
        ActionFunction,
        HttpActionFunction,
        MutationFunction,
        QueryFunction,
        SchedulableFunction,
        action,
        http_action,
        internal_action,
        internal_mutation,
        internal_query,
        mutation,
        query,
    )
    from convexgen.authoring.http import HttpRouter, Route
    from convexgen.authoring.ids import Id, Int64
    from convexgen.authoring.indexes import Index, SearchIndex, VectorIndex
    from convexgen.authoring.pagination import Page, PaginationOptions
    from convexgen.authoring.system_tables import JobState, ScheduledJob, StoredFile
    from convexgen.authoring.tables import Table, View
    from convexgen.authoring.unset import UNSET, Unset

__all__ = [
    "UNSET",
    "ActionCtx",
    "ActionFunction",
    "Auth",
    "AuthConfig",
    "Blob",
    "ConvexError",
    "CronJob",
    "Crons",
    "DatabaseReader",
    "DatabaseWriter",
    "EnvironmentVariable",
    "Field",
    "Ge",
    "Gt",
    "HttpActionFunction",
    "HttpRouter",
    "Id",
    "Index",
    "IndexQuery",
    "Int64",
    "JobState",
    "JwtProvider",
    "Le",
    "Lt",
    "MaxLen",
    "MinLen",
    "MultipleOf",
    "MutationCtx",
    "MutationFunction",
    "OidcProvider",
    "OrderedQuery",
    "Page",
    "PaginationOptions",
    "Query",
    "QueryCtx",
    "QueryFunction",
    "Request",
    "Response",
    "Route",
    "SchedulableFunction",
    "ScheduledJob",
    "Scheduler",
    "SearchIndex",
    "StorageActions",
    "StorageReader",
    "StorageWriter",
    "StoredFile",
    "Table",
    "Unset",
    "UserIdentity",
    "VectorIndex",
    "VectorMatch",
    "View",
    "action",
    "env",
    "http_action",
    "internal_action",
    "internal_mutation",
    "internal_query",
    "mutation",
    "query",
]

_NAMES_BY_MODULE = {
    "annotated_types": "Ge Gt Le Lt MaxLen MinLen MultipleOf",
    "pydantic": "Field",
    "starlette.requests": "Request",
    "starlette.responses": "Response",
    "convexgen.authoring.auth": "AuthConfig EnvironmentVariable JwtProvider OidcProvider env",
    "convexgen.authoring.contexts": (
        "ActionCtx Auth Blob MutationCtx QueryCtx Scheduler StorageActions StorageReader StorageWriter UserIdentity "
        "VectorMatch"
    ),
    "convexgen.authoring.crons": "CronJob Crons",
    "convexgen.authoring.database": "DatabaseReader DatabaseWriter IndexQuery OrderedQuery Query",
    "convexgen.authoring.errors": "ConvexError",
    "convexgen.authoring.functions": (
        "ActionFunction HttpActionFunction MutationFunction QueryFunction SchedulableFunction action http_action "
        "internal_action internal_mutation internal_query mutation query"
    ),
    "convexgen.authoring.http": "HttpRouter Route",
    "convexgen.authoring.ids": "Id Int64",
    "convexgen.authoring.indexes": "Index SearchIndex VectorIndex",
    "convexgen.authoring.pagination": "Page PaginationOptions",
    "convexgen.authoring.system_tables": "JobState ScheduledJob StoredFile",
    "convexgen.authoring.tables": "Table View",
    "convexgen.authoring.unset": "UNSET Unset",
}
_MODULE_OF = {name: module for module, names in _NAMES_BY_MODULE.items() for name in names.split()}


if not TYPE_CHECKING:  # a checker would take it to mean that the package has every name

    def __getattr__(name: str) -> object:
        if name not in _MODULE_OF:
            raise AttributeError(f"module 'convexgen' has no attribute {name!r}")
        value = getattr(import_module(_MODULE_OF[name]), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
