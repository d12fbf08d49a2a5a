"""The program as a commit has it: its own settings, its own sources, understood as those of the working tree are.

Of a branch that has gone on by itself, what the two had in common counts: what others have added to it since then is no
change of ours, and would look as though we had removed it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from convexgen.baselines.error import BaselineError
from convexgen.breaking.compare import Baseline
from convexgen.diagnostics import Diagnostic, Severity
from convexgen.git_trees import (
    GitError,
    GitTree,
    open_repository,
    parting_tree,
    read_pyproject,
    read_snapshot,
    ref_tree,
)
from convexgen.plan import compile_ir
from convexgen.project_files import PYPROJECT
from convexgen.settings import Settings
from convexgen.settings_file import load


def read_commit(root: Path, against: str, environment: Mapping[str, str]) -> Baseline:
    """The program of the project at `root` where HEAD has parted from a ref: `REF`, or `REF...` as git writes it.

    `REF..` is the ref itself, as for git. `environment` decides over settings as it does for the working tree. Raises
    `BaselineError`.
    """
    ref = against.rstrip(".")
    try:
        find = ref_tree if against == f"{ref}.." else parting_tree
        tree = find(open_repository(root, environment), ref)
        if not tree.entries:
            raise BaselineError.of(
                f"the folder of this project, `{tree.repository.project.rstrip('/')}`, is not in `{ref}`",
                "name a commit that has it; once this one is merged, there is something to compare with",
            )
        settings = _settings(tree, environment)
        snapshot = read_snapshot(tree, settings)
    except GitError as error:
        raise BaselineError(error.diagnostic) from error
    if not snapshot.sources:
        raise BaselineError.of(
            f"there is no functions folder `{settings.source}` in `{ref}`",
            "name a commit that has it; once this one is merged, there is something to compare with",
        )
    program, findings = compile_ir(snapshot, settings)
    if program is None:
        raise BaselineError.of(
            f"the program in `{ref}` cannot be understood: {_first(findings)}",
            "name a commit in which `convexgen check` finds no errors",
        )
    return Baseline(program, ref)


def _settings(tree: GitTree, environment: Mapping[str, str]) -> Settings:
    content = read_pyproject(tree)
    text = None if content is None else content.decode("utf-8", "replace")
    settings, findings = load(text, environment, {})
    if settings is None:
        message = f"the settings in `{tree.name}` cannot be read: {_first(findings)}"
        raise BaselineError.of(message, f"name a commit with a {PYPROJECT} that this convexgen understands")
    return settings


def _first(findings: Sequence[Diagnostic]) -> str:
    """The first error with its place, and how many there are besides."""
    first, *others = [each for each in findings if each.severity is Severity.ERROR]
    span = first.primary.span
    place = f"{span.path}:{span.line}: " if span.line else f"{span.path}: " if span.path else ""
    more = f" (and {len(others)} more)" if others else ""
    return f"{place}{first.message}{more}"
