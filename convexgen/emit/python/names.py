"""Which Python names the client shows: of fields, arguments, methods, module classes and types.

Every rule looks at one name, or at the names of one class, and at constants: what a thing is called never depends on
other modules. A name that cannot be used gets a trailing underscore.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection, Iterable
from functools import cache

from convexgen.naming import exported_name, pascal_case

BUILTINS = frozenset({"bool", "bytes", "dict", "float", "int", "list", "str"})
"""Built-in names in annotations. Where a class declares one of them, annotations say `builtins.`."""

RUNTIME_MODELS = frozenset(
    {
        "CamelDocument",
        "CamelModel",
        "WireDocument",
        "WireModel",
        "WirePage",
        "PaginationOptions",
        "ScheduledJob",
        "StoredFile",
    }
)
RUNTIME_VALUES = frozenset(
    {
        "CLOSED",
        "Id",
        "WireLimits",
        "OPEN",
        "UNSET",
        "Unset",
        "WireDate",
        "WireDatetime",
        "WireDecimal",
        "WireEnum",
        "WireFloat",
        "WireInt",
        "WireInt64",
        "WireIntEnum",
        "WireStrEnum",
        "WireUuid",
    }
)
_DECORATORS = frozenset({"WireAction", "WireMutation", "WirePaginatedQuery", "WireQuery"})
RUNTIME_CALLS = frozenset({"BaseClient", "Caller", "Functions"}) | _DECORATORS
RUNTIME_ASYNC_CALLS = frozenset({"AsyncCaller", "AsyncFunctions", "BaseAsyncClient"}) | _DECORATORS
RUNTIME_FILES = frozenset({"Files"})
RUNTIME_ASYNC_FILES = frozenset({"AsyncFiles"})
FILES_MODULE = "files"
"""What the attribute is called that uploads files, and beside that the functions of a module of this name."""

PAGE_ARGUMENT = "pagination_opts"
"""What the argument is called that chooses the page."""

TYPING = frozenset({"Annotated", "Any", "Literal", "TypeAlias"})
COLLECTIONS = frozenset({"Mapping", "Sequence"})

_IMPORTED = (
    RUNTIME_MODELS
    | RUNTIME_VALUES
    | _DECORATORS
    | TYPING
    | COLLECTIONS
    | {"WireField", "builtins", "deprecated", "models"}
)

_MODEL_ATTRIBUTES = frozenset(
    {
        "construct",
        "copy",
        "dict",
        "from_orm",
        "json",
        "model_computed_fields",
        "model_config",
        "model_construct",
        "model_copy",
        "model_dump",
        "model_dump_json",
        "model_extra",
        "model_fields",
        "model_fields_set",
        "model_json_schema",
        "model_parametrized_name",
        "model_post_init",
        "model_rebuild",
        "model_validate",
        "model_validate_json",
        "model_validate_strings",
        "parse_file",
        "parse_obj",
        "parse_raw",
        "schema",
        "schema_json",
        "update_forward_refs",
        "validate",
        "wire_items",
    }
)
"""What pydantic's and our base classes occupy. Written down, for output must not depend on what is installed."""

_STR_ATTRIBUTES = frozenset(
    {
        "capitalize",
        "casefold",
        "center",
        "count",
        "encode",
        "endswith",
        "expandtabs",
        "find",
        "format",
        "format_map",
        "index",
        "isalnum",
        "isalpha",
        "isascii",
        "isdecimal",
        "isdigit",
        "isidentifier",
        "islower",
        "isnumeric",
        "isprintable",
        "isspace",
        "istitle",
        "isupper",
        "join",
        "ljust",
        "lower",
        "lstrip",
        "maketrans",
        "partition",
        "removeprefix",
        "removesuffix",
        "replace",
        "rfind",
        "rindex",
        "rjust",
        "rpartition",
        "rsplit",
        "rstrip",
        "split",
        "splitlines",
        "startswith",
        "strip",
        "swapcase",
        "title",
        "translate",
        "upper",
        "zfill",
    }
)
_INT_ATTRIBUTES = frozenset(
    {
        "as_integer_ratio",
        "bit_count",
        "bit_length",
        "conjugate",
        "denominator",
        "from_bytes",
        "imag",
        "is_integer",
        "numerator",
        "real",
        "to_bytes",
    }
)
_ENUM_ATTRIBUTES = frozenset({"mro", "name", "value"})

_MODULE_ATTRIBUTES = frozenset({"_attach", "_caller", "wire_caller"})
_NO_FIELDS = _MODEL_ATTRIBUTES | _IMPORTED
_NO_METHODS = _MODULE_ATTRIBUTES | _IMPORTED
_CLIENT_ATTRIBUTES = frozenset({"aclose", "close", "set_auth", "together", "with_timeout"})


@cache
def identifier(name: str) -> str:
    """`name` itself where it is a usable identifier, else the nearest one."""
    if name.isidentifier() and not keyword.iskeyword(name):
        return name
    cleaned = re.sub(r"\W", "_", name) or "_"
    if not cleaned.isidentifier():
        cleaned = f"_{cleaned}"
    return f"{cleaned}_" if keyword.iskeyword(cleaned) else cleaned


def type_name(name: str) -> str:
    """What the class or alias of a type called `name` is called in `models`."""
    return f"{name}_" if name in _IMPORTED or name in BUILTINS or keyword.iskeyword(name) else name


def input_name(name: str) -> str:
    """What the input shape of a type that splits is called."""
    return type_name(f"{name}Input")


def field_names(names: Iterable[str], mentioned: frozenset[str] = frozenset()) -> list[str]:
    """What the fields of one model are called. `mentioned` are the names of the types in its annotations."""
    reserved = _NO_FIELDS | mentioned if mentioned else _NO_FIELDS
    return _distinct(names, reserved, underscore=False)


def argument_names(names: Iterable[str]) -> list[str]:
    """What the arguments of one method are called."""
    return _distinct(names, frozenset({"self"}), underscore=False)


def list_argument_names(names: Iterable[str]) -> list[str]:
    """What the arguments are called of a method that gives a list by pages, those aside that choose the page."""
    return _distinct(names, frozenset({"self", "page_size", PAGE_ARGUMENT}), underscore=False)


def method_names(names: Iterable[str], module: str = "") -> list[str]:
    """What the methods of the `module` at that path are called, from the names of its functions."""
    reserved = _NO_METHODS | {"upload"} if module == FILES_MODULE else _NO_METHODS
    return _distinct([exported_name(name) for name in names], reserved, underscore=True)


def member_names(names: Iterable[str], base: str) -> list[str]:
    """What the members of one enum with that base class are called."""
    inherited = {"WireStrEnum": _STR_ATTRIBUTES, "WireIntEnum": _INT_ATTRIBUTES}.get(base, frozenset())
    return _distinct(names, inherited | _ENUM_ATTRIBUTES, underscore=False)


def _distinct(names: Iterable[str], reserved: frozenset[str], *, underscore: bool) -> list[str]:
    """Identifiers for `names`, none twice and none reserved.

    Without `underscore` none begins with one, which would make a field private and an argument hard to pass.
    """
    taken: set[str] = set()
    result = []
    for name in names:
        chosen = identifier(name)
        if chosen[0] == "_" and (not underscore or chosen.startswith("__")):
            chosen = identifier(chosen.strip("_") + "_")
            chosen = f"x{chosen}" if chosen[0] == "_" else chosen
        while chosen in reserved or chosen in taken:
            chosen += "_"
        taken.add(chosen)
        result.append(chosen)
    return result


def module_attribute(part: str, *, root: bool, taken: Collection[str]) -> str:
    """What a module called `part` is called on the client (`root`) or module it lies in, whose `taken` names stand."""
    chosen = identifier(exported_name(part))
    if chosen.startswith("__"):
        chosen = f"x{chosen}"
    while chosen in taken or chosen in _MODULE_ATTRIBUTES or (root and chosen in _CLIENT_ATTRIBUTES):
        chosen += "_"
    return chosen


_PLAIN_PART = re.compile(r"[a-z][a-z0-9]*(_[a-z][a-z0-9]*)*")


@cache
def module_class(path: str) -> str:
    """The class that calls the functions of the module at `path`; no two paths share one.

    >>> module_class("admin.user_settings"), module_class("v_2")
    ('Admin_UserSettingsModule', 'M_v_u2Module')
    """
    parts = path.split(".")
    if all(_PLAIN_PART.fullmatch(part) for part in parts):
        return "_".join(pascal_case(part) for part in parts) + "Module"
    return "M_" + path.replace("_", "_u").replace(".", "__") + "Module"
