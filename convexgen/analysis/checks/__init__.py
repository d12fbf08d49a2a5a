"""What can be wrong with declarations that were understood. Each check takes declarations and gives findings."""

from __future__ import annotations

from collections.abc import Iterator

from convexgen.analysis.checks import names, tables
from convexgen.analysis.declarations import ModuleDeclaration
from convexgen.analysis.tables import Tables
from convexgen.diagnostics import Diagnostic


def check(declaration: ModuleDeclaration, schema: Tables) -> Iterator[Diagnostic]:
    """All findings about one module, its types and tables included."""
    yield from names.check(declaration)
    yield from tables.check(declaration, schema)
