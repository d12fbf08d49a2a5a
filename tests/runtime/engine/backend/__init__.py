"""A program that does what the engine has to show."""
