"""Programs as users write them, for mypy with the plugin. They are checked in a copy, without `mypy: ignore-errors`."""
