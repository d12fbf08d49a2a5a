"""A program that does what can be done with files."""
