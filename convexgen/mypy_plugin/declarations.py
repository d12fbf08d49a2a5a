"""What class bodies say, written down where it lasts: in the metadata of the class, and in the types of its indexes.

The fields of an index are a part of its type, so that everything that uses the index is checked again when they change,
in mypy's cache and in its daemon alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from mypy.expandtype import expand_type
from mypy.nodes import (
    AssignmentStmt,
    Block,
    CallExpr,
    ClassDef,
    EllipsisExpr,
    Expression,
    IfStmt,
    ListExpr,
    MemberExpr,
    NameExpr,
    RefExpr,
    StrExpr,
    TempNode,
    TupleExpr,
    TypeInfo,
)
from mypy.plugin import ClassDefContext, FunctionContext, MethodSigContext
from mypy.types import CallableType, FunctionLike, Instance, LiteralType, Type, TypeType, get_proper_type

from convexgen.mypy_plugin.tables import (
    INDEX_FIELDS,
    METADATA,
    MODEL,
    SOURCE_ID,
    TABLE,
    VIEW,
    ClassFacts,
    is_document,
    source_of,
)

_INDEX_CLASSES = ("Index", "SearchIndex", "VectorIndex")
_ROLES = ("view", "variant")


def class_hook(*, pydantic: bool) -> Callable[[ClassDefContext], None]:
    """What to do with each class. `pydantic` tells whether pydantic's own plugin runs too."""
    make_peace = _peacemaker() if pydantic else None

    def note(context: ClassDefContext) -> None:
        info = context.cls.info
        if info.has_base(MODEL) and info.fullname != MODEL:
            facts: Any = _facts(context.cls)
            info.metadata[METADATA] = facts
            if make_peace is not None and is_document(info):
                make_peace(context.cls)

    return note


def _facts(statement: ClassDef) -> ClassFacts:
    role, table = _role(statement) if is_document(statement.info) else (None, None)
    fields = {
        target.name: _has_default(assignment.rvalue)
        for assignment, target in _assignments(statement.defs)
        if assignment.unanalyzed_type is not None and not target.name.startswith("_")
    }
    return {"role": role, "table": table, "fields": fields}


def _role(statement: ClassDef) -> tuple[str | None, str | None]:
    if statement.info.fullname in (TABLE, VIEW):
        return None, None
    if statement.info.has_base(VIEW):
        return "view", None
    for keyword, value in statement.keywords.items():
        if keyword == "name":
            return "table", value.value if isinstance(value, StrExpr) else None
        if keyword in _ROLES and isinstance(value, NameExpr) and value.name == "True":
            return keyword, None
    return None, None


def _assignments(block: Block) -> Iterator[tuple[AssignmentStmt, NameExpr]]:
    for statement in block.body:
        if isinstance(statement, AssignmentStmt) and isinstance(statement.lvalues[0], NameExpr):
            yield statement, statement.lvalues[0]
        elif isinstance(statement, IfStmt):
            for body in (*statement.body, *([statement.else_body] if statement.else_body else [])):
                if not body.is_unreachable:
                    yield from _assignments(body)


def _has_default(value: Expression) -> bool:
    """Whether a field with this right-hand side need not be given. `Field(alias=...)` alone is no default."""
    if isinstance(value, TempNode) and value.no_rhs:
        return False
    if not isinstance(value, CallExpr) or _name(value.callee) != "Field":
        return True
    given = dict(zip(value.arg_names, value.args, strict=True))
    return bool({"default", "default_factory"} & given.keys()) or not isinstance(
        given.get(None, EllipsisExpr()), EllipsisExpr
    )


def _name(callee: Expression) -> str | None:
    return callee.name if isinstance(callee, NameExpr | MemberExpr) else None


def _peacemaker() -> Callable[[ClassDef], None]:
    """Pydantic's plugin wants an annotation at each class attribute that is no field; indexes have none.

    It passes over names that a base class has as class variables: every index is made known as one of those, beside
    those that `Table` has.
    """
    from pydantic.mypy import METADATA_KEY  # noqa: PLC0415 - who runs that plugin has loaded it already

    def make_peace(statement: ClassDef) -> None:
        known = next((base.metadata[METADATA_KEY] for base in _documents(statement.info, METADATA_KEY)), None)
        if known is None:
            return
        for assignment, target in _assignments(statement.defs):
            if isinstance(assignment.rvalue, CallExpr) and _name(assignment.rvalue.callee) in _INDEX_CLASSES:
                known["class_vars"][target.name] = {"name": target.name}

    return make_peace


def _documents(info: TypeInfo, key: str) -> Iterator[TypeInfo]:
    """`Table` or `View` themselves, if another plugin has left its notes there."""
    return (base for base in info.mro[1:] if base.fullname in (TABLE, VIEW) and key in base.metadata)


def index_hook(context: FunctionContext) -> Type:
    """The type of `Index("author")`: an `Index`, and the fields that it has."""
    made = get_proper_type(context.default_return_type)
    fields = _paths(context)
    if not isinstance(made, Instance) or fields is None:
        return context.default_return_type
    text = context.api.named_generic_type("builtins.str", [])
    listed = LiteralType(" ".join(fields), text)
    return made.copy_with_extra_attr(INDEX_FIELDS, listed)


def _paths(context: FunctionContext) -> list[str] | None:
    """The fields that conditions may be about: an index's own, or the filter fields of the other two kinds."""
    by_name = dict(zip(context.callee_arg_names, context.args, strict=True))
    if "fields" in by_name:
        return _texts(by_name["fields"], context)
    return _listed(by_name.get("filter_fields", []), context)


def _listed(argument: list[Expression], context: FunctionContext) -> list[str] | None:
    if not argument:
        return []
    value = argument[0]
    return _texts(value.items, context) if isinstance(value, ListExpr | TupleExpr) else None


def _texts(values: list[Expression], context: FunctionContext) -> list[str] | None:
    texts = [_text(value, context) for value in values]
    return [text for text in texts if text is not None] if None not in texts else None


def _text(value: Expression, context: FunctionContext) -> str | None:
    if isinstance(value, StrExpr):
        return value.value
    if not isinstance(value, RefExpr):
        return None
    known = get_proper_type(context.api.get_expression_type(value))
    if isinstance(known, Instance) and known.last_known_value is not None:
        known = known.last_known_value
    return known.value if isinstance(known, LiteralType) and isinstance(known.value, str) else None


def descriptor_signature(context: MethodSigContext) -> FunctionLike:
    """`task.id` and `Task.by_owner` are of the class that they are read from, whatever would fit where they stand.

    Without this mypy lets the place decide, and then complains of the descriptor's insides.
    """
    signature = context.default_signature
    read_from = _read_from(context)
    if read_from is None or len(signature.variables) != 1:
        return signature
    known = expand_type(signature.copy_modified(variables=()), {signature.variables[0].id: read_from})
    assert isinstance(known, CallableType)
    return known


def _read_from(context: MethodSigContext) -> Instance | None:
    instance, owner = (argument[0] if argument else None for argument in context.args)
    if not isinstance(owner, TempNode) or not isinstance(instance, TempNode):
        return None
    if isinstance(context.type, Instance) and context.type.type.fullname == SOURCE_ID:
        view = get_proper_type(instance.type)
        return source_of(view) if isinstance(view, Instance) else None
    made = get_proper_type(owner.type)
    if isinstance(made, FunctionLike) and made.is_type_obj():
        made = get_proper_type(made.items[0].ret_type)
    elif isinstance(made, TypeType):
        made = get_proper_type(made.item)
    return made if isinstance(made, Instance) else None
