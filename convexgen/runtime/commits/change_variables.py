"""Changing the variables of a deployment: all of some changes at once, or none.

It counts as a deployment: what functions gave before they need not give again, and what runs meanwhile is run anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from convexgen.runtime.commits.committer import Committer, Deployment
from convexgen.runtime.variables import METADATA, Changes, changed, read_variables, write_variables


def change_variables(
    committer: Committer, changes: Changes, accept: Callable[[Mapping[str, str]], None]
) -> tuple[dict[str, str], Deployment]:
    """The variables afterwards, and what is live with them. `accept` may refuse them by raising.

    Raises what that raises, `InvalidVariableError`, `DeployInProgressError`, `StoreError`.
    """
    with committer.deploying(), committer.turn():
        variables = changed(read_variables(committer.store.metadata(METADATA)), changes)
        accept(variables)
        record = replace(committer.record, number=committer.record.number + 1)
        committer.put_record(record, {METADATA: write_variables(variables)})
        return variables, committer.deployment
