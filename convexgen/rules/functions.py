"""CG3xx: functions, and the modules with a meaning of their own (`http`, `crons`, `auth_config`)."""

from __future__ import annotations

from convexgen.diagnostics import Rule, Severity

NOT_ASYNC = Rule("not-async", "CG301", "a function is not `async`", mend="safe")
WRONG_CONTEXT = Rule(
    "wrong-context", "CG302", "a function's first parameter is not the context of its kind", mend="safe"
)
MISSING_ARGUMENT_TYPE = Rule("missing-argument-type", "CG303", "an argument has no annotation")
MISSING_RETURN_TYPE = Rule("missing-return-type", "CG304", "a public function has no return annotation", mend="safe")
UNSUPPORTED_PARAMETER = Rule("unsupported-parameter", "CG305", "a parameter cannot be given by name")
DUPLICATE_FUNCTION = Rule("duplicate-function", "CG306", "two functions of a module have one name")
PRIVATE_MODULE = Rule("private-module", "CG307", "a function stands in a private module")
FUNCTION_IN_SCHEMA = Rule("function-in-schema", "CG308", "a function stands in the schema module")
NESTED_FUNCTION = Rule("nested-function", "CG309", "a function is not at the top level")
DECORATOR_CALL = Rule("decorator-call", "CG310", "a function's decorator is called, or stands twice", mend="safe")
HTTP_SIGNATURE = Rule("http-signature", "CG311", "an HTTP action does not take a request and give a response")
INVALID_CRON = Rule("invalid-cron", "CG320", "a cron job's name or schedule is not valid")
DUPLICATE_CRON = Rule("duplicate-cron", "CG321", "two cron jobs have one name")
INVALID_JOB = Rule("invalid-job", "CG322", "a cron job does not run a mutation or an action of this project")
JOB_ARGUMENTS = Rule("job-arguments", "CG323", "a cron job's arguments are not those of its function")
INVALID_ROUTE = Rule("invalid-route", "CG330", "a route's path, method or handler is not valid")
DUPLICATE_ROUTE = Rule("duplicate-route", "CG331", "two routes answer the same requests")
MISSING_ROUTER = Rule(
    "missing-router", "CG332", "a special module lacks the name it is read for", severity=Severity.WARNING
)
INVALID_AUTH = Rule("invalid-auth", "CG340", "an identity provider is not complete")

RULES = (
    NOT_ASYNC,
    WRONG_CONTEXT,
    MISSING_ARGUMENT_TYPE,
    MISSING_RETURN_TYPE,
    UNSUPPORTED_PARAMETER,
    DUPLICATE_FUNCTION,
    PRIVATE_MODULE,
    FUNCTION_IN_SCHEMA,
    NESTED_FUNCTION,
    DECORATOR_CALL,
    HTTP_SIGNATURE,
    INVALID_CRON,
    DUPLICATE_CRON,
    INVALID_JOB,
    JOB_ARGUMENTS,
    INVALID_ROUTE,
    DUPLICATE_ROUTE,
    MISSING_ROUTER,
    INVALID_AUTH,
)
