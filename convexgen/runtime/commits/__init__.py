"""The one way to commit: conflicts, timestamps, who is told; putting a new schema live; forgetting what is old.

A stored document is `canonical` text in UTF-8, with its system fields.
"""

from convexgen.runtime.commits.change_variables import change_variables
from convexgen.runtime.commits.committer import Committer, Deployment
from convexgen.runtime.commits.deploy import Progress, deploy, rehearse
from convexgen.runtime.commits.errors import (
    CommitRefusedError,
    ConflictError,
    DeployError,
    DeployInProgressError,
    DoneBeforeError,
    Mismatch,
    OutOfRetentionError,
    RedeployedError,
    RunAgainError,
    SchemaMismatchError,
)
from convexgen.runtime.commits.housekeeping import EXPIRING, Housekeeping
from convexgen.runtime.commits.putting import put_documents, put_renumbered
from convexgen.runtime.commits.watches import Watch

__all__ = [
    "EXPIRING",
    "CommitRefusedError",
    "Committer",
    "ConflictError",
    "DeployError",
    "DeployInProgressError",
    "Deployment",
    "DoneBeforeError",
    "Housekeeping",
    "Mismatch",
    "OutOfRetentionError",
    "Progress",
    "RedeployedError",
    "RunAgainError",
    "SchemaMismatchError",
    "Watch",
    "change_variables",
    "deploy",
    "put_documents",
    "put_renumbered",
    "rehearse",
]
