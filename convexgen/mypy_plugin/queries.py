"""Conditions of `with_index`, `with_search_index` and `vector_search`."""

from __future__ import annotations

from collections.abc import Iterator

from mypy.messages import format_type
from mypy.nodes import ARG_POS, ArgKind, Expression, MemberExpr
from mypy.plugin import AttributeContext, MethodContext, MethodSigContext
from mypy.subtypes import is_subtype
from mypy.types import AnyType, FunctionLike, Instance, NoneType, Type, UnionType, get_proper_type

from convexgen.index_ranges import IndexCondition, range_mistakes
from convexgen.mypy_plugin.conditions import Comparison, NoCondition, parts_of, read_conditions, table_named
from convexgen.mypy_plugin.messages import CONDITION, INDEX, checker_of, complain
from convexgen.mypy_plugin.tables import UNSET, IndexFacts, argument_of, index_of, same_table


class Operands:
    """The fields that are compared for order in a call whose arguments are just being checked.

    `Task.due < today` is right where `due` may be null: the database has an order for null too. So for as long as such
    a comparison is looked at, the field has the type of its values alone. Announced before mypy looks at the arguments,
    forgotten when it has.
    """

    def __init__(self) -> None:
        self._expected: dict[int, Expression] = {}

    def __bool__(self) -> bool:
        return bool(self._expected)

    def announce(self, context: MethodSigContext) -> FunctionLike:
        for argument in context.args[1]:
            self._expected.update((id(each), each) for each in _taken_as_present(argument))
        return context.default_signature

    def present(self, context: AttributeContext) -> Type:
        if id(context.context) not in self._expected:
            return context.default_attr_type
        return _without_absence(context.default_attr_type)

    def forget(self, arguments: list[Expression]) -> None:
        for argument in arguments:
            for each in _taken_as_present(argument):
                self._expected.pop(id(each), None)


def _taken_as_present(argument: Expression) -> Iterator[Expression]:
    """The field, if it is compared for order; and always the objects on the way to it."""
    for condition in read_conditions(argument):
        if isinstance(condition, Comparison):
            field, *objects = parts_of(condition.field)
            yield from objects if condition.operator in ("==", "!=") else (field, *objects)


def _without_absence(type_: Type) -> Type:
    proper = get_proper_type(type_)
    if not isinstance(proper, UnionType):
        return type_
    present = [item for item in proper.items if not _is_absence(item)]
    return UnionType.make_union(present) if present else type_


def _is_absence(item: Type) -> bool:
    proper = get_proper_type(item)
    return isinstance(proper, NoneType) or (isinstance(proper, Instance) and proper.type.fullname == UNSET)


def check_with_index(operands: Operands, context: MethodContext) -> Type:
    """The conditions are a range of the index, which belongs to the table that is queried."""
    index = _index(context)
    if index is not None:
        queried = argument_of(context.type)
        if queried is not None and not same_table(queried.type, index.table):
            if index.table.has_base(queried.type.fullname):  # else mypy sees by itself that it does not fit
                message = f"{index.label} is an index of another table than `{queried.type.name}`"
                complain(context.api, context.args[0][0], INDEX, message, f"use an index of `{queried.type.name}`")
        else:
            _check_range(context, index)
    operands.forget(context.args[1])
    return context.default_return_type


def _check_range(context: MethodContext, index: IndexFacts) -> None:
    known = list(_comparisons(context, context.args[1], context.arg_kinds[1], index))
    if len(known) < len(context.args[1]):
        return  # with a part of the conditions nothing can be said about their order
    written = [IndexCondition(".".join(each.path), each.operator) for each in known]
    for mistake in range_mistakes(index.label, index.fields, written):
        condition = known[mistake.position]
        place = condition.whole if mistake.reason == "operator" else condition.field
        complain(context.api, place, INDEX, mistake.message, mistake.help)


def check_filters(context: MethodContext) -> Type:
    """The conditions compare filter fields of the index by `==`. `vector_search` alone may join them by `|`."""
    index = _index(context)
    if index is None:
        return context.default_return_type
    position = context.callee_arg_names.index("conditions") if "conditions" in context.callee_arg_names else 2
    any_of = "limit" in context.callee_arg_names
    for condition in _comparisons(context, context.args[position], context.arg_kinds[position], index, any_of=any_of):
        field = ".".join(condition.path)
        if field not in index.fields:
            listed = ", ".join(f"`{name}`" for name in index.fields) or "none"
            message = f"`{field}` is not among the filter fields of {index.label}"
            complain(context.api, condition.field, INDEX, message, f"it has {listed}; add `{field}` to filter_fields")
        elif condition.operator != "==":
            message = f"{index.label} can compare with `==` only, not with `{condition.operator}`"
            complain(context.api, condition.whole, INDEX, message, "compare otherwise in a filter on what was found")
    return context.default_return_type


def _index(context: MethodContext) -> IndexFacts | None:
    argument = context.args[0][0] if context.args[0] else None
    if not isinstance(argument, MemberExpr):
        return None
    table = table_named(argument.expr)
    return index_of(table, argument.name) if table else None


def _comparisons(
    context: MethodContext,
    arguments: list[Expression],
    kinds: list[ArgKind],
    index: IndexFacts,
    *,
    any_of: bool = False,
) -> Iterator[Comparison]:
    """The conditions that are comparisons with a field of the right table. What is wrong with the others is told."""
    for argument, kind in zip(arguments, kinds, strict=True):
        for condition in read_conditions(argument, any_of=any_of) if kind is ARG_POS else ():
            if isinstance(condition, NoCondition):
                if condition.place is not argument or _is_bool(context, argument):
                    complain(context.api, condition.place, CONDITION, condition.message, condition.help)
            elif _is_unknown(context.api.get_expression_type(condition.field)):
                continue
            elif not same_table(condition.table, index.table):
                message = f"this is a field of `{condition.table.name}`, and {index.label} is of another table"
                complain(context.api, condition.field, CONDITION, message)
            else:
                _check_value(context, condition)
                yield condition


def _is_bool(context: MethodContext, argument: Expression) -> bool:
    """Anything else mypy refuses by itself as a condition."""
    type_ = get_proper_type(context.api.get_expression_type(argument))
    return isinstance(type_, Instance) and type_.type.fullname == "builtins.bool"


def _is_unknown(type_: Type) -> bool:
    """Whether mypy had to give up on this, and has said so."""
    return isinstance(get_proper_type(type_), AnyType)


def _check_value(context: MethodContext, condition: Comparison) -> None:
    """What a field is equal to is something that it can hold. What mypy refuses by itself is left to it.

    Values that are compared for order are left to mypy altogether: a number may be less than 2.5 and be whole.
    """
    if condition.operator not in ("==", "!="):
        return
    checker = checker_of(context.api)
    field = context.api.get_expression_type(condition.field)
    value = context.api.get_expression_type(condition.value, field)
    if is_subtype(value, field, options=checker.options):
        return
    if not (checker.options.strict_equality and checker.expr_checker.dangerous_comparison(field, value)):
        wanted, given = (format_type(each, checker.options) for each in (field, value))
        path = ".".join(condition.path)
        complain(context.api, condition.value, CONDITION, f"`{path}` is compared with {given}, and holds {wanted}")
