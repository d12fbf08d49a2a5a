"""The JSON that `schema.export()` of the npm package gives, which is what Convex's server reads a schema from."""

from __future__ import annotations

from convexgen.emit.spec.json_text import JsonObject
from convexgen.emit.spec.validators import Validators
from convexgen.ir import Index, Ir, SearchIndex, Table, VectorIndex


def schema_export(ir: Ir) -> JsonObject:
    """All tables by name. The server itself ends every index with `_creationTime`, so it is not written here."""
    validators = Validators.of(ir)
    tables = sorted(validators.tables.values(), key=lambda table: table.name)
    return {"tables": [_table(table, validators) for table in tables], "schemaValidation": True}


def _table(table: Table, validators: Validators) -> JsonObject:
    """Staged indexes, which Convex fills in the background, have no counterpart: their lists are always empty."""
    return {
        "tableName": table.name,
        "indexes": [_index(index) for index in table.indexes],
        "stagedDbIndexes": [],
        "searchIndexes": [_search_index(index) for index in table.search_indexes],
        "stagedSearchIndexes": [],
        "vectorIndexes": [_vector_index(index) for index in table.vector_indexes],
        "stagedVectorIndexes": [],
        "documentType": validators.stored(table),
    }


def _index(index: Index) -> JsonObject:
    return {"indexDescriptor": index.name, "fields": [*index.fields]}


def _search_index(index: SearchIndex) -> JsonObject:
    return {"indexDescriptor": index.name, "searchField": index.field, "filterFields": [*index.filter_fields]}


def _vector_index(index: VectorIndex) -> JsonObject:
    return {
        "indexDescriptor": index.name,
        "vectorField": index.field,
        "dimensions": index.dimensions,
        "filterFields": [*index.filter_fields],
    }
