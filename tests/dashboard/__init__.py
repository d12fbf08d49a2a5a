"""Tests of the dashboard: who may have the key, and what is served. The page itself is tried in `tests/clients`."""
