"""Tests of the backend for the public."""
