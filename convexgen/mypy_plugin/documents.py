"""Writing documents, and making views of them: what `**changes` and `**fields` may be."""

from __future__ import annotations

from collections.abc import Mapping

from mypy.checker import TypeChecker
from mypy.nodes import ARG_NAMED, ARG_NAMED_OPT, ARG_POS, ArgKind, CallExpr, TypeInfo
from mypy.plugin import FunctionContext, MethodContext, MethodSigContext
from mypy.typeops import make_simplified_union
from mypy.types import CallableType, FunctionLike, Instance, Type, TypeType, UnionType, get_proper_type

from convexgen.mypy_plugin.messages import TABLE as TABLE_ERROR
from convexgen.mypy_plugin.messages import checker_of, complain
from convexgen.mypy_plugin.tables import (
    ID,
    TABLE,
    UNSET,
    Field,
    argument_of,
    fields_of,
    is_document,
    is_system_table,
    is_view,
    source_of,
    table_of,
    variants_of,
)


def patch_signature(context: MethodSigContext) -> FunctionLike:
    """`patch(document_id, *, author=..., likes=...)`: the fields of the table that the id is of."""
    document = _document_of_id(context)
    if document is None:
        return context.default_signature
    unset = _unset(context)
    changes = {
        name: (ARG_NAMED_OPT, UnionType.make_union([field.type, *unset]) if field.optional else field.type)
        for name, field in _fields_of_any(document, checker_of(context.api)).items()
    }
    return _with_keywords(context.default_signature, changes)


def _fields_of_any(document: Instance, checker: TypeChecker) -> dict[str, Field]:
    """The fields of a table; of one that is a union, those of all its variants that can be seen from here.

    Variants stand in the module of their table, or in one that whoever writes them knows.
    """
    found = fields_of(document)
    if table_of(document.type) is not document.type:
        return found
    for variant in variants_of(document.type, checker):
        for name, field in fields_of(Instance(variant, [])).items():
            known = found.get(name, field)
            type_ = make_simplified_union([known.type, field.type])
            found[name] = Field(type_, known.optional or field.optional)
    return found


def _unset(context: MethodSigContext) -> list[Type]:
    """The type of `UNSET`; nothing in a program that does not know of it."""
    module, _, name = UNSET.rpartition(".")
    known = checker_of(context.api).modules.get(module)
    symbol = known.names.get(name) if known else None
    return [Instance(symbol.node, [])] if symbol and isinstance(symbol.node, TypeInfo) else []


def replace_signature(context: MethodSigContext) -> FunctionLike:
    """`replace(document_id, document)`: a document of the table that the id is of, whichever of its variants."""
    document = _document_of_id(context)
    signature = context.default_signature
    if document is None or len(signature.arg_types) != 2:
        return signature
    return signature.copy_modified(arg_types=[signature.arg_types[0], Instance(table_of(document.type), [])])


def view_signature(context: MethodSigContext) -> FunctionLike:
    """`of(document, *, author_name=...)`: what a view adds must be given, what it takes over may be."""
    view, source = _view_and_source(context)
    signature = context.default_signature
    if view is None or source is None or signature.arg_kinds[:1] != [ARG_POS]:
        return signature
    taken = fields_of(source).keys() | _fields_of_argument(context)
    fields = {
        name: (ARG_NAMED_OPT if field.optional or name in taken else ARG_NAMED, field.type)
        for name, field in fields_of(view).items()
    }
    return _with_keywords(signature.copy_modified(arg_types=[source, *signature.arg_types[1:]]), fields)


def _with_keywords(signature: CallableType, keywords: Mapping[str, tuple[ArgKind, Type]]) -> CallableType:
    """The positional parameter of `signature`, and these in place of `**`."""
    kinds = [kind for kind, _ in keywords.values()]
    return signature.copy_modified(
        arg_types=[signature.arg_types[0], *(type_ for _, type_ in keywords.values())],
        arg_kinds=[signature.arg_kinds[0], *kinds],
        arg_names=[signature.arg_names[0], *keywords],
    )


def _document_of_id(context: MethodSigContext) -> Instance | None:
    """The table or variant that the id in the first argument is of; None if that cannot be known or is any table.

    The id of a view is that of the document behind it.
    """
    if not context.args[0]:
        return None
    id_ = get_proper_type(context.api.get_expression_type(context.args[0][0]))
    if not isinstance(id_, Instance) or id_.type.fullname != ID:
        return None
    document = argument_of(id_)
    if document is None or document.type.fullname == TABLE or not is_document(document.type):
        return None
    return source_of(document) if is_view(document.type) else document


def _view_and_source(context: MethodSigContext) -> tuple[Instance | None, Instance | None]:
    made = get_proper_type(context.type)
    if isinstance(made, CallableType) and made.is_type_obj():
        made = get_proper_type(made.ret_type)
    elif isinstance(made, TypeType):
        made = get_proper_type(made.item)
    if not isinstance(made, Instance) or not is_view(made.type):
        return None, None
    return made, source_of(made)


def _fields_of_argument(context: MethodSigContext) -> set[str]:
    if not context.args[0]:
        return set()
    document = get_proper_type(context.api.get_expression_type(context.args[0][0]))
    return set(fields_of(document)) if isinstance(document, Instance) and is_document(document.type) else set()


def check_query(context: MethodContext) -> Type:
    """A view has no documents of its own. (A `View[...]` is no `Table`, which mypy sees by itself.)"""
    found = argument_of(context.default_return_type)
    if found is not None and is_view(found.type) and found.type.has_base(TABLE):
        _refuse_view(context, found.type, "queried", f"query `{table_of(found.type).name}`")
    return context.default_return_type


def check_insert(context: MethodContext) -> Type:
    document = get_proper_type(context.arg_types[0][0]) if context.arg_types[0] else None
    if isinstance(document, Instance):
        if is_view(document.type):
            if not document.type.has_base(TABLE):
                return context.default_return_type  # mypy sees by itself that this is no `Table`
            _refuse_view(context, document.type, "stored", f"insert a `{table_of(document.type).name}`")
        else:
            _refuse_system_table(context, document.type)
    return context.default_return_type


def check_write(context: MethodContext) -> Type:
    document = argument_of(context.arg_types[0][0]) if context.arg_types[0] else None
    if document is not None:
        _refuse_system_table(context, document.type)
    return context.default_return_type


def check_construction(context: FunctionContext) -> Type:
    made = get_proper_type(context.default_return_type)
    if isinstance(made, Instance):
        name = made.type.name
        message = f"`{name}` is a view: it is made from a document"
        place = context.context.callee if isinstance(context.context, CallExpr) else context.context
        complain(context.api, place, TABLE_ERROR, message, f"write `{name}.of(document, ...)`")
    return context.default_return_type


def _refuse_view(context: MethodContext, view: TypeInfo, done: str, advice: str) -> None:
    message = f"`{view.name}` is a view, and views are not {done}"
    complain(context.api, context.args[0][0], TABLE_ERROR, message, advice)


def _refuse_system_table(context: MethodContext, document: TypeInfo) -> None:
    if is_system_table(document):
        message = f"`{document.name}` is a table of the system, which functions only read"
        advice = "files are written by `ctx.storage`, jobs by `ctx.scheduler`"
        complain(context.api, context.args[0][0], TABLE_ERROR, message, advice)
