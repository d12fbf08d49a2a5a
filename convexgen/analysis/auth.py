"""`auth_config.py`: that each identity provider says all that is needed to believe its tokens."""

from __future__ import annotations

from collections.abc import Mapping

from convexgen.analysis import constants
from convexgen.analysis.classes import describe
from convexgen.analysis.declarations import Findings
from convexgen.analysis.resolve import External, Program
from convexgen.analysis.syntax import AssignmentSyntax, CallExpr, Expr
from convexgen.rules import functions

_MODULE = "auth_config"
_NEEDS: Mapping[str, tuple[str, ...]] = {
    "convexgen.OidcProvider": ("domain", "application_id"),
    "convexgen.JwtProvider": ("issuer", "jwks", "algorithm"),
}
_ALGORITHMS = ("RS256", "ES256")


def check_auth(program: Program, findings: Findings) -> None:
    """Report what is missing in `auth = AuthConfig(providers=[…])`."""
    statement = program.scope(_MODULE).get("auth")
    value = statement.value if isinstance(statement, AssignmentSyntax) else None
    if not isinstance(value, CallExpr) or program.meaning(_MODULE, value.function) != External("convexgen.AuthConfig"):
        message = "`auth_config.py` has no `auth = AuthConfig(…)`, so nothing in it is used"
        findings.report_file(functions.MISSING_ROUTER, message, help="add `auth = AuthConfig(providers=[…])`")
        return
    given = {each.name: each.value for each in value.keywords}.get("providers")
    providers = constants.sequence(program, _MODULE, given) if given is not None else None
    if providers is None:
        message = "the providers cannot be read here"
        findings.report(functions.INVALID_AUTH, message, value.place, help="write `providers=[OidcProvider(…)]`")
        return
    for provider in providers:
        _check_provider(program, provider, findings)


def _check_provider(program: Program, provider: Expr, findings: Findings) -> None:
    meaning = program.meaning(_MODULE, provider.function) if isinstance(provider, CallExpr) else None
    if not isinstance(provider, CallExpr) or not isinstance(meaning, External) or meaning.name not in _NEEDS:
        message = f"`{describe(provider)}` is not an identity provider"
        help_ = "write `OidcProvider(…)` or `JwtProvider(…)`"
        findings.report(functions.INVALID_AUTH, message, provider.place, help=help_)
        return
    given = {each.name: each.value for each in provider.keywords}
    for name in _NEEDS[meaning.name]:
        if name not in given:
            message = f"`{describe(provider.function)}` is not given `{name}`"
            findings.report(functions.INVALID_AUTH, message, provider.place, help=f"add `{name}=…`")
    for option, value in given.items():
        known = constants.evaluate(program, _MODULE, value)
        if known is not None and known.value == "":
            findings.report(functions.INVALID_AUTH, f"`{option}` is empty", value.place)
        elif option == "algorithm" and (known is None or known.value not in _ALGORITHMS):
            message = f"the algorithm is one of {', '.join(_ALGORITHMS)}"
            findings.report(functions.INVALID_AUTH, message, value.place)
