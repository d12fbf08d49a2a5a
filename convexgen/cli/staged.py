"""The project as it is staged, for `check --against-index`: what would be committed, whatever lies in the work tree.

What is said of it must lead to a good commit, so this also knows in what the work tree differs from it.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from convexgen.cli.project import Project, project_of
from convexgen.diagnostics import Diagnostic, Label
from convexgen.discover import discover, find_project, read_cache
from convexgen.git_trees import (
    GitError,
    GitTree,
    ignored,
    index_tree,
    open_repository,
    read_pyproject,
    read_snapshot,
)
from convexgen.project_files import PYPROJECT
from convexgen.report.drift import DRIFT
from convexgen.rules.tool import MISSING_SOURCE
from convexgen.settings import Settings
from convexgen.snapshot import FileChange, Plan, Snapshot
from convexgen.source import Span


@dataclass(frozen=True)
class Staged:
    """A project as git's index has it (`project`, `snapshot`), and as it lies in the work tree (`work_tree`).

    Line ends count for nothing between the two: git converts them on the way.
    """

    project: Project
    settings: Settings
    tree: GitTree
    snapshot: Snapshot
    work_tree: Snapshot

    @cached_property
    def differing(self) -> tuple[str, ...]:
        """The sources, and pyproject.toml, that are not the same in both, or only in one of the two; in order."""
        staged, there = self._sources(self.project.sources, self.snapshot), self._sources_of_work_tree()
        return tuple(sorted(path for path in {*staged, *there} if staged.get(path) != there.get(path)))

    @cached_property
    def hinders_types(self) -> str | None:
        """The first file for which mypy, which sees the work tree, would not see what is staged.

        A source that is not staged at all is none: what mypy says about it is left out instead.
        """
        staged = self._sources(self.project.sources, self.snapshot)
        return next((path for path in self.differing if path in staged or path == PYPROJECT), None)

    def is_staged(self, finding: Diagnostic) -> bool:
        """Whether a finding is about what is staged, and not about a source that lies only in the work tree."""
        path = finding.primary.span.path
        return path not in self.differing or path in self.tree.entries

    def to_commit(self, planned: Plan) -> tuple[Plan, int]:
        """The plan without the files that git ignores and that will not be committed, and how many these are."""
        missing = [change.path for change in planned.changes if change.before is None]
        left_out = ignored(self.tree, missing) if missing else frozenset()
        changes = tuple(change for change in planned.changes if change.path not in left_out)
        return replace(planned, changes=changes, files=planned.files - len(left_out)), len(left_out)

    def remedy(self, command: str, changes: Iterable[FileChange]) -> str:
        """What to do so that the generated files that are staged go with the sources that are staged."""
        changes = tuple(changes)
        add = f"`git add {' '.join(self._to_add(changes))}`"
        if all(self._is_right_in_work_tree(change) for change in changes):
            return f"run {add}"
        if not self.differing:
            return f"run `{command}` and {add}"
        return (
            f"stage `{self.differing[0]}` as it lies in the work tree, or set aside what is not staged with "
            f"`git stash --keep-index --include-untracked`; then run `{command}` and {add}"
        )

    def with_advice(self, finding: Diagnostic) -> Diagnostic:
        """A finding that also says so where the work tree is not what it speaks of. About outputs, `remedy` says it."""
        path = finding.primary.span.path
        if finding.rule in DRIFT:
            return finding
        if path in self.tree.unmerged:
            advice = f"resolve it, then run `git add {_from_here(self.project.root, path)}`"
        elif path in self.differing:
            advice = "this is what is staged; the file is different in the work tree"
        else:
            return finding
        return replace(finding, help="\n".join(filter(None, (finding.help, advice))))

    def _is_right_in_work_tree(self, change: FileChange) -> bool:
        there = self.work_tree.outputs.get(change.path)
        return (None if there is None else _normal(there)) == (None if change.after is None else change.after.encode())

    def _to_add(self, changes: Iterable[FileChange]) -> list[str]:
        """The outputs that the changes are in, quoted for a shell: of one inside another, the outer."""
        outputs = {output.path for output in self.settings.all_outputs}
        holding = {next(path for path in sorted(outputs) if f"{each.path}/".startswith(f"{path}/")) for each in changes}
        return [_from_here(self.project.root, path) for path in sorted(holding)]

    def _sources_of_work_tree(self) -> dict[str, bytes]:
        settings = read_cache(self.project.root / PYPROJECT)
        return self._sources({} if settings is None else {PYPROJECT: settings}, self.work_tree)

    def _sources(self, settings: Mapping[str, bytes], snapshot: Snapshot) -> dict[str, bytes]:
        contents = {source.path: source.content for source in snapshot.sources}
        return {path: _normal(content) for path, content in (*settings.items(), *contents.items())}


def open_staged(directory: Path, overrides: Mapping[str, str]) -> Staged | Project:
    """The staged project that `directory` lies in; only what was found wrong where there is none."""
    root = find_project(directory.resolve())
    try:
        tree = index_tree(open_repository(root, os.environ))
        project = project_of(root, read_pyproject(tree), overrides)
        if project.settings is None:
            return project
        snapshot = read_snapshot(tree, project.settings)
    except GitError as error:
        return Project(root, None, (error.diagnostic,))
    if not snapshot.sources and not snapshot.unreadable:
        missing = _missing_source(root, project.settings)
        return replace(project, settings=None, findings=(*project.findings, missing))
    return Staged(project, project.settings, tree, snapshot, discover(root, project.settings))


def _missing_source(root: Path, settings: Settings) -> Diagnostic:
    return Diagnostic(
        MISSING_SOURCE,
        f"nothing of the functions folder `{settings.source}` is staged",
        Label(Span(settings.source)),
        help=f"run `git add {_from_here(root, settings.source)}`",
    )


def _from_here(root: Path, path: str) -> str:
    """A path in the project as it is typed in the current folder."""
    return shlex.quote(Path(os.path.relpath(root / path)).as_posix())


def _normal(content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n")
