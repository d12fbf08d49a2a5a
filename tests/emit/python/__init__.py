"""Tests of the Python client: what is generated, and that it works."""
