"""CG1xx: what cannot be read, or cannot be understood without running it."""

from __future__ import annotations

from convexgen.diagnostics import Rule, Severity

SYNTAX_ERROR = Rule("syntax-error", "CG101", "a file is not valid Python", unreadable=True)
UNREADABLE_FILE = Rule("unreadable-file", "CG102", "a file cannot be read from disk", unreadable=True)
EMPTY_PROJECT = Rule(
    "empty-project", "CG103", "the functions folder holds no table and no function", severity=Severity.WARNING
)
UNKNOWN_NAME = Rule(
    "unknown-name", "CG104", "an annotation or a decorator uses a name that nothing defines", mend="safe"
)
UNSUPPORTED_TYPE = Rule("unsupported-type", "CG105", "a type has no counterpart among Convex values", mend="safe")
UNREADABLE_EXPRESSION = Rule("unreadable-expression", "CG106", "an expression only has a value at run time")
MISSING_TYPE_ARGUMENT = Rule("missing-type-argument", "CG107", "a container does not say what it holds")
UNRESOLVED_IMPORT = Rule("unresolved-import", "CG108", "an import names nothing in the functions folder", mend="unsafe")
CIRCULAR_DEFINITION = Rule("circular-definition", "CG109", "a name is defined by way of itself")
CONDITIONAL_DEFINITION = Rule("conditional-definition", "CG110", "a name is bound under a condition or in a loop")
TYPE_ARGUMENT_COUNT = Rule("type-argument-count", "CG111", "a generic type is given too many or too few types")
UNSUPPORTED_CLASS = Rule("unsupported-class", "CG112", "a class cannot be turned into an object type")
UNSUPPORTED_MODEL_CONFIG = Rule("unsupported-model-config", "CG113", "a model's configuration changes its wire form")
UNREADABLE_DECORATOR = Rule("unreadable-decorator", "CG114", "a decorator may change what the function is")
SHADOWED_MODULE = Rule("shadowed-module", "CG115", "a file and a folder are one module to Python")

RULES = (
    SYNTAX_ERROR,
    UNREADABLE_FILE,
    EMPTY_PROJECT,
    UNKNOWN_NAME,
    UNSUPPORTED_TYPE,
    UNREADABLE_EXPRESSION,
    MISSING_TYPE_ARGUMENT,
    UNRESOLVED_IMPORT,
    CIRCULAR_DEFINITION,
    CONDITIONAL_DEFINITION,
    TYPE_ARGUMENT_COUNT,
    UNSUPPORTED_CLASS,
    UNSUPPORTED_MODEL_CONFIG,
    UNREADABLE_DECORATOR,
    SHADOWED_MODULE,
)
