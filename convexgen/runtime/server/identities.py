"""Users out of JSON: those in whose name an administrator acts, as the official clients write them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Final, get_type_hints

from convexgen.authoring.contexts import UserIdentity
from convexgen.naming import wire_name
from convexgen.runtime.calls import Identity
from convexgen.runtime.values import Json, write_json

_ATTRIBUTES: Final = {
    wire_name(each.name, "camel"): each.name for each in fields(UserIdentity) if each.name != "claims"
}
"""Fields of a `UserIdentity` by their names on the wire."""
_TRUE_OR_FALSE: Final = {name for name, hint in get_type_hints(UserIdentity).items() if hint == bool | None}
_NEEDED: Final = ("subject", "issuer")


class InvalidIdentityError(ValueError):
    """JSON that describes no user. Its text is for clients to see."""


def user_identity(attributes: Json) -> UserIdentity:
    """A user from attributes such as `{"subject": …, "issuer": …, "givenName": …}`; unknown ones are claims.

    Raises `InvalidIdentityError`.
    """
    if not isinstance(attributes, dict):
        raise InvalidIdentityError(
            "an identity is an object such as {'subject': 'ann', 'issuer': 'https://example.com'}"
        )
    for name in _NEEDED:
        if not isinstance(attributes.get(name), str):
            raise InvalidIdentityError(f"an identity has a text as `{name}`")
    known = {_ATTRIBUTES[name]: _checked(name, value) for name, value in attributes.items() if name in _ATTRIBUTES}
    claims = {name: value for name, value in attributes.items() if name not in _ATTRIBUTES}
    whole = {"token_identifier": f"{attributes['issuer']}|{attributes['subject']}", **_present(known)}
    return UserIdentity(**whole, claims=claims)  # type: ignore[arg-type] # `_checked` has looked at each


def admin(acting_as: Json = None) -> Identity:
    """An administrator, in the name of a user if one is described. Raises `InvalidIdentityError`."""
    if acting_as is None:
        return Identity(key="admin", is_admin=True)
    user = user_identity(acting_as)
    return Identity(user=user, key=f"acting as {_in_order(acting_as)}", is_admin=True)


def _checked(name: str, value: Json) -> Json:
    wanted, shown = (bool, "true or false") if _ATTRIBUTES[name] in _TRUE_OR_FALSE else (str, "a text")
    if value is not None and not isinstance(value, wanted):
        raise InvalidIdentityError(f"`{name}` of an identity is {shown}")
    return value


def _present(attributes: Mapping[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in attributes.items() if value is not None}


def _in_order(value: Json) -> str:
    """A text that is the same for the same attributes, whatever order they came in."""
    if isinstance(value, dict):
        inner = (f"{write_json(key)}:{_in_order(value[key])}" for key in sorted(value))
        return f"{{{','.join(inner)}}}"
    return f"[{','.join(map(_in_order, value))}]" if isinstance(value, list) else write_json(value)
