"""Joins what the modules contribute into the files of the package."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from textwrap import indent

from convexgen.emit.contract import MARKER_LINE, Fragment, GeneratedFile, ModuleOutline, Outline
from convexgen.emit.python.imports import import_lines
from convexgen.emit.python.names import FILES_MODULE, RUNTIME_MODELS, module_attribute, module_class
from convexgen.emit.templates import folder, render

HEADER = f"""\
# {MARKER_LINE}
# Do not edit: change the functions and run `convexgen generate`.
# fmt: off
# ruff: noqa
"""
"""The pragmas are for projects whose formatter and linter are set up otherwise than by default."""

_RUNTIME = (
    "__init__",
    "async_calls",
    "async_files",
    "async_subscriptions",
    "calls",
    "errors",
    "fakes",
    "files",
    "functions",
    "http",
    "live/__init__",
    "live/backoff",
    "live/blocking",
    "live/chunks",
    "live/connection",
    "live/conversation",
    "live/effects",
    "live/fetches",
    "live/following",
    "live/introduction",
    "live/link",
    "live/messages",
    "live/optimism",
    "live/queries",
    "live/requests",
    "live/results",
    "live/shown",
    "live/tokens",
    "local_store",
    "models",
    "paged_calls",
    "pages",
    "subscriptions",
    "transport",
    "uploads",
    "values",
)


@dataclass(slots=True, eq=False)
class _Node:
    """A module, or a folder on the way to one, with what lies in it by Python name."""

    path: str
    module: ModuleOutline | None = None
    children: dict[str, _Node] = field(default_factory=dict)


def package(root: str, outline: Outline, fragments: Mapping[str, Fragment]) -> tuple[GeneratedFile, ...]:
    """All files of the package in the folder `root`, first what the others import."""
    tree = _tree(module for module in outline.modules if "names" in fragments[module.path])
    texts = [(f"runtime/{name}.py", HEADER + _runtime_source(name)) for name in _RUNTIME]
    texts.append(("models.py", _models(outline, fragments)))
    texts.append(("client.py", _client(tree, fragments, "")))
    texts.append(("async_client.py", _client(tree, fragments, "Async")))
    texts.append(("__init__.py", render("python/init.py.j2", header=HEADER)))
    texts.append(("testing.py", render("python/testing.py.j2", header=HEADER)))
    texts.append(("py.typed", HEADER))
    return tuple(GeneratedFile(f"{root}/{path}", text) for path, text in texts)


@cache
def _runtime_source(name: str) -> str:
    return (folder() / "python" / "runtime" / f"{name}.py").read_text(encoding="utf-8")


def _models(outline: Outline, fragments: Mapping[str, Fragment]) -> str:
    keys = [(type_.module, f"type {type_.symbol}") for type_ in outline.types]
    keys += [(table.module, f"table {table.name}") for table in outline.tables]
    classes: list[str] = []
    aliases: dict[str, tuple[str, str]] = {}
    used: set[str] = set()
    for module, key in keys:
        fragment = fragments[module]
        used.update(fragment.get(f"uses {key}", "").split())
        if f"class {key}" in fragment:
            classes.append(fragment[f"class {key}"])
        for alias in (f"alias {key}", f"alias input {key}"):
            if alias in fragment:
                aliases[alias] = (fragment[alias], fragment[f"needs {key}"])
    return render(
        "python/models.py.j2",
        {
            "imports": import_lines(used),
            "classes": "\n\n".join(classes),
            "aliases": "\n".join(_in_order_of_need(aliases)),
        },
        header=HEADER,
    )


def _in_order_of_need(aliases: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    """The texts of `aliases`, each after those that it needs: unlike classes, they are evaluated where they stand."""
    done: set[str] = set()

    def visit(alias: str) -> Iterator[str]:
        if alias in done or alias not in aliases:
            return
        done.add(alias)
        text, needs = aliases[alias]
        for need in needs.splitlines():
            yield from visit(f"alias {need}")
            yield from visit(f"alias input {need}")
        yield text

    for alias in aliases:
        yield from visit(alias)


def _tree(modules: Iterable[ModuleOutline]) -> _Node:
    root = _Node("")
    for module in modules:
        node = root
        for part in module.path.split("."):
            node = node.children.setdefault(part, _Node(f"{node.path}.{part}" if node.path else part))
        node.module = module
    root.children.setdefault(FILES_MODULE, _Node(FILES_MODULE))
    return root


def _client(tree: _Node, fragments: Mapping[str, Fragment], flavour: str) -> str:
    """The module that holds `Client` (`flavour` is empty) or `AsyncClient` (`"Async"`)."""
    used: set[str] = set()
    nodes = [node for node in _below(tree) if node.module is not None or node.children]
    classes = [_module_source(node, fragments, flavour, used) for node in nodes]
    attributes = _attributes(tree, flavour, root=True, methods=frozenset())
    base_names = {f"Base{flavour}Client", f"{flavour}Caller", f"{flavour}Files"} | {_base(n, flavour) for n in nodes}
    checked = used & RUNTIME_MODELS
    return render(
        "python/client.py.j2",
        {
            "imports": import_lines(
                (used - checked) | base_names, checking=bool(checked or "models" in used), flavour=flavour
            ),
            "checked": indent(("from . import models\n" if "models" in used else "") + import_lines(checked), " " * 4),
            "classes": "\n\n".join(classes),
            "attributes": attributes,
        },
        header=HEADER,
        flavour=flavour,
    )


def _below(node: _Node) -> Iterator[_Node]:
    for child in node.children.values():
        yield child
        yield from _below(child)


def _module_source(node: _Node, fragments: Mapping[str, Fragment], flavour: str, used: set[str]) -> str:
    fragment = fragments[node.module.path] if node.module is not None else {}
    used.update(fragment.get("uses", "").split())
    parts = [doc] if (doc := fragment.get("doc")) else []
    if node.children:
        methods = frozenset(fragment.get("names", "").split())
        attributes = _attributes(node, flavour, root=False, methods=methods)
        parts.append(
            f"    def __init__(self, caller: {flavour}Caller) -> None:\n        super().__init__(caller)\n{attributes}"
        )
    if "names" in fragment:
        parts.append(fragment["methods"])
    return f"class {module_class(node.path)}({_base(node, flavour)}):\n" + "\n".join(parts)


def _base(node: _Node, flavour: str) -> str:
    """What the class of `node` builds on."""
    return f"{flavour}Files" if node.path == FILES_MODULE else f"{flavour}Functions"


def _attributes(node: _Node, flavour: str, *, root: bool, methods: frozenset[str]) -> str:
    """The statements that make the modules that lie in `node` its attributes."""
    lines = []
    taken = set(methods)
    for part, child in sorted(node.children.items()):
        name = module_attribute(part, root=root, taken=taken)
        taken.add(name)
        own = module_class(child.path) if child.module is not None or child.children else _base(child, flavour)
        lines.append(f"        self.{name} = {own}(caller)\n")
    return "".join(lines)
