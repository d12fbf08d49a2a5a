"""A program with values of every kind."""
