"""Whether a default is a value of the type that it stands behind. Python takes any."""

from __future__ import annotations

from collections.abc import Callable

from convexgen import ir

_SCALARS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "int": (int,),
    "int64": (int,),
    "float": (int, float),
    "bytes": (),
}


def accepts(type_: ir.Type, default: ir.Constant, aliased: Callable[[str], ir.Type | None]) -> bool:
    """Whether `default` may be a value of `type_`; True where that is not certain.

    `aliased` gives the type that an alias stands for, None for the symbol of a class.
    """
    match type_:
        case ir.Scalar("any"):
            return True
        case ir.Scalar("null"):
            return default.value is None
        case ir.Scalar(kind):
            if kind not in _SCALARS or default.value is None:
                return default.value is not None  # what a text or a number is to become, only its class can tell
            is_bool = isinstance(default.value, bool) and kind != "boolean"
            return isinstance(default.value, _SCALARS[kind]) and not is_bool
        case ir.LiteralOf(value):
            return type(value) is type(default.value) and value == default.value
        case ir.Constrained(base):
            return accepts(base, default, aliased)
        case ir.UnionOf(members):
            return any(accepts(member, default, aliased) for member in members)
        case ir.Named(symbol):
            meant = aliased(symbol)
            return default.value is not None if meant is None else accepts(meant, default, aliased)
        case ir.ArrayOf() | ir.RecordOf() | ir.Page():
            return False
        case _:
            return default.value is not None
