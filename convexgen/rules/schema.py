"""CG2xx: tables, their indexes, and the types of documents and values."""

from __future__ import annotations

from convexgen.diagnostics import Rule, Severity

TABLE_OUTSIDE_SCHEMA = Rule("table-outside-schema", "CG201", "a table is defined outside of the schema module")
MISSING_TABLE_NAME = Rule("missing-table-name", "CG202", "a table has no name")
DUPLICATE_TABLE = Rule("duplicate-table", "CG203", "two tables have one name")
INVALID_TABLE_NAME = Rule("invalid-table-name", "CG204", "a table's name is not an identifier or is reserved")
SYSTEM_FIELD = Rule("system-field", "CG205", "a table defines a field that the system provides or reserves")
NOT_A_TABLE = Rule("not-a-table", "CG206", "an id or a reference names something that is not a table", mend="safe")
TOO_MANY_FIELDS = Rule("too-many-fields", "CG207", "an object has more than 1024 fields")
TOO_MANY_TABLES = Rule("too-many-tables", "CG208", "a schema has more than 10,000 tables")
INVALID_INDEX_NAME = Rule("invalid-index-name", "CG210", "an index's name is not an identifier or is reserved")
DUPLICATE_INDEX_NAME = Rule("duplicate-index-name", "CG211", "two indexes of a table have one name")
EMPTY_INDEX = Rule("empty-index", "CG212", "an index has no fields")
TOO_MANY_INDEX_FIELDS = Rule("too-many-index-fields", "CG213", "an index has more than 16 fields")
DUPLICATE_INDEX_FIELD = Rule("duplicate-index-field", "CG214", "an index names a field twice")
SYSTEM_FIELD_IN_INDEX = Rule("system-field-in-index", "CG215", "an index names a system field", mend="safe")
UNKNOWN_INDEX_FIELD = Rule(
    "unknown-index-field", "CG216", "an index names a field that the table does not have", mend="unsafe"
)
UNINDEXABLE_FIELD = Rule("unindexable-field", "CG217", "an index goes through an array or a record")
DUPLICATE_INDEX = Rule("duplicate-index", "CG218", "two indexes of a table cover the same fields", mend="safe")
REDUNDANT_INDEX = Rule(
    "redundant-index", "CG219", "an index is the beginning of another one", severity=Severity.WARNING, mend="unsafe"
)
SEARCH_FIELD_NOT_STRING = Rule("search-field-not-string", "CG220", "a search index is over a field without text")
TOO_MANY_FILTER_FIELDS = Rule("too-many-filter-fields", "CG221", "an index has more than 16 filter fields")
VECTOR_DIMENSIONS = Rule("vector-dimensions", "CG222", "a vector index does not have 2 to 4096 dimensions")
VECTOR_FIELD_TYPE = Rule("vector-field-type", "CG223", "a vector index is over a field that is no list[float]")
TOO_MANY_INDEXES = Rule("too-many-indexes", "CG224", "a table has too many indexes")
INDEX_SHADOWS_FIELD = Rule("index-shadows-field", "CG225", "an index and a field of a table share one name")
MISPLACED_INDEX = Rule("misplaced-index", "CG226", "an index stands where it has no effect")
INVALID_VARIANT = Rule("invalid-variant", "CG227", "a variant does not extend a table")
INVALID_VIEW = Rule("invalid-view", "CG228", "a view does not show a table")
RECORD_KEY = Rule("record-key", "CG230", "a dict's keys are neither strings nor ids")
RECURSIVE_TYPE = Rule("recursive-type", "CG231", "a type contains itself")
INVALID_LITERAL = Rule("invalid-literal", "CG232", "a literal or enum value has no counterpart among Convex values")
MISPLACED_UNSET = Rule("misplaced-unset", "CG233", "`Unset` stands where nothing can be left out", mend="safe")
EMPTY_TYPE = Rule("empty-type", "CG234", "an enum or a literal has no values")
MISPLACED_CONSTRAINT = Rule("misplaced-constraint", "CG235", "a constraint does not apply to its type")
INVALID_FIELD_OPTION = Rule("invalid-field-option", "CG236", "an option of `Field` cannot be honoured on the wire")
INVALID_INDEX = Rule("invalid-index", "CG237", "an index is given what it does not take, or what cannot be read")
MISSING_FIELD_TYPE = Rule("missing-field-type", "CG238", "a field of a table or a model has no annotation")
DEFAULT_TYPE = Rule("default-type", "CG239", "a default is not a value of its type", mend="safe")

RULES = (
    TABLE_OUTSIDE_SCHEMA,
    MISSING_TABLE_NAME,
    DUPLICATE_TABLE,
    INVALID_TABLE_NAME,
    SYSTEM_FIELD,
    NOT_A_TABLE,
    TOO_MANY_FIELDS,
    TOO_MANY_TABLES,
    INVALID_INDEX_NAME,
    DUPLICATE_INDEX_NAME,
    EMPTY_INDEX,
    TOO_MANY_INDEX_FIELDS,
    DUPLICATE_INDEX_FIELD,
    SYSTEM_FIELD_IN_INDEX,
    UNKNOWN_INDEX_FIELD,
    UNINDEXABLE_FIELD,
    DUPLICATE_INDEX,
    REDUNDANT_INDEX,
    SEARCH_FIELD_NOT_STRING,
    TOO_MANY_FILTER_FIELDS,
    VECTOR_DIMENSIONS,
    VECTOR_FIELD_TYPE,
    TOO_MANY_INDEXES,
    INDEX_SHADOWS_FIELD,
    MISPLACED_INDEX,
    INVALID_VARIANT,
    INVALID_VIEW,
    RECORD_KEY,
    RECURSIVE_TYPE,
    INVALID_LITERAL,
    MISPLACED_UNSET,
    EMPTY_TYPE,
    MISPLACED_CONSTRAINT,
    INVALID_FIELD_OPTION,
    INVALID_INDEX,
    MISSING_FIELD_TYPE,
    DEFAULT_TYPE,
)
