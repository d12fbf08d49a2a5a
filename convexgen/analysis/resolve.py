"""What a name means, across the files of the functions folder.

Imports are followed as Python would follow them, without running them: relative, absolute, aliased, re-exported, with
a star. A name that leads out of the folder is an `External` with the name under which the world knows it.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import TypeAlias

import convexgen
from convexgen.analysis.syntax import (
    AssignmentSyntax,
    AttributeExpr,
    CallStatement,
    ClassSyntax,
    ConstantExpr,
    Expr,
    FunctionSyntax,
    HiddenFunction,
    ImportedName,
    ModuleSyntax,
    NameExpr,
    SequenceExpr,
    Statement,
    SubscriptExpr,
    Unreadable,
)

_BUILTINS = frozenset(vars(builtins))
_OWN_PACKAGE = "convexgen"
_OWN_NAMES = frozenset(convexgen.__all__)


@dataclass(frozen=True, slots=True)
class External:
    """Something outside of the functions folder, by its canonical dotted name (`typing.Any`, `builtins.str`)."""

    name: str


@dataclass(frozen=True, slots=True)
class ModuleMeaning:
    """A module or folder of the functions folder."""

    name: str


@dataclass(frozen=True, slots=True)
class Declared:
    """A class, function or assignment of the functions folder."""

    module: str
    syntax: ClassSyntax | FunctionSyntax | AssignmentSyntax

    @property
    def symbol(self) -> str:
        name = self.syntax.target if isinstance(self.syntax, AssignmentSyntax) else self.syntax.name
        return symbol_of(self.module, name)


@dataclass(frozen=True, slots=True)
class Uncertain:
    """A name that is bound where only running the module could tell to what."""

    module: str
    syntax: Unreadable


@dataclass(frozen=True, slots=True)
class Missing:
    """Nothing. `module` is set where an import of the functions folder led there."""

    name: str
    module: str | None = None


Meaning: TypeAlias = External | ModuleMeaning | Declared | Uncertain | Missing


def symbol_of(module: str, name: str) -> str:
    """The symbol of what `module` (dotted, `""` at the root of the folder) calls `name`."""
    return f"{module}.{name}" if module else name


class Program:
    """All modules of the functions folder, and what each name in them means. `source` is the folder's path.

    `class_kinds` is where `classes.kind_of` keeps what it has found.
    """

    def __init__(self, modules: Mapping[str, ModuleSyntax], source: str) -> None:
        self.modules = modules
        self._prefixes = _prefixes(source)
        self._scopes: dict[str, Mapping[str, Statement]] = {}
        self._star_imports: dict[str, tuple[ImportedName, ...]] = {}
        self._meanings: dict[tuple[str, str], Meaning] = {}
        self.class_kinds: dict[str, str] = {}

    @cached_property
    def _folders(self) -> frozenset[str]:
        names = (name.split(".")[:depth] for name in self.modules for depth in range(name.count(".") + 1))
        return frozenset(".".join(parts) for parts in names) | {""}

    def scope(self, module: str) -> Mapping[str, Statement]:
        """What each name is last bound to in `module`, in the order of first binding. Star imports are not expanded."""
        known = self._scopes.get(module)
        if known is None:
            known = self._scopes[module] = _scope(self.modules[module])
        return known

    def lookup(self, module: str, name: str) -> Meaning:
        """What `name` means at the top level of `module`."""
        known = self._meanings.get((module, name))
        if known is None:
            known = self._meanings[module, name] = self._lookup(module, name, frozenset())
        return known

    def meaning(self, module: str, expression: Expr) -> Meaning | None:
        """What a name or dotted name means in `module`; None for any other expression."""
        if isinstance(expression, NameExpr):
            return self.lookup(module, expression.name)
        if isinstance(expression, AttributeExpr):
            owner = self.meaning(module, expression.value)
            return None if owner is None else self._member(owner, expression.name, frozenset())
        return None

    def imported(self, module: str, imported: ImportedName) -> Meaning:
        """What an import means that stands inside of a function of `module`."""
        return self._import(module, imported, frozenset())

    def broken_import(self, module: str, name: str) -> tuple[ImportedName, Missing] | None:
        """The import that binds `name` in `module` and leads nowhere, in the functions folder or here; None for others.

        What we generate is not read, so that nothing can be said of imports from it.
        """
        statement = self.scope(module).get(name)
        if not isinstance(statement, ImportedName) or statement.name == "*" or "." in name:
            return None
        meaning = self.lookup(module, name)
        if statement.module == _OWN_PACKAGE and not statement.level and self.is_unknown_own_name(meaning):
            return statement, Missing(str(statement.name), _OWN_PACKAGE)
        if not isinstance(meaning, Missing) or meaning.module is None:
            return None
        if meaning.module.startswith("_generated") or statement.module.endswith("_generated"):
            return None
        return statement, meaning

    def names(self, module: str) -> Iterator[str]:
        """Every name that `module` binds, for suggestions."""
        yield from self.scope(module)
        for star in self._stars(module):
            target = self._target(module, star)
            if target is not None and target in self.modules:
                yield from self.scope(target)

    def is_broken_import(self, module: str, expression: Expr) -> bool:
        """Whether `expression` begins with a name whose import leads nowhere."""
        while isinstance(expression, AttributeExpr | SubscriptExpr):
            expression = expression.value
        return isinstance(expression, NameExpr) and self.broken_import(module, expression.name) is not None

    def is_module(self, name: str) -> bool:
        """Whether the functions folder has a module of this dotted name."""
        return name in self.modules

    def relative(self, module: str, target: str) -> str:
        """How `module` imports from the module `target` of the same folder: `.schema`, or `..schema` a folder below."""
        depth = module.count(".") + 1 + (1 if self.modules[module].is_package and module else 0)
        return "." * depth + target

    def is_unknown_own_name(self, meaning: Meaning) -> bool:
        """Whether this is a name that `convexgen` does not have, and one that it has was meant.

        It may come from a package whose names we know as ours, which is for the caller to tell.
        """
        if not isinstance(meaning, External) or meaning.name.rpartition(".")[0] != _OWN_PACKAGE:
            return False
        name = meaning.name.rpartition(".")[2]
        return name not in _OWN_NAMES and bool(get_close_matches(name, _OWN_NAMES, 1))

    def suggestions(self, missing: Missing) -> str | None:
        """The name that was probably meant by one that an import did not find."""
        if missing.module == _OWN_PACKAGE:
            close = get_close_matches(missing.name, _OWN_NAMES, 1)
        elif missing.module is not None and missing.module in self.modules:
            close = get_close_matches(missing.name, list(self.names(missing.module)), 1)
        else:
            close = get_close_matches(missing.name, list(self.modules), 1)
        return close[0] if close and close[0] != missing.name else None

    def _target(self, module: str, imported: ImportedName) -> str | None:
        return import_target(module, self.modules[module].is_package, imported, self._prefixes)

    def _lookup(self, module: str, name: str, seen: frozenset[tuple[str, str]]) -> Meaning:
        if (module, name) in seen:
            return Missing(name, module)
        seen |= {(module, name)}
        statement = self.scope(module).get(name)
        for star in reversed(self._stars(module)):
            if isinstance(statement, CallStatement | HiddenFunction | None) or star.place > statement.place:
                meaning = self._through_star(module, star, name, seen)
                if meaning is not None:
                    return meaning
        match statement:
            case ImportedName() as imported:
                return self._import(module, imported, seen)
            case ClassSyntax() | FunctionSyntax() | AssignmentSyntax() as syntax:
                return Declared(module, syntax)
            case Unreadable() as syntax:
                return Uncertain(module, syntax)
        return External(f"builtins.{name}") if name in _BUILTINS else Missing(name)

    def _stars(self, module: str) -> tuple[ImportedName, ...]:
        known = self._star_imports.get(module)
        if known is None:
            known = self._star_imports[module] = tuple(
                statement
                for statement in self.modules[module].body
                if isinstance(statement, ImportedName) and statement.name == "*"
            )
        return known

    def _through_star(
        self, module: str, star: ImportedName, name: str, seen: frozenset[tuple[str, str]]
    ) -> Meaning | None:
        target = self._target(module, star)
        if target is None:
            # Outside of the folder only our own names are known; of other packages nothing can be said.
            return External(f"convexgen.{name}") if star.module == "convexgen" and name in _OWN_NAMES else None
        if target not in self.modules or not self._exports(target, name):
            return None
        meaning = self._lookup(target, name, seen)
        return None if isinstance(meaning, Missing) or meaning == External(f"builtins.{name}") else meaning

    def _exports(self, module: str, name: str) -> bool:
        match self.scope(module).get("__all__"):
            case AssignmentSyntax(value=SequenceExpr(items)):
                return any(isinstance(item, ConstantExpr) and item.value == name for item in items)
        return not name.startswith("_")

    def _import(self, module: str, imported: ImportedName, seen: frozenset[tuple[str, str]]) -> Meaning:
        target = self._target(module, imported)
        if target is None:
            dotted = "." * imported.level + imported.module
            return External(canonical(f"{dotted}.{imported.name}" if imported.name else dotted))
        if imported.name is None:
            # `import backend.schema` binds the root; the attributes that follow lead to the module.
            return self._module(target)
        return self._member(ModuleMeaning(target), imported.name, seen)

    def _module(self, name: str) -> Meaning:
        return ModuleMeaning(name) if name in self.modules or name in self._folders else Missing(name, name)

    def _member(self, owner: Meaning, name: str, seen: frozenset[tuple[str, str]]) -> Meaning:
        match owner:
            case External(outer):
                return External(canonical(f"{outer}.{name}"))
            case ModuleMeaning(module):
                if module in self.modules:
                    found = self._lookup(module, name, seen)
                    if not isinstance(found, Missing) and found != External(f"builtins.{name}"):
                        return found
                inner = self._module(symbol_of(module, name))
                return Missing(name, module) if isinstance(inner, Missing) else inner
            case _:
                return Missing(name)


def import_target(module: str, is_package: bool, imported: ImportedName, prefixes: tuple[str, ...]) -> str | None:
    """The dotted name in the functions folder of the module that `imported` is from; None if it lies outside."""
    if imported.level:
        parts = module.split(".") if module else []
        up = imported.level - (1 if is_package else 0)
        if up > len(parts):
            return None
        base = parts[: len(parts) - up]
        return ".".join([*base, *filter(None, [imported.module])])
    for prefix in prefixes:
        if imported.module == prefix:
            return ""
        if imported.module.startswith(prefix + "."):
            return imported.module[len(prefix) + 1 :]
    return None


def import_targets(module: ModuleSyntax, source: str) -> tuple[str, ...]:
    """Every name in the functions folder `source` that `module` imports and that may be a module."""
    found: dict[str, None] = {}
    prefixes = _prefixes(source)
    for statement in module.body:
        if isinstance(statement, ImportedName):
            target = import_target(module.name, module.is_package, statement, prefixes)
            if target is not None:
                found[target] = None
                if statement.name not in (None, "*"):
                    found[symbol_of(target, str(statement.name))] = None
    return tuple(found)


def _prefixes(source: str) -> tuple[str, ...]:
    """The packages as which the folder may be imported: for `src/app/backend` also `app.backend` and `backend`."""
    parts = source.split("/")
    return tuple(".".join(parts[start:]) for start in range(len(parts)))


def _scope(module: ModuleSyntax) -> Mapping[str, Statement]:
    scope: dict[str, Statement] = {}
    for statement in module.body:
        match statement:
            case ImportedName(local=local):
                scope[local] = statement
            case AssignmentSyntax(target=target):
                scope[target] = statement
            case ClassSyntax(name=name) | FunctionSyntax(name=name):
                scope[name] = statement
            case Unreadable(names=names):
                scope.update(dict.fromkeys(names, statement))
            case CallStatement() | HiddenFunction():
                pass
    return scope


_SAME_PLACE = {
    "typing_extensions": "typing",
    "collections.abc": "typing",
    "annotated_types": "convexgen",
    "pydantic.fields": "pydantic",
    "pydantic.main": "pydantic",
    "pydantic.dataclasses": "dataclasses",
    "warnings": "typing",
}
_SAME_NAME = {
    "pydantic.Field": "convexgen.Field",
    "typing.List": "builtins.list",
    "typing.Dict": "builtins.dict",
    "typing.Tuple": "builtins.tuple",
    "typing.Set": "builtins.set",
    "typing.FrozenSet": "builtins.frozenset",
    "typing.Type": "builtins.type",
}


def canonical(name: str) -> str:
    """The one name under which we know an outside thing that has several."""
    owner, _, last = name.rpartition(".")
    if owner.startswith("convexgen."):
        owner = "convexgen"
    name = f"{_SAME_PLACE.get(owner, owner)}.{last}" if owner else last
    return _SAME_NAME.get(name, name)
