"""`ctx.db` in one transaction: a snapshot with the transaction's own writes over it, and a note of all that was read.

The public names are those of `transaction`, `limits.LimitError`, `cursors.InvalidCursorError`, and of `filters` what
searches for vectors need too, which are part of no transaction.
"""

from convexgen.runtime.database.cursors import InvalidCursorError
from convexgen.runtime.database.filters import Equal, any_of_all
from convexgen.runtime.database.limits import LimitError
from convexgen.runtime.database.stored_documents import StoredDocuments
from convexgen.runtime.database.system_documents import SystemDocuments
from convexgen.runtime.database.transaction import Transaction

__all__ = [
    "Equal",
    "InvalidCursorError",
    "LimitError",
    "StoredDocuments",
    "SystemDocuments",
    "Transaction",
    "any_of_all",
]
