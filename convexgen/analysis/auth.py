"""`auth_config.py`: that each identity provider says all that is needed to believe its tokens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import get_args

from convexgen.analysis import constants
from convexgen.analysis.classes import describe
from convexgen.analysis.declarations import Findings
from convexgen.analysis.resolve import External, Program
from convexgen.analysis.special_object import made
from convexgen.analysis.syntax import CallExpr, Expr
from convexgen.authoring.auth import JwtAlgorithm
from convexgen.rules import functions

_MODULE = "auth_config"
_NEEDS: Mapping[str, tuple[str, ...]] = {
    "convexgen.OidcProvider": ("domain", "application_id"),
    "convexgen.JwtProvider": ("issuer", "jwks", "algorithm"),
}
_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "convexgen.OidcProvider": ("domain", "application_id"),
    "convexgen.JwtProvider": ("issuer", "jwks", "algorithm", "application_id"),
}
_ALGORITHMS = get_args(JwtAlgorithm)


def check_auth(program: Program, findings: Findings) -> None:
    """Report what is missing in `auth = AuthConfig(providers=[…])`."""
    value = made(program, _MODULE, "auth", "AuthConfig", findings)
    if value is None:
        return
    given = {each.name: each.value for each in value.keywords}.get("providers")
    providers = constants.sequence(program, _MODULE, given) if given is not None else None
    if providers is None:
        message = "the providers cannot be read here"
        place = value.function.place if given is None else given.place
        findings.report(functions.INVALID_AUTH, message, place, help="write `providers=[OidcProvider(…)]`")
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
    misspelt = list(_check_options(provider, _OPTIONS[meaning.name], findings))
    for name in _NEEDS[meaning.name]:
        if name not in given and name not in misspelt:
            message = f"`{describe(provider.function)}` is not given `{name}`"
            findings.report(functions.INVALID_AUTH, message, provider.function.place, help=f"add `{name}=…`")
    for option, value in given.items():
        known = constants.evaluate(program, _MODULE, value)
        if known is not None and known.value == "":
            help_ = 'write what the provider calls it, or `env("NAME")` for a variable of the deployment'
            findings.report(functions.INVALID_AUTH, f"`{option}` is empty", value.place, help=help_)
        elif option == "algorithm" and (known is None or known.value not in _ALGORITHMS):
            message = f"the algorithm is one of {', '.join(_ALGORITHMS)}"
            findings.report(functions.INVALID_AUTH, message, value.place, help=f'write `algorithm="{_ALGORITHMS[0]}"`')


def _check_options(provider: CallExpr, options: tuple[str, ...], findings: Findings) -> Iterator[str]:
    """Report what a provider does not take. Yields the options that were probably meant."""
    for each in provider.keywords:
        if each.name is not None and each.name not in options:
            close = get_close_matches(each.name, options, 1)
            yield from close
            help_ = f"did you mean `{close[0]}`?" if close else f"it takes {', '.join(f'`{name}`' for name in options)}"
            message = f"`{describe(provider.function)}` does not take `{each.name}`"
            findings.report(functions.INVALID_AUTH, message, each.place, help=help_)
