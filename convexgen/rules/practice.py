"""CG6xx: what functions had better not do. Some of it is certain to go wrong, some only when the project has grown."""

from __future__ import annotations

from convexgen.diagnostics import Rule

UNBOUNDED_COLLECT = Rule("unbounded-collect", "CG601", "a query collects a whole table", advisory=True)
FILTER_OVER_INDEX = Rule("filter-over-index", "CG602", "a filter does what an index would do", advisory=True)
MISSING_INDEX = Rule("missing-index", "CG603", "a filter for equality reads a whole table", advisory=True)
CLOCK = Rule("clock-in-transaction", "CG604", "a query or mutation reads the clock", advisory=True, mend="unsafe")
CHANCE = Rule(
    "random-in-transaction",
    "CG605",
    "a query or mutation draws random numbers of its own",
    advisory=True,
    mend="unsafe",
)
OUTSIDE = Rule("io-in-transaction", "CG606", "a query or mutation reaches outside of the database", advisory=True)
GLOBAL_STATE = Rule("global-state", "CG607", "a query or mutation changes what the module holds", advisory=True)
UNAWAITED_CALL = Rule("unawaited-call", "CG608", "a call that has to be awaited is not", advisory=True, mend="safe")
PUBLIC_JOB = Rule("public-job", "CG609", "a public function is scheduled", advisory=True)
NO_IDENTITY_CHECK = Rule(
    "no-identity-check", "CG610", "a public function does not ask who calls", advisory=True, default=False
)
FULL_HOUR_CRON = Rule("full-hour-cron", "CG611", "a cron job runs at the full hour", advisory=True)
SEQUENTIAL_QUERIES = Rule("sequential-queries", "CG612", "an action runs queries one after another", advisory=True)
BLOCKING_CALL = Rule("blocking-call", "CG613", "an action waits in a way that stops everything else", advisory=True)
PUBLIC_CALL = Rule("public-call", "CG614", "a function runs a public function", advisory=True, default=False)
LOST_CHANGE = Rule("lost-change", "CG615", "a document is changed, and nothing is stored", advisory=True, mend="unsafe")

RULES = (
    UNBOUNDED_COLLECT,
    FILTER_OVER_INDEX,
    MISSING_INDEX,
    CLOCK,
    CHANCE,
    OUTSIDE,
    GLOBAL_STATE,
    UNAWAITED_CALL,
    PUBLIC_JOB,
    NO_IDENTITY_CHECK,
    FULL_HOUR_CRON,
    SEQUENTIAL_QUERIES,
    BLOCKING_CALL,
    PUBLIC_CALL,
    LOST_CHANGE,
)
