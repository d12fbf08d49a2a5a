"""CG4xx: names that Convex rejects, and names that meet on the wire."""

from __future__ import annotations

from convexgen.diagnostics import Rule

INVALID_FUNCTION_NAME = Rule("invalid-function-name", "CG401", "a function's name is not a Convex identifier")
INVALID_MODULE_NAME = Rule("invalid-module-name", "CG402", "a module's path has characters that Convex rejects")
INVALID_FIELD_NAME = Rule("invalid-field-name", "CG403", "a field's or argument's name is not a Convex identifier")
WIRE_NAME_COLLISION = Rule("wire-name-collision", "CG404", "two names are the same one on the wire")
AMBIGUOUS_PATH = Rule("ambiguous-path", "CG405", "a function and a module share one path")
RESERVED_TYPE_NAME = Rule("reserved-type-name", "CG406", "a type has the name of one that the clients need")

RULES = (
    INVALID_FUNCTION_NAME,
    INVALID_MODULE_NAME,
    INVALID_FIELD_NAME,
    WIRE_NAME_COLLISION,
    AMBIGUOUS_PATH,
    RESERVED_TYPE_NAME,
)
