"""Expressions and imports of Python's parser to those of `syntax`: for declarations, and with more for bodies."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Protocol, TypeVar, cast

from convexgen.analysis.syntax import (
    AttributeExpr,
    AwaitExpr,
    BooleanExpr,
    CallExpr,
    CompareExpr,
    ConstantExpr,
    Expr,
    ImportedName,
    KeywordArgument,
    LambdaExpr,
    NameExpr,
    OpaqueExpr,
    OrExpr,
    ParameterSyntax,
    Place,
    SequenceExpr,
    SubscriptExpr,
)

_T = TypeVar("_T")


class _New(Protocol):
    """To type checkers the things that are made are no tuples."""

    def __call__(self, cls: type[_T], parts: tuple[object, ...], /) -> _T: ...


new = cast("_New", tuple.__new__)
"""Makes a named tuple without the detour through its own `__new__`: this file makes a hundred for every function."""


def expression_of(node: ast.expr, at: Place | None = None) -> Expr:
    """The expression, each part at its own place, or all of it `at` one place."""
    place = at or place_of(node)
    kind = type(node)
    if kind is ast.Name:  # the most common by far; the slower `match` is for the rest
        return new(NameExpr, (node.id, place))  # type: ignore[attr-defined]
    if kind is ast.Constant:
        value: object = node.value  # type: ignore[attr-defined]
        return new(ConstantExpr, (value, type(value).__name__, place))
    match node:
        case ast.Attribute(value, name):
            return AttributeExpr(expression_of(value, at), name, place)
        case ast.Subscript(value, index):
            items = index.elts if isinstance(index, ast.Tuple) else [index]
            return SubscriptExpr(expression_of(value, at), tuple([expression_of(item, at) for item in items]), place)
        case ast.Call(function, args, keywords):
            return CallExpr(
                expression_of(function, at),
                tuple([expression_of(arg, at) for arg in args]),
                tuple([KeywordArgument(k.arg, expression_of(k.value, at), at or place_of(k)) for k in keywords]),
                place,
            )
        case ast.BinOp(left, ast.BitOr(), right):
            return OrExpr(expression_of(left, at), expression_of(right, at), place)
        case ast.UnaryOp(ast.USub(), ast.Constant(value)) if type(value) in (int, float):
            return ConstantExpr(-value, type(value).__name__, place)  # type: ignore[operator]
        case ast.List(items) | ast.Tuple(items):
            return SequenceExpr(tuple([expression_of(item, at) for item in items]), place)
        case ast.Starred():
            return OpaqueExpr("a spread", place)
        case _:
            return OpaqueExpr(what_is(node), place)


def body_expression(node: ast.expr) -> Expr:
    """The expression with what bodies are made of besides: comparisons, awaits, lambdas, `and` and `or`."""
    kind = type(node)
    if kind is ast.Name:
        return new(NameExpr, (node.id, place_of(node)))  # type: ignore[attr-defined]
    made = _IN_BODIES.get(kind)
    return made(node) if made is not None else expression_of(node)


def _attribute(node: ast.Attribute) -> Expr:
    return new(AttributeExpr, (body_expression(node.value), node.attr, place_of(node)))


def _subscript(node: ast.Subscript) -> Expr:
    index = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    return SubscriptExpr(body_expression(node.value), tuple([body_expression(item) for item in index]), place_of(node))


def _call(node: ast.Call) -> Expr:
    """A call; of one by a bare name, such as that of a class, no rule asks what is given."""
    if type(node.func) is ast.Name:
        return new(CallExpr, (new(NameExpr, (node.func.id, place_of(node.func))), (), (), place_of(node)))
    keywords = [new(KeywordArgument, (k.arg, body_expression(k.value), place_of(k))) for k in node.keywords]
    args = [body_expression(arg) for arg in node.args]
    return new(CallExpr, (body_expression(node.func), tuple(args), tuple(keywords), place_of(node)))


def _compare(node: ast.Compare) -> Expr:
    if len(node.ops) != 1:
        return OpaqueExpr("a chain of comparisons", place_of(node))
    operator = OPERATORS[type(node.ops[0])]
    left, right = body_expression(node.left), body_expression(node.comparators[0])
    return new(CompareExpr, (left, operator, right, place_of(node)))


def _boolean(node: ast.BoolOp) -> Expr:
    operator = "and" if isinstance(node.op, ast.And) else "or"
    return BooleanExpr(operator, tuple([body_expression(value) for value in node.values]), place_of(node))


def _either(node: ast.BinOp) -> Expr:
    if isinstance(node.op, ast.BitOr):
        return OrExpr(body_expression(node.left), body_expression(node.right), place_of(node))
    return expression_of(node)


def _lambda(node: ast.Lambda) -> Expr:
    args = node.args
    taken = [*args.posonlyargs, *args.args, args.vararg, *args.kwonlyargs, args.kwarg]
    names = tuple([each.arg for each in taken if each is not None])
    return LambdaExpr(names, body_expression(node.body), place_of(node))


def _await(node: ast.Await) -> Expr:
    return AwaitExpr(body_expression(node.value), place_of(node))


_IN_BODIES: dict[type[ast.expr], Callable[..., Expr]] = {
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Call: _call,
    ast.Compare: _compare,
    ast.BoolOp: _boolean,
    ast.BinOp: _either,
    ast.Lambda: _lambda,
    ast.Await: _await,
}
OPERATORS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}


_KINDS = {
    "Lambda": "a lambda",
    "IfExp": "a conditional expression",
    "ListComp": "a comprehension",
    "SetComp": "a comprehension",
    "DictComp": "a comprehension",
    "GeneratorExp": "a comprehension",
    "JoinedStr": "an f-string",
    "Dict": "a dict",
    "Set": "a set",
    "BinOp": "a calculation",
    "BoolOp": "a calculation",
    "UnaryOp": "a calculation",
    "Compare": "a comparison",
    "Await": "an await",
    "For": "a loop",
    "AsyncFor": "a loop",
    "While": "a loop",
    "Delete": "a `del`",
    "AugAssign": "an augmented assignment",
    "Match": "a condition",
}


def what_is(node: ast.AST) -> str:
    """A construct as a person would name it."""
    return _KINDS.get(type(node).__name__, "this construct")


def place_of(node: ast.expr | ast.stmt | ast.alias | ast.keyword) -> Place:
    """Where the node stands."""
    return new(Place, (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset))


def name_place(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef, keyword: str) -> Place:
    """The place of the name, which the parser does not tell; one space after the keyword is taken for granted."""
    column = node.col_offset + len(keyword) + 1
    return Place(node.lineno, column, node.lineno, column + len(node.name.encode()))


def function_place(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Place:
    """The place of a function's name."""
    return name_place(node, "async def" if isinstance(node, ast.AsyncFunctionDef) else "def")


def parameters_of(args: ast.arguments) -> Iterator[ParameterSyntax]:
    """The parameters in order."""
    positional = [*args.posonlyargs, *args.args]
    defaults: list[ast.expr | None] = [*[None] * (len(positional) - len(args.defaults)), *args.defaults]
    for position, (arg, default) in enumerate(zip(positional, defaults, strict=True)):
        yield _parameter(arg, default, "positional" if position < len(args.posonlyargs) else "plain")
    if args.vararg:
        yield _parameter(args.vararg, None, "args")
    for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        yield _parameter(arg, default, "keyword")
    if args.kwarg:
        yield _parameter(args.kwarg, None, "kwargs")


def _parameter(arg: ast.arg, default: ast.expr | None, kind: str) -> ParameterSyntax:
    name = arg.arg
    width = len(name) if name.isascii() else len(name.encode())
    place = new(Place, (arg.lineno, arg.col_offset, arg.lineno, arg.col_offset + width))
    annotation = expression_of(arg.annotation) if arg.annotation else None
    return new(ParameterSyntax, (name, annotation, expression_of(default) if default else None, kind, place))


def imported_names(node: ast.Import | ast.ImportFrom) -> Iterator[ImportedName]:
    """What an import binds."""
    for alias in node.names:
        place = place_of(alias)
        if isinstance(node, ast.ImportFrom):
            yield ImportedName(alias.asname or alias.name, node.module or "", node.level, alias.name, place)
        elif alias.asname:
            yield ImportedName(alias.asname, alias.name, 0, None, place)
        else:
            # `import a.b` binds `a`; the path below it is found through the attributes that follow.
            yield ImportedName(alias.name.partition(".")[0], alias.name.partition(".")[0], 0, None, place)
            if "." in alias.name:
                yield ImportedName(alias.name, alias.name, 0, None, place)
