"""The language users write: tables, indexes, decorators, contexts.

Nothing is re-exported here, so that a part that needs no pydantic (`schedules`, `conditions`) can be
imported without it; users import all names from `convexgen`.
"""
