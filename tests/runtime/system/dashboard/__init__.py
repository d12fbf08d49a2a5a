"""Tests of what the dashboard asks of a backend."""
