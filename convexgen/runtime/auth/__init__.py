"""Whose tokens are believed, and who it is that has one: JWTs held against `auth_config.py` and the keys of issuers."""
