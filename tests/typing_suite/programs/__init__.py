"""Programs as users write them, for type checkers to read. They are checked in a copy, without `mypy: ignore-errors`.

That line keeps the project's own mypy run from reporting the mistakes that are planted here.
"""
