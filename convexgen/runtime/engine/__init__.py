"""Runs functions: queries with a cache, mutations in transactions that are retried, actions beside them."""
