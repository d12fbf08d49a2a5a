"""The functions that the simulation calls. `model` says in plain Python what each does."""
