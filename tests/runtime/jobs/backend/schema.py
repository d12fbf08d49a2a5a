"""What jobs leave behind."""

from convexgen import Table


class Mark(Table, name="marks"):
    """Somebody ran."""

    text: str
