"""What functions do: their bodies evaluated as far as that is certain, and what rules have to say about them.

All findings here are advice: they never keep anything from being generated.
"""

from __future__ import annotations

from collections.abc import Iterator

from convexgen.analysis.bodies import (
    access,
    awaits,
    context_use,
    documents,
    lost_changes,
    queries,
    reads,
    run_arguments,
    transactions,
    typescript_habits,
)
from convexgen.analysis.bodies.evaluate import Evaluation
from convexgen.analysis.bodies.names import Names
from convexgen.analysis.bodies.shapes import Shapes
from convexgen.analysis.declarations import Findings, ModuleDeclaration
from convexgen.analysis.functions import role_of
from convexgen.analysis.resolve import Program
from convexgen.analysis.syntax import FunctionSyntax
from convexgen.diagnostics import Diagnostic
from convexgen.rules import practice


class Bodies:
    """The functions of one program, each module's looked at when it is asked for."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._names = Names(Shapes(program))
        self._identity = access.Identity(self._names)

    def check(self, declaration: ModuleDeclaration, beyond: frozenset[str]) -> Iterator[Diagnostic]:
        """What is to be said of what the functions of one module do.

        Rules that are not told by default are left out, but for those whose names are in `beyond`.
        """
        findings = Findings(declaration.path)
        evaluations = dict(self._evaluations(declaration.name))
        for evaluation in evaluations.values():
            if evaluation.noted.called:
                queries.check(evaluation, findings)
                typescript_habits.check(evaluation, findings)
                run_arguments.check(evaluation, findings)
                documents.check(evaluation, findings)
                reads.check(evaluation, findings)
                access.check_calls(evaluation, beyond, findings)
            context_use.check(evaluation, findings)
            awaits.check(evaluation, findings)
            lost_changes.check(evaluation, findings)
            if practice.NO_IDENTITY_CHECK.name in beyond:
                self._identity.check(evaluation, findings)
        transactions.check(evaluations, findings)
        if declaration.name == "crons":
            access.check_crons(self._program, declaration, findings)
        return iter(findings)

    def _evaluations(self, module: str) -> Iterator[tuple[str, Evaluation]]:
        """The functions of a module by name; of those with one name, the last."""
        functions = self._program.modules[module].functions
        for statement in self._program.scope(module).values():
            if isinstance(statement, FunctionSyntax) and statement.place in functions:
                role = role_of(self._program, module, statement) if statement.decorators else None
                try:
                    yield statement.name, Evaluation(self._names, module, functions[statement.place], role)
                except RecursionError:
                    continue  # nested too deeply to be followed: nothing is said about it
