"""Functions that keep an account of themselves, for servers that are killed."""
