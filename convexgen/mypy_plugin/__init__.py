"""The plugin for mypy: `plugins = ["convexgen.mypy_plugin"]`. It knows what annotations of the language cannot say.

What it needs to know about tables it puts where mypy keeps what it knows of any class, so that it works from mypy's
cache and in its daemon too. It never reads a file.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from hashlib import blake2b
from pathlib import Path

from mypy.nodes import TypeInfo
from mypy.options import Options
from mypy.plugin import (
    AttributeContext,
    ClassDefContext,
    FunctionContext,
    MethodContext,
    MethodSigContext,
    Plugin,
)
from mypy.types import FunctionLike, Type

from convexgen.mypy_plugin import declarations, documents, queries
from convexgen.mypy_plugin.queries import Operands
from convexgen.mypy_plugin.tables import OWN_ID, SOURCE_ID, is_view

_INDEXES = "convexgen.authoring.indexes."
_DATABASE = "convexgen.authoring.database."

_INDEX_CLASSES = {f"{_INDEXES}{name}" for name in ("Index", "SearchIndex", "VectorIndex")}
_SIGNATURES: dict[str, Callable[[MethodSigContext], FunctionLike]] = {
    f"{_DATABASE}DatabaseWriter.patch": documents.patch_signature,
    f"{_DATABASE}DatabaseWriter.replace": documents.replace_signature,
    **{f"{name}.__get__": declarations.descriptor_signature for name in (*_INDEX_CLASSES, OWN_ID, SOURCE_ID)},
}
_METHODS: dict[str, Callable[[MethodContext], Type]] = {
    f"{_DATABASE}DatabaseReader.query": documents.check_query,
    f"{_DATABASE}DatabaseWriter.query": documents.check_query,
    f"{_DATABASE}DatabaseWriter.insert": documents.check_insert,
    f"{_DATABASE}DatabaseWriter.patch": documents.check_write,
    f"{_DATABASE}DatabaseWriter.replace": documents.check_write,
    f"{_DATABASE}DatabaseWriter.delete": documents.check_write,
}


class ConvexgenPlugin(Plugin):
    """One for each run of mypy. `operands` are the fields that the call being looked at compares."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self._operands = Operands()
        self._signatures = {**_SIGNATURES, f"{_DATABASE}Query.with_index": self._operands.announce}
        self._methods: dict[str, Callable[[MethodContext], Type]] = {
            **_METHODS,
            f"{_DATABASE}Query.with_index": partial(queries.check_with_index, self._operands),
            f"{_DATABASE}Query.with_search_index": queries.check_filters,
            "convexgen.authoring.contexts.ActionCtx.vector_search": queries.check_filters,
        }
        self._declared = declarations.class_hook(pydantic="pydantic.mypy" in options.plugins)

    def get_customize_class_mro_hook(self, fullname: str) -> Callable[[ClassDefContext], None] | None:
        """Called for every class before its body is looked at, and by no other plugin that is known to be used."""
        return self._declared

    def get_function_hook(self, fullname: str) -> Callable[[FunctionContext], Type] | None:
        if fullname in _INDEX_CLASSES:
            return declarations.index_hook
        return documents.check_construction if self._is_view(fullname) else None

    def get_method_signature_hook(self, fullname: str) -> Callable[[MethodSigContext], FunctionLike] | None:
        """`fullname` begins with the class of the object, wherever the method is defined."""
        view, _, method = fullname.rpartition(".")
        if method == "of" and self._is_view(view):
            return documents.view_signature
        return self._signatures.get(fullname)

    def get_method_hook(self, fullname: str) -> Callable[[MethodContext], Type] | None:
        return self._methods.get(fullname)

    def get_class_attribute_hook(self, fullname: str) -> Callable[[AttributeContext], Type] | None:
        return self._operands.present if self._operands else None

    def get_attribute_hook(self, fullname: str) -> Callable[[AttributeContext], Type] | None:
        return self._operands.present if self._operands else None

    def _is_view(self, fullname: str) -> bool:
        found = self.lookup_fully_qualified(fullname)
        return found is not None and isinstance(found.node, TypeInfo) and is_view(found.node)


def plugin(version: str) -> type[Plugin]:
    """What mypy calls, with its version."""
    del version
    return ConvexgenPlugin


def _fingerprint() -> str:
    """Of all files of the plugin: mypy forgets what it remembers when this changes."""
    found = blake2b(digest_size=8)
    folder = Path(__file__).parent
    for path in (*sorted(folder.glob("*.py")), folder.parent / "index_ranges.py"):
        found.update(path.read_bytes())
    return found.hexdigest()


__version__ = _fingerprint()
