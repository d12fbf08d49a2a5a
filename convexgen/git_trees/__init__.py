"""Reads a project out of git instead of from the disk: as a commit has it, or as the index has it, which is what would
be committed next.

Only git's plumbing is asked, and only to read: nothing is checked out, no file is written, no lock is taken. What is
read is what git stores, before any conversion of line ends on the way to the work tree.
"""

from __future__ import annotations

from convexgen.git_trees.repository import GitError, Repository, open_repository
from convexgen.git_trees.trees import (
    INDEX,
    Entry,
    GitTree,
    ignored,
    index_tree,
    parting_tree,
    read_pyproject,
    read_snapshot,
    ref_tree,
)

__all__ = [
    "INDEX",
    "Entry",
    "GitError",
    "GitTree",
    "Repository",
    "ignored",
    "index_tree",
    "open_repository",
    "parting_tree",
    "read_pyproject",
    "read_snapshot",
    "ref_tree",
]
