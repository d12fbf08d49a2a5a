"""Documents and files out of a backend and into one: snapshots as zip files; CSV and JSON of single tables.

An export reads one snapshot. An import is read twice: once to say all that is wrong with it and what it would change,
and once more, when that was agreed to, to be committed at once.
"""
