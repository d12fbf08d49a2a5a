"""What functions take and return and documents hold: the values of the engine, as JSON, in order, in bytes; and ids.

Pure: nothing here knows of a clock, of randomness or of a disk.
"""

from __future__ import annotations

from convexgen.runtime.values.admission import admitted
from convexgen.runtime.values.domain import InvalidValueError, Json, Value
from convexgen.runtime.values.ids import DocumentId, InvalidIdError, decode_id, encode_id, new_internal_id
from convexgen.runtime.values.intervals import EVERYTHING, Bound, Interval, Order, index_interval, prefixed
from convexgen.runtime.values.json_reading import decode, from_canonical, read_json
from convexgen.runtime.values.json_writing import FORMATS, canonical, encode, write_json
from convexgen.runtime.values.order import compare, ordered
from convexgen.runtime.values.sizes import (
    check_arguments,
    check_document,
    check_result,
    check_size,
    nesting,
    readable,
    size,
)
from convexgen.runtime.values.sort_keys import AFTER, entry_key, index_key, sort_key, value_at

__all__ = [
    "AFTER",
    "EVERYTHING",
    "FORMATS",
    "Bound",
    "DocumentId",
    "Interval",
    "InvalidIdError",
    "InvalidValueError",
    "Json",
    "Order",
    "Value",
    "admitted",
    "canonical",
    "check_arguments",
    "check_document",
    "check_result",
    "check_size",
    "compare",
    "decode",
    "decode_id",
    "encode",
    "encode_id",
    "entry_key",
    "from_canonical",
    "index_interval",
    "index_key",
    "nesting",
    "new_internal_id",
    "ordered",
    "prefixed",
    "read_json",
    "readable",
    "size",
    "sort_key",
    "value_at",
    "write_json",
]
