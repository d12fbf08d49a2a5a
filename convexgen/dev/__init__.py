"""A backend on this machine, for those who work on its functions: the watch loop with the engine behind it."""
