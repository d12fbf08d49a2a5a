"""Which function a call means, or why it means none, in the texts that clients match on."""

from __future__ import annotations

from convexgen.ir import FunctionKind
from convexgen.runtime.calls import Call, Failure, shown_path, stored_path
from convexgen.runtime.program.live import LiveFunction, Program


def callee(program: Program, call: Call, kind: FunctionKind, *, trusted: bool = False) -> LiveFunction | Failure:
    """The function, if it is there, of this kind, and one that the caller may call.

    Internal functions are for administrators and, as `trusted`, for other functions.
    """
    found = program.functions.get(call.path)
    may_call_all = trusted or call.identity.is_admin
    if found is None or not (may_call_all or found.declared.visibility == "public"):
        return Failure(_not_found(call.path, may_call_all))
    if found.declared.kind != kind:
        return Failure(
            f"Trying to execute {stored_path(call.path)} as {kind.capitalize()}, "
            f"but it is defined as {found.declared.kind.capitalize()}."
        )
    return found


def _not_found(path: str, may_call_all: bool) -> str:
    if may_call_all:
        return f"Could not find function for '{shown_path(path)}'. Did you forget to run `convexgen dev`?"
    return f"Could not find public function for '{shown_path(path)}'."
