"""What a function surely returns, by its own expressions: for the annotation that it lacks.

Only what has one meaning wherever it stands is known: literals, what the database gives for a table that is named, what
is made of a class that is named, arguments. Whoever returns anything else has to say what it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias

import libcst as cst

from convexgen.fix.imports import spelling
from convexgen.fix.site import Import, Site
from convexgen.fix.statements import Statements, ends

Alternatives: TypeAlias = tuple[str, ...]
"""The types that a value may have, as they are written in an annotation, none twice."""

NONE = "None"
_MOST = 3
"""More alternatives than that want a name, which nobody knows here."""
_BUILT_IN = {"len": "int", "str": "str", "int": "int", "float": "float", "bool": "bool", "bytes": "bytes"}
_NARROWING = frozenset({"with_index", "with_search_index", "order", "filter"})
_ID = re.compile(r"(?:\w+\.)?Id\[([\w.]+)\]")
_JUDGED = (cst.If, cst.IfExp, cst.While, cst.Assert, cst.Match)
"""Where a type may become a narrower one."""


def known_return(site: Site, function: cst.FunctionDef) -> tuple[str, frozenset[Import]] | None:
    """The type that `function` returns, and what must be imported to say so; None if that is not certain."""
    reader = _Reader(site, function)
    if not reader.is_certain:
        return None
    found: Alternatives = ()
    for each in reader.returned:
        types = (NONE,) if each is None else reader.types(each)
        if types is None:
            return None
        found = _union(found, types)
    if len(found) > _MOST or any(_is_defined_later(site, function, name) for name in re.findall(r"\w+", str(found))):
        return None
    return " | ".join(found or (NONE,)), frozenset(reader.imports)


class _Reader:
    """What the expressions of one function are. `returned` has what it returns, None standing for nothing."""

    def __init__(self, site: Site, function: cst.FunctionDef) -> None:
        self._site = site
        self._function = function
        self._parameters = {each.name.value: each for each in (*function.params.params, *function.params.kwonly_params)}
        first = next(iter(function.params.params), None)
        self._context = first.name.value if first is not None else ""
        self._own = Statements.of(function)
        self._seen: list[str] = []
        self.imports: set[Import] = set()
        self.returned: list[cst.BaseExpression | None] = [each.value for each in self._own.returns]
        is_left = ends(function.body)
        self.is_certain = is_left is not None or not any(self.returned)
        if not is_left:
            self.returned.append(None)

    def types(self, expression: cst.BaseExpression) -> Alternatives | None:
        """What an expression may be; None if that is not certain."""
        match expression:
            case cst.Name("None"):
                return (NONE,)
            case cst.Name("True" | "False"):
                return ("bool",)
            case cst.Name(name):
                return self._variable(name)
            case cst.Integer():
                return ("int",)
            case cst.Float():
                return ("float",)
            case cst.SimpleString(prefix=prefix):
                return ("bytes",) if "b" in prefix else ("str",)
            case cst.FormattedString():
                return ("str",)
            case cst.UnaryOperation(operator=cst.Not()):
                return ("bool",)
            case cst.Comparison(comparisons=[cst.ComparisonTarget(cst.Is() | cst.IsNot() | cst.In() | cst.NotIn())]):
                return ("bool",)
            case cst.IfExp(body=body, orelse=other):
                first, second = self.types(body), self.types(other)
                return None if first is None or second is None else _union(first, second)
            case cst.ListComp(elt=item):
                return self._list((item,))
            case cst.List(elements=elements) if all(isinstance(each, cst.Element) for each in elements):
                return self._list(tuple(each.value for each in elements))
            case cst.Await(expression=cst.Call() as call):
                return self._awaited(call)
            case cst.Call():
                return self._made(expression)
        return None

    def _list(self, items: Sequence[cst.BaseExpression]) -> Alternatives | None:
        found = {self.types(each) for each in items}
        item = found.pop() if len(found) == 1 else None
        return None if item is None else (f"list[{' | '.join(item)}]",)

    # Names

    def _variable(self, name: str) -> Alternatives | None:
        values = self._own.bound.get(name, [])
        if name in self._seen or len(values) > 1 or (values and name in self._parameters):
            return None
        self._seen.append(name)
        found = self._bound(name, values)
        self._seen.pop()
        if found is None or not any(name in _words(self._site, test) for test in self._own.tests):
            return found
        if len(found) == 1 and not re.search(r"\||Optional|Union|Any", found[0]):
            return found
        return self._narrowed(name, found)

    def _bound(self, name: str, values: Sequence[cst.CSTNode | None]) -> Alternatives | None:
        if name in self._parameters:
            return self._annotated(self._parameters[name].annotation)
        match values:
            case [cst.Annotation() as annotation]:
                return self._annotated(annotation)
            case [cst.BaseExpression() as value]:
                return self.types(value)
        return None

    def _annotated(self, annotation: cst.Annotation | None) -> Alternatives | None:
        if annotation is None or isinstance(annotation.annotation, cst.SimpleString):
            return None
        text = self._site.code(annotation.annotation)
        if "Unset" in text or "\n" in text:
            return None  # `Unset` is not there any more where there is a default for it
        return _union((), tuple(part.strip() for part in text.split("|"))) if "[" not in text else (text,)

    def _narrowed(self, name: str, found: Alternatives) -> Alternatives | None:
        """Without `None`, if all that is asked is whether it is that, and nothing goes on if it is."""
        tests = [test for test in self._own.tests if name in _words(self._site, test)]
        if NONE not in found or len(tests) != 1:
            return None
        block = self._function.body
        for statement in block.body:
            if isinstance(statement, cst.If) and statement.test is tests[0]:
                is_guard = self._site.code(statement.test) == f"{name} is None" and ends(statement.body) is True
                mentioned = any(name in _words(self._site, each) for each in statement.body.children)
                if is_guard and statement.orelse is None and not mentioned:
                    return tuple(each for each in found if each != NONE)
        return None

    # Calls

    def _awaited(self, call: cst.Call) -> Alternatives | None:
        match call.func:
            case cst.Name(name):
                return self._own_function(name, asynchronous=True)
            case cst.Attribute(value=owner, attr=cst.Name(method)):
                if self._is_part(owner, "db"):
                    return self._of_database(method, call)
                if self._is_part(owner, "storage") and method == "generate_upload_url":
                    return ("str",)
                return self._of_query(owner, method)
        return None

    def _made(self, call: cst.Call) -> Alternatives | None:
        match call.func:
            case cst.Attribute(value=cst.Name(owner), attr=cst.Name("now")) if owner == self._context:
                return ("float",)
            case cst.Name(name) if name[:1].isupper() and name not in self._own.bound:
                return (name,)
            case cst.Name(name) if name in _BUILT_IN:
                return (_BUILT_IN[name],)
            case cst.Name(name):
                return self._own_function(name, asynchronous=False)
            case cst.Attribute(value=cst.Name(name), attr=cst.Name("of")) if name[:1].isupper():
                return (name,)
        return None

    def _own_function(self, name: str, *, asynchronous: bool) -> Alternatives | None:
        """What a plain function of the same file says that it returns."""
        found = [each for each in self._site.module.body if isinstance(each, cst.FunctionDef)]
        for each in found:
            if each.name.value == name and not each.decorators and name not in self._own.bound:
                return self._annotated(each.returns) if (each.asynchronous is not None) is asynchronous else None
        return None

    def _of_database(self, method: str, call: cst.Call) -> Alternatives | None:
        if method in ("patch", "replace", "delete"):
            return (NONE,)
        given = self.types(call.args[0].value) if call.args else None
        if given is None or len(given) != 1:
            return None
        if method == "get":
            table = _ID.fullmatch(given[0])
            return None if table is None else (table[1], NONE)
        return (self._generic("Id", given[0]),) if method == "insert" else None

    def _of_query(self, query: cst.BaseExpression, method: str) -> Alternatives | None:
        table = self._table(query)
        if table is None:
            return None
        match method:
            case "collect" | "take":
                return (f"list[{table}]",)
            case "first" | "unique":
                return table, NONE
            case "paginate":
                return (self._generic("Page", table),)
        return None

    def _table(self, query: cst.BaseExpression) -> str | None:
        """The class that a query is about."""
        match query:
            case cst.Call(func=cst.Attribute(value=inner, attr=cst.Name(method)), args=args):
                if method in _NARROWING:
                    return self._table(inner)
                if method == "query" and self._is_part(inner, "db") and args:
                    table = args[0].value
                    return self._site.code(table) if isinstance(table, cst.Name | cst.Attribute) else None
        return None

    def _is_part(self, owner: cst.BaseExpression, part: str) -> bool:
        """Whether this is `ctx.db`, say."""
        match owner:
            case cst.Attribute(value=cst.Name(name), attr=cst.Name(attribute)):
                return name == self._context and attribute == part
        return False

    def _generic(self, name: str, argument: str) -> str:
        expression, imports = spelling(self._site.module, name)
        self.imports |= imports
        return f"{self._site.code(expression)}[{argument}]"


def _union(first: Alternatives, second: Alternatives) -> Alternatives:
    """All alternatives, `None` last."""
    together = dict.fromkeys((*first, *second))
    return (*(each for each in together if each != NONE), *((NONE,) if NONE in together else ()))


def _words(site: Site, node: cst.CSTNode) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", site.code(node)))


def _is_defined_later(site: Site, function: cst.FunctionDef, name: str) -> bool:
    """Whether a class stands below the function, whose annotations are worked out where it stands."""
    statements = site.module.body
    if function not in statements:
        return True
    below = statements[statements.index(function) :]
    return any(isinstance(each, cst.ClassDef) and each.name.value == name for each in below)
