"""A program with users, which the tests of sign-in run."""
