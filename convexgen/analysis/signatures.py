"""What a function takes before its arguments: its context, and of an HTTP action the request. And what that gives back.

Nothing but its type says that a parameter is the context. Where none has the type of one, the first parameter may have
been meant for it, or be an argument before which the context was forgotten; which of the two is told by its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from convexgen import ir
from convexgen.analysis.classes import describe
from convexgen.analysis.declarations import Findings, span
from convexgen.analysis.read import unquoted
from convexgen.analysis.resolve import External, Missing, Program
from convexgen.analysis.syntax import FunctionSyntax, ParameterSyntax
from convexgen.diagnostics import Label
from convexgen.rules import functions

_CONTEXTS: Mapping[str, str] = {
    "query": "QueryCtx",
    "mutation": "MutationCtx",
    "action": "ActionCtx",
    "http": "ActionCtx",
}
_WIDER: Mapping[str, frozenset[str]] = {"MutationCtx": frozenset({"QueryCtx"})}
_CONTEXT_TYPES = frozenset(f"convexgen.{name}" for name in _CONTEXTS.values())
_CONTEXT_NAMES = frozenset({"ctx", "context"})
_BY_POSITION = frozenset({"plain", "positional"})


@dataclass(frozen=True, slots=True)
class Role:
    """What a decorator makes of a function: `kind` is `query`, `mutation`, `action` or `http`."""

    kind: str
    visibility: ir.Visibility

    @property
    def called(self) -> str:
        """The kind with its article, for a sentence."""
        return {"http": "an HTTP action", "action": "an action"}.get(self.kind, f"a {self.kind}")


class Signatures:
    """Checks the signatures of the functions of one program."""

    def __init__(self, program: Program) -> None:
        self.program = program

    def arguments(
        self, module: str, syntax: FunctionSyntax, role: Role, findings: Findings
    ) -> tuple[ParameterSyntax, ...]:
        """The parameters without the context, which must be the first one and of the right kind."""
        parameters = syntax.parameters
        if parameters and parameters[0].name in ("self", "cls") and parameters[0].annotation is None:
            return self._without_self(module, syntax, role, findings)
        here = next((each for each in parameters if self._is_context(module, each)), None)
        if here is None:
            return self._without_context(module, syntax, role, findings)
        rest = tuple(each for each in parameters if each is not here)
        if here is not parameters[0] or here.kind not in _BY_POSITION:
            message = f"the context is the first parameter of {role.called}"
            help_ = f"move `{here.name}: {_CONTEXTS[role.kind]}` to the front"
            findings.report(functions.WRONG_CONTEXT, message, here.place, help=help_)
        else:
            self._check_kind(module, syntax, here, role, findings)
        return rest

    def _without_self(
        self, module: str, syntax: FunctionSyntax, role: Role, findings: Findings
    ) -> tuple[ParameterSyntax, ...]:
        first, *others = syntax.parameters
        rest = tuple(each for each in others if not self._is_context(module, each))
        help_ = f"remove `{first.name}`"
        if len(rest) == len(others):
            help_ = f"write `ctx: {_CONTEXTS[role.kind]}` in its place"
        message = f"`{syntax.name}` is not a method, and the context is its first parameter"
        findings.report(functions.WRONG_CONTEXT, message, first.place, help=help_)
        return rest

    def _without_context(
        self, module: str, syntax: FunctionSyntax, role: Role, findings: Findings
    ) -> tuple[ParameterSyntax, ...]:
        """Tell of a context that is missing, or that is there and does not say so."""
        wanted = _CONTEXTS[role.kind]
        first = syntax.parameters[0] if syntax.parameters else None
        if first is None or first.kind not in _BY_POSITION or not self._stands_for_context(module, first):
            message = f"`{syntax.name}` does not take the context"
            help_ = f"add `ctx: {wanted}` as the first parameter"
            findings.report(functions.WRONG_CONTEXT, message, syntax.place, help=help_, context=wanted)
            return syntax.parameters
        help_ = f"write `{first.name}: {wanted}`"
        if first.annotation is None:
            message = f"the first parameter of `{syntax.name}` is not annotated as the context"
            if first.name.strip("_") not in _CONTEXT_NAMES:
                help_ = f"{help_} if it is the context, and `ctx: {wanted}` before it if it is an argument"
            findings.report(functions.WRONG_CONTEXT, message, first.place, help=help_, context=wanted)
            return syntax.parameters[1:]
        annotation = unquoted(first.annotation)
        if self.program.is_broken_import(module, annotation):
            return syntax.parameters[1:]
        if describe(annotation) == wanted and isinstance(self.program.meaning(module, annotation), Missing):
            message = f"`{wanted}` is not defined"
            help_ = f"{help_} and add `from convexgen import {wanted}`"
            findings.report(functions.WRONG_CONTEXT, message, annotation.place, help=help_, context=wanted)
        else:
            self._check_kind(module, syntax, first, role, findings)
        return syntax.parameters[1:]

    def _check_kind(
        self, module: str, syntax: FunctionSyntax, context: ParameterSyntax, role: Role, findings: Findings
    ) -> None:
        """That the context is that of the role, or of one that can do less."""
        assert context.annotation is not None  # by which it was known
        annotation = unquoted(context.annotation)
        meaning = self.program.meaning(module, annotation)
        wanted = _CONTEXTS[role.kind]
        given = meaning.name.rpartition(".")[2] if isinstance(meaning, External) else ""
        if given != wanted and given not in _WIDER.get(wanted, ()):
            message = f"{role.called} takes `{wanted}`, not `{describe(annotation)}`"
            findings.report(
                functions.WRONG_CONTEXT,
                message,
                annotation.place,
                help=f"write `{context.name}: {wanted}`",
                secondary=self._made_here(module, syntax, role, findings),
                context=wanted,
            )

    def _made_here(self, module: str, syntax: FunctionSyntax, role: Role, findings: Findings) -> tuple[Label, ...]:
        """The decorator that gives a function its role."""
        for decorator in syntax.decorators:
            meaning = self.program.meaning(module, decorator)
            if isinstance(meaning, External) and meaning.name.startswith("convexgen."):
                return (Label(span(findings.path, decorator.place), f"what makes it {role.called}"),)
        return ()

    def _is_context(self, module: str, parameter: ParameterSyntax) -> bool:
        if parameter.annotation is None:
            return False
        meaning = self.program.meaning(module, unquoted(parameter.annotation))
        return isinstance(meaning, External) and meaning.name in _CONTEXT_TYPES

    def _stands_for_context(self, module: str, parameter: ParameterSyntax) -> bool:
        """Whether a parameter without the type of a context was meant for one."""
        if parameter.annotation is None or parameter.name.strip("_") in _CONTEXT_NAMES:
            return True
        text = describe(unquoted(parameter.annotation))
        return "Ctx" in text or "Context" in text

    def check_http(self, module: str, syntax: FunctionSyntax, findings: Findings) -> None:
        """That an HTTP action takes a request and nothing else, and gives a response."""
        rest = self.arguments(module, syntax, Role("http", "public"), findings)
        if not rest:
            message = f"the HTTP action `{syntax.name}` does not take the request"
            help_ = "add `request: Request` after the context"
            findings.report(functions.HTTP_SIGNATURE, message, syntax.place, help=help_)
        for position, each in enumerate(rest):
            if position > 0 or each.kind not in _BY_POSITION:
                message = "an HTTP action takes the context and the request, and nothing else"
                help_ = f"remove `{each.name}`: whatever a client sends is in the request"
                findings.report(functions.HTTP_SIGNATURE, message, each.place, help=help_)
            else:
                self._check_request(module, each, findings)
        self._check_response(module, syntax, findings)

    def _check_request(self, module: str, request: ParameterSyntax, findings: Findings) -> None:
        help_ = f"write `{request.name}: Request`"
        if request.annotation is None:
            message = f"the argument `{request.name}` has no type"
            findings.report(functions.MISSING_ARGUMENT_TYPE, message, request.place, help=help_)
            return
        annotation = unquoted(request.annotation)
        meaning = self.program.meaning(module, annotation)
        if not _is_request(meaning) and not self.program.is_broken_import(module, annotation):
            message = f"an HTTP action takes a `Request`, not `{describe(annotation)}`"
            findings.report(functions.HTTP_SIGNATURE, message, annotation.place, help=help_)

    def _check_response(self, module: str, syntax: FunctionSyntax, findings: Findings) -> None:
        if syntax.returns is None:
            message = f"the HTTP action `{syntax.name}` does not say that it gives a response"
            help_ = f"write `async def {syntax.name}(…) -> Response:`"
            findings.report(functions.HTTP_SIGNATURE, message, syntax.place, help=help_)
            return
        returns = unquoted(syntax.returns)
        if not _is_response(self.program.meaning(module, returns)) and not self.program.is_broken_import(
            module, returns
        ):
            message = f"an HTTP action gives a `Response`, not `{describe(returns)}`"
            help_ = "write `-> Response:`, and put the value into one"
            findings.report(functions.HTTP_SIGNATURE, message, returns.place, help=help_)


def _is_request(meaning: object) -> bool:
    return isinstance(meaning, External) and meaning.name in _REQUESTS


def _is_response(meaning: object) -> bool:
    return isinstance(meaning, External) and (meaning.name in _RESPONSES or meaning.name.startswith(_OF_RESPONSES))


_REQUESTS = frozenset(
    {"convexgen.Request", "starlette.requests.Request", "fastapi.Request", "fastapi.requests.Request"}
)
_RESPONSES = frozenset({"convexgen.Response", "fastapi.Response"})
_OF_RESPONSES = ("starlette.responses.", "fastapi.responses.")
"""FastAPI hands on the classes of Starlette under its own name."""
