"""One run of a query or mutation: from its arguments to an outcome, in one transaction, on the calling thread."""

from __future__ import annotations

from typing import NamedTuple

from convexgen.runtime.calls import Call, Failure, Outcome, Success
from convexgen.runtime.engine import transaction_loop
from convexgen.runtime.engine.contexts import MutationContext, QueryContext, Run, handled
from convexgen.runtime.engine.time_limits import TimeLimit, TimeLimitError
from convexgen.runtime.program.failures import failure
from convexgen.runtime.program.live import LiveFunction
from convexgen.runtime.program.logs import collecting
from convexgen.runtime.store import StoreError


class Ran(NamedTuple):
    """What came of a run. `error` is what was raised, for a caller in the same process.

    `repeated`: nothing was run, as the same request had been answered before.
    """

    outcome: Outcome
    error: BaseException | None = None
    repeated: bool = False


def run_in(run: Run, function: LiveFunction, call: Call, time_limit: TimeLimit) -> Ran:
    """Run a function. Only what the store raises comes out as an exception: everything else is an outcome."""
    context = QueryContext(run) if function.declared.kind == "query" else MutationContext(run)
    tables = run.deployed.catalogue.names
    with collecting() as lines:
        try:
            with time_limit():
                value = transaction_loop.run(handled(function, context, dict(call.arguments), tables))
            if run.transaction.exceeded is not None:  # though the function may have caught it
                raise run.transaction.exceeded
        except (StoreError, KeyboardInterrupt):
            raise
        except TimeLimitError as error:
            message = f"Uncaught TimeLimitError: {function.path} took too long, and was ended."
            return Ran(Failure(message, tuple(lines)), error)
        except BaseException as error:
            return Ran(failure(error, tuple(lines)), error)
        return Ran(Success(value, tuple(lines)))
