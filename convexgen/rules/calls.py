"""CG35x: calls of the database that cannot work, whatever the type checker thinks of them."""

from __future__ import annotations

from convexgen.diagnostics import Rule

INDEX_ORDER = Rule(
    "index-order", "CG350", "conditions do not follow the order of the index's fields", advisory=True, mend="safe"
)
INDEX_RANGE = Rule("index-range", "CG351", "conditions are not one range of the index", advisory=True, mend="unsafe")
INDEX_FIELD = Rule(
    "index-field", "CG352", "a condition is on a field that the index does not have", advisory=True, mend="unsafe"
)
INDEX_OPERATOR = Rule("index-operator", "CG353", "a condition compares as no index can", advisory=True)
FOREIGN_INDEX = Rule("foreign-index", "CG354", "an index or a condition is of another table", advisory=True)
FILTER_FIELD = Rule(
    "filter-field", "CG355", "a search is narrowed by a field that is no filter field of the index", advisory=True
)
NOT_A_CONDITION = Rule("not-a-condition", "CG356", "what is passed as a condition is none", advisory=True)
UNKNOWN_CHANGE = Rule(
    "unknown-change", "CG357", "a patch changes a field that the table does not have", advisory=True, mend="unsafe"
)
WRONG_VALUE = Rule("wrong-value", "CG358", "a field is compared with, or set to, what it cannot hold", advisory=True)
QUERY_CHAIN = Rule("query-chain", "CG359", "a query is built in a way that there is not", advisory=True, mend="unsafe")
WRONG_DOCUMENT = Rule("wrong-document", "CG360", "a document is written where it does not belong", advisory=True)
NEEDLESS_AWAIT = Rule(
    "needless-await", "CG361", "something is awaited that is there already", advisory=True, mend="safe"
)
INDEX_BY_NAME = Rule("index-by-name", "CG362", "an index is given by its name", advisory=True, mend="safe")
CONDITION_BUILDER = Rule("condition-builder", "CG363", "a condition is built as in TypeScript", advisory=True)
TABLE_BY_NAME = Rule("table-by-name", "CG364", "a table is given by its name", advisory=True, mend="safe")
DOCUMENT_AS_DICT = Rule("document-as-dict", "CG365", "a document is given as a dict", advisory=True, mend="safe")
NOT_IN_CONTEXT = Rule(
    "not-in-context", "CG366", "a context is asked for what it does not have", advisory=True, mend="unsafe"
)
TIME_AS_NUMBER = Rule(
    "time-as-number", "CG367", "a delay or a moment is given as a number", advisory=True, mend="unsafe"
)
FUNCTION_BY_NAME = Rule("function-by-name", "CG368", "a function is given by its name", advisory=True, mend="unsafe")
ARGUMENTS_AS_DICT = Rule(
    "arguments-as-dict", "CG369", "the arguments of a function are given as a dict", advisory=True, mend="safe"
)

RULES = (
    INDEX_ORDER,
    INDEX_RANGE,
    INDEX_FIELD,
    INDEX_OPERATOR,
    FOREIGN_INDEX,
    FILTER_FIELD,
    NOT_A_CONDITION,
    UNKNOWN_CHANGE,
    WRONG_VALUE,
    QUERY_CHAIN,
    WRONG_DOCUMENT,
    NEEDLESS_AWAIT,
    INDEX_BY_NAME,
    CONDITION_BUILDER,
    TABLE_BY_NAME,
    DOCUMENT_AS_DICT,
    NOT_IN_CONTEXT,
    TIME_AS_NUMBER,
    FUNCTION_BY_NAME,
    ARGUMENTS_AS_DICT,
)
