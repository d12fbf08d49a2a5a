"""CG5xx: outputs that are not what they should be. CG8xx: what the type checker says. CG9xx: settings and the project.

After a rule marked `unreadable` nothing can be said about the outputs, so the exit code is 2.
"""

from __future__ import annotations

from convexgen.diagnostics import Rule, Severity

STALE_OUTPUT = Rule("stale-output", "CG501", "a generated file is not what the sources now give", advisory=True)
MISSING_OUTPUT = Rule("missing-output", "CG502", "a generated file is not there", advisory=True)
ORPHAN_OUTPUT = Rule(
    "orphan-output", "CG503", "a generated file is left over from sources that are gone", advisory=True
)
EDITED_OUTPUT = Rule("edited-output", "CG504", "a generated file was changed by hand", advisory=True)
FOREIGN_FILE = Rule("foreign-file", "CG505", "a file that is not ours lies where a generated file must go")
UNWRITABLE_OUTPUT = Rule("unwritable-output", "CG506", "a generated file cannot be written", unreadable=True)

TYPE_ERROR = Rule("mypy", "CG801", "mypy finds a type error", advisory=True)
TYPE_CHECK_FAILED = Rule("mypy-failed", "CG802", "mypy did not come to a verdict", unreadable=True)
TYPE_NOTE = Rule("mypy-note", "CG803", "mypy has something to tell", severity=Severity.WARNING)

INVALID_TOML = Rule("invalid-toml", "CG901", "the file pyproject.toml is not valid TOML", unreadable=True)
UNKNOWN_SETTING = Rule("unknown-setting", "CG902", "a setting has a name that does not exist", unreadable=True)
INVALID_SETTING = Rule("invalid-setting", "CG903", "a setting has a value that it cannot have", unreadable=True)
PATH_OUTSIDE_PROJECT = Rule("path-outside-project", "CG904", "a path leads out of the project", unreadable=True)
OVERLAPPING_OUTPUTS = Rule(
    "overlapping-outputs", "CG905", "two outputs, or an output and the sources, share a place", unreadable=True
)
MISSING_SOURCE = Rule("missing-source", "CG906", "the functions folder is not there", unreadable=True)
SHADOWED_PACKAGE = Rule(
    "shadowed-package", "CG907", "the functions folder hides an installed package", severity=Severity.WARNING
)
UNREADABLE_SETTINGS = Rule("unreadable-settings", "CG908", "the file pyproject.toml cannot be read", unreadable=True)
USAGE_ERROR = Rule("usage-error", "CG909", "the command line cannot be understood", unreadable=True)
UNUSED_SUPPRESSION = Rule(
    "unused-suppression", "CG910", "a comment ignores nothing", severity=Severity.WARNING, advisory=True, mend="safe"
)
UNKNOWN_SUPPRESSION = Rule(
    "unknown-suppression", "CG911", "a comment ignores a rule that does not exist", advisory=True
)
UNSUPPRESSIBLE_RULE = Rule(
    "unsuppressible-rule", "CG912", "a comment ignores a rule that cannot be ignored", advisory=True
)
INVALID_SUPPRESSION = Rule(
    "invalid-suppression",
    "CG913",
    "a comment that is to ignore something is not complete or out of place",
    advisory=True,
)
GIT_FAILED = Rule("git-failed", "CG914", "git cannot give the files that were asked for", unreadable=True)
INVALID_FUNCTION_SPEC = Rule(
    "invalid-function-spec", "CG915", "a function spec is not what Convex writes", unreadable=True
)

RULES = (
    STALE_OUTPUT,
    MISSING_OUTPUT,
    ORPHAN_OUTPUT,
    EDITED_OUTPUT,
    FOREIGN_FILE,
    UNWRITABLE_OUTPUT,
    TYPE_ERROR,
    TYPE_CHECK_FAILED,
    TYPE_NOTE,
    INVALID_TOML,
    UNKNOWN_SETTING,
    INVALID_SETTING,
    PATH_OUTSIDE_PROJECT,
    OVERLAPPING_OUTPUTS,
    MISSING_SOURCE,
    SHADOWED_PACKAGE,
    UNREADABLE_SETTINGS,
    USAGE_ERROR,
    UNUSED_SUPPRESSION,
    UNKNOWN_SUPPRESSION,
    UNSUPPRESSIBLE_RULE,
    INVALID_SUPPRESSION,
    GIT_FAILED,
    INVALID_FUNCTION_SPEC,
)
