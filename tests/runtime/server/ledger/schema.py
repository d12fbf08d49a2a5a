"""What was written, and how much that is."""

from convexgen import Index, Table


class Written(Table, name="written"):
    """One for each mutation that counted. `batch` is when it was first asked for."""

    batch: int
    token: str

    by_batch = Index("batch")


class Count(Table, name="counts"):
    name: str
    count: int

    by_name = Index("name")
