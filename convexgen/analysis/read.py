"""From the text of one file to its `ModuleSyntax`. Only this and the `read_…` beside it see Python's own parser.

Nothing is executed and nothing is raised: a file that cannot be parsed gives a finding at the place that Python's
parser names, and an empty module, so that the other files are still read.
"""

from __future__ import annotations

import ast
import re
import sys
import warnings
from collections.abc import Iterable, Iterator
from inspect import cleandoc

from convexgen.analysis.read_bodies import bodies
from convexgen.analysis.read_expressions import (
    expression_of,
    function_place,
    imported_names,
    name_place,
    parameters_of,
    place_of,
    what_is,
)
from convexgen.analysis.read_hidden import hidden_functions, mentions_type_checking
from convexgen.analysis.syntax import (
    AssignmentSyntax,
    CallExpr,
    CallStatement,
    ClassSyntax,
    ConstantExpr,
    Expr,
    FunctionSyntax,
    HiddenFunction,
    KeywordArgument,
    ModuleSyntax,
    OpaqueExpr,
    Place,
    Statement,
    Unreadable,
)
from convexgen.diagnostics import Diagnostic, Label
from convexgen.rules import reading
from convexgen.source import SourceFile, Span


def read(file: SourceFile, name: str, *, with_bodies: bool = True) -> tuple[ModuleSyntax, tuple[Diagnostic, ...]]:
    """The module in `file`, called `name` in the functions folder (dotted), and what kept us from reading it."""
    is_package = file.path.endswith("/__init__.py")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape in the user's text is not ours to print
            tree = ast.parse(file.content)
        hidden = hidden_functions(file.content, tree.body)
        body = (*_statements(tree.body), *(HiddenFunction(_function(node), within) for node, within in hidden))
        doc = _docstring(tree.body)
        functions = bodies(file.content, tree.body, body) if with_bodies else {}
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
        return ModuleSyntax(file.path, name, is_package, "", (), {}), (_unparsed(file, error),)
    return ModuleSyntax(file.path, name, is_package, doc, body, functions), ()


def read_expression(text: str, place: Place) -> Expr | None:
    """The expression in a string annotation, every part of it at the string's own place; None if there is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text.strip(), mode="eval")
        return expression_of(tree.body, place)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return None


def unquoted(annotation: Expr) -> Expr:
    """An annotation with its quotes taken off, if it has any."""
    if isinstance(annotation, ConstantExpr) and isinstance(annotation.value, str):
        return read_expression(annotation.value, annotation.place) or annotation
    return annotation


def _unparsed(file: SourceFile, error: Exception) -> Diagnostic:
    if not isinstance(error, SyntaxError):
        what = (
            "is nested too deeply" if isinstance(error, RecursionError | MemoryError) else f"cannot be parsed: {error}"
        )
        return Diagnostic(reading.SYNTAX_ERROR, f"this file {what}", Label(Span(file.path)))
    if error.lineno is None or not isinstance(error.offset, int):
        return Diagnostic(reading.SYNTAX_ERROR, str(error.msg), Label(Span(file.path)))
    start = (max(error.lineno, 1), max(error.offset, 1))
    end = (error.end_lineno or start[0], error.end_offset or 0)
    if end <= start:
        end = (start[0], start[1] + 1)
    lines = file.content.splitlines()
    span = Span(file.path, *_inside(lines, *start), *_inside(lines, *end))
    return Diagnostic(reading.SYNTAX_ERROR, error.msg, Label(span), help=_newer_syntax(error.text))


def _inside(lines: list[bytes], line: int, column: int) -> tuple[int, int]:
    """A place in characters, moved into the file: the parser names places behind the ends of lines, and of the file."""
    line = min(line, max(len(lines), 1))
    length = len(lines[line - 1].decode("utf-8", "replace")) if lines else 0
    return line, min(column, length + 1)


def _newer_syntax(line: str | None) -> str | None:
    """What to do about a line that a later Python could read."""
    if sys.version_info >= (3, 12) or line is None:
        return None
    if re.match(r"type\s+\w+.*=", line):
        return "`type X = …` takes Python 3.12: run convexgen with it, or write `X: TypeAlias = …`"
    if re.match(r"\s*(class|(async\s+)?def)\s+\w+\[", line):
        return "type parameters in brackets take Python 3.12: run convexgen with it, or use `Generic[T]`"
    return None


def _statements(body: Iterable[ast.stmt]) -> Iterator[Statement]:
    statements = list(body)
    for position, node in enumerate(statements):
        after = statements[position + 1] if position + 1 < len(statements) else None
        yield from _statement(node, after)


def _statement(node: ast.stmt, after: ast.stmt | None) -> Iterator[Statement]:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield _function(node)
        case ast.Import() | ast.ImportFrom():
            yield from imported_names(node)
        case ast.ClassDef():
            yield _class(node)
        case ast.Assign() | ast.AnnAssign():
            yield from _assignment(node, after)
        case ast.Expr(ast.Call() as call):
            expression = expression_of(call)
            if isinstance(expression, CallExpr):
                yield CallStatement(expression)
        case ast.If(test, body, orelse):
            yield from _conditional(node, test, body, orelse)
        case ast.Try(body, _, orelse, final):
            # The usual reason is an optional import; what the body binds is what a type checker would take.
            yield from _statements([*body, *orelse, *final])
        case ast.With(body=body):
            yield from _statements(body)
        case ast.Expr() | ast.Pass() | ast.Global() | ast.Assert() | ast.Raise():
            pass
        case _:
            yield from _type_alias(node, after)


def _type_alias(node: ast.stmt, after: ast.stmt | None) -> Iterator[Statement]:
    if type(node).__name__ == "TypeAlias":  # `type X = …`, which Python 3.11 neither parses nor knows
        target: ast.Name = getattr(node, "name")  # noqa: B009
        value: ast.expr = getattr(node, "value")  # noqa: B009
        params = _type_params(node)
        yield AssignmentSyntax(target.id, None, expression_of(value), _doc_of(after), place_of(target), True, params)
        return
    names = tuple(dict.fromkeys(_bound_names(node)))
    if names:
        yield Unreadable(names, what_is(node), place_of(node))


def _conditional(node: ast.If, test: ast.expr, body: list[ast.stmt], orelse: list[ast.stmt]) -> Iterator[Statement]:
    if mentions_type_checking(test):
        negated = isinstance(test, ast.UnaryOp)
        yield from _statements(orelse if negated else body)
        yield from _statements(body if negated else ())
        return
    names = tuple(dict.fromkeys(name for part in (*body, *orelse) for name in _bound_names(part)))
    imports = [part for part in (*body, *orelse) if isinstance(part, ast.Import | ast.ImportFrom)]
    yield from _statements(imports)  # `if sys.version_info …: from … import x`: either branch names the same thing
    imported = {name for part in imports for name in _bound_names(part)}
    rest = tuple(name for name in names if name not in imported)
    if rest:
        yield Unreadable(rest, "a condition", place_of(node))


def _bound_names(node: ast.stmt) -> Iterator[str]:
    for part in ast.walk(node):
        match part:
            case ast.Name(name, ast.Store() | ast.Del()):
                yield name
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.alias(name, asname):
                yield asname or name.partition(".")[0]


def _class(node: ast.ClassDef) -> ClassSyntax:
    body: list[AssignmentSyntax] = []
    methods: list[FunctionSyntax] = []
    for position, part in enumerate(node.body):
        after = node.body[position + 1] if position + 1 < len(node.body) else None
        if isinstance(part, ast.Assign | ast.AnnAssign):
            body.extend(_assignment(part, after))
        elif isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
            methods.append(_function(part))
    return ClassSyntax(
        node.name,
        tuple(map(expression_of, node.bases)),
        tuple(map(_keyword, node.keywords)),
        tuple(map(expression_of, node.decorator_list)),
        tuple(body),
        tuple(methods),
        _docstring(node.body),
        name_place(node, "class"),
        _type_params(node),
    )


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef) -> FunctionSyntax:
    is_async = isinstance(node, ast.AsyncFunctionDef)
    place = function_place(node)
    if not node.decorator_list:
        return FunctionSyntax(node.name, is_async, (), (), None, "", place)
    return FunctionSyntax(
        node.name,
        is_async,
        tuple(map(expression_of, node.decorator_list)),
        tuple(parameters_of(node.args)),
        expression_of(node.returns) if node.returns else None,
        _docstring(node.body),
        place,
    )


def _assignment(node: ast.Assign | ast.AnnAssign, after: ast.stmt | None) -> Iterator[AssignmentSyntax]:
    doc = _doc_of(after)
    if isinstance(node, ast.AnnAssign):
        if isinstance(node.target, ast.Name):
            value = expression_of(node.value) if node.value else None
            yield AssignmentSyntax(node.target.id, expression_of(node.annotation), value, doc, place_of(node.target))
        return
    for target in node.targets:
        if isinstance(target, ast.Name):
            yield AssignmentSyntax(target.id, None, expression_of(node.value), doc, place_of(target))
        elif isinstance(target, ast.Tuple | ast.List):
            yield from _unpacked(target, node.value)


def _unpacked(target: ast.Tuple | ast.List, value: ast.expr) -> Iterator[AssignmentSyntax]:
    """`A, B = 1, 2` as two assignments; of any other unpacking only the names are known."""
    values = value.elts if isinstance(value, ast.Tuple | ast.List) else []
    same_length = len(values) == len(target.elts)
    for position, part in enumerate(target.elts):
        if isinstance(part, ast.Name):
            expression = expression_of(values[position]) if same_length else OpaqueExpr("an unpacking", place_of(part))
            yield AssignmentSyntax(part.id, None, expression, "", place_of(part))


def _keyword(node: ast.keyword) -> KeywordArgument:
    return KeywordArgument(node.arg, expression_of(node.value), place_of(node))


def _type_params(node: ast.AST) -> tuple[str, ...]:
    """The names in `class Box[T]`; the attribute exists from Python 3.12 on."""
    return tuple(getattr(param, "name", "") for param in getattr(node, "type_params", ()))


def _docstring(body: list[ast.stmt]) -> str:
    return _doc_of(body[0]) if body else ""


def _doc_of(node: ast.stmt | None) -> str:
    if type(node) is ast.Expr and type(node.value) is ast.Constant and type(node.value.value) is str:
        text = node.value.value
        return cleandoc(text).strip() if "\n" in text else text.strip()
    return ""
