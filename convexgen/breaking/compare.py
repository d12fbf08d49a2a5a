"""Two programs in, the changes between them out: functions, what is stored, and HTTP routes.

Cron jobs are left out: nobody outside of the program depends on them.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from convexgen import ir
from convexgen.breaking.changes import Change, Effect, Impact, Subject, Who, merged
from convexgen.breaking.compare_tables import TableComparison
from convexgen.breaking.compare_types import TypeComparison, as_change
from convexgen.breaking.naming import renamed_as
from convexgen.breaking.program import Owner, Precision, Program
from convexgen.breaking.type_text import TypeText
from convexgen.naming import Naming
from convexgen.rules import breaking as rules

_EVERYBODY: tuple[Who, ...] = ("callers", "readers", "stored documents")


@dataclass(frozen=True, slots=True)
class Baseline:
    """The program that was: what it is called in messages, and how much is known of it.

    With the precision `validators` only its functions and routes are known. `untyped` are the wire identifiers
    (`"messages:send"`) of functions that took whatever they were given.
    """

    program: ir.Ir
    title: str
    precision: Precision = "types"
    untyped: frozenset[str] = frozenset()


class _Place(NamedTuple):
    """A function and where it stands."""

    module: ir.Module
    function: ir.Function

    @property
    def name(self) -> str:
        return f"{self.module.path}.{self.function.name}" if self.module.path else self.function.name

    @property
    def subject(self) -> Subject:
        return Subject(self.name, f"`{self.name}`", (f"module {self.module.path}",))


def compare(baseline: Baseline, program: ir.Ir) -> tuple[Change, ...]:
    """All changes from the baseline to the program, safe ones too."""
    was, naming = renamed_as(baseline.program, program)
    old, new = Program(was, baseline.precision), Program(program, baseline.precision)
    found = [*_naming(naming), *_Functions(old, new, baseline.untyped).changes(), *_routes(was.routes, program.routes)]
    if baseline.precision == "types":
        found += TableComparison(old, new).changes()
    return merged(found)


def _naming(change: tuple[Naming, Naming] | None) -> Iterator[Change]:
    if change is not None:
        old, new = change
        advice = "keep the naming that clients and documents know; one name can be given with `Field(alias=…)`"
        yield Change(
            rules.NAMING_CHANGED,
            Subject("naming", "the naming of the project"),
            f"is now `{new}`: names of functions, arguments and fields change on the wire",
            tuple(Effect(who, "", Impact.BREAKING, advice) for who in _EVERYBODY),
            old,
            new,
        )


class _Functions:
    """The functions of two programs, by their names on the wire."""

    def __init__(self, old: Program, new: Program, untyped: frozenset[str]) -> None:
        self._args = TypeComparison(old, new, "input")
        self._returns = TypeComparison(old, new, "output")
        self._old, self._new = _functions(old.ir), _functions(new.ir)
        self._old_text, self._new_text = TypeText(old.ir), TypeText(new.ir)
        self._untyped = untyped

    def changes(self) -> Iterator[Change]:
        for wire, old in self._old.items():
            new = self._new.get(wire)
            if new is None:
                yield self._removed(old)
            else:
                yield from self._signature(wire, old, new)
                yield from _role(old.function, new)
        for wire, new in self._new.items():
            if wire not in self._old:
                effects = (Effect("callers", new.name, Impact.SAFE),)
                text = self._new_text.signature(new.function)
                yield Change(rules.FUNCTION_ADDED, new.subject, "is new", effects, "", text)

    def _removed(self, old: _Place) -> Change:
        impact = Impact.BREAKING if old.function.visibility == "public" else Impact.DANGEROUS
        now = self._renamed(old)
        advice = "keep it until no client calls it any more"
        if old.function.visibility == "internal":
            advice = "let the jobs that are scheduled with it run out before this is deployed"
        elif now is not None:
            advice = f"keep it beside `{now.name}` until no client calls it any more"
        effects = (Effect("callers", old.name, impact, advice),)
        old_text = self._old_text.signature(old.function)
        renamed_to = "" if now is None else now.name
        return Change(rules.FUNCTION_REMOVED, old.subject, "is gone", effects, old_text, "", renamed_to)

    def _renamed(self, old: _Place) -> _Place | None:
        """The new function that this one may now be: one of its kind, with its signature or a similar name."""
        added = [new for wire, new in self._new.items() if wire not in self._old]
        added = [new for new in added if new.function.kind == old.function.kind]
        signature = self._old_text.signature(old.function)
        same = [new for new in added if self._new_text.signature(new.function) == signature]
        for candidates, likeness in ((same, 0.3), (added, 0.7)):
            names = [new.name for new in candidates]
            if close := difflib.get_close_matches(old.name, names, 1, likeness):
                return candidates[names.index(close[0])]
        return same[0] if len(same) == 1 and old.function.args else None

    def _signature(self, wire: str, old: _Place, new: _Place) -> Iterator[Change]:
        """What is different for those who call the function; of an internal one, only what waiting jobs may send."""
        internal = "internal" in (old.function.visibility, new.function.visibility)
        owner = Owner(f"{new.name} args", "argument", new.name, (new.name, *new.subject.around))
        if wire not in self._untyped:
            args = self._args.fields(old.function.args, new.function.args, owner, new.subject)
            for each in args:
                yield as_change(each, "callers", new.name, Impact.DANGEROUS if internal else Impact.BREAKING)
        if not internal:
            subject = Subject(f"{new.name} returns", f"the result of `{new.name}`", owner.around)
            for each in self._returns.types(old.function.returns, new.function.returns, subject):
                yield as_change(each, "readers", new.name)


def _functions(program: ir.Ir) -> dict[str, _Place]:
    return {f"{m.wire}:{function.wire}": _Place(m, function) for m in program.modules for function in m.functions}


def _role(old: ir.Function, new: _Place) -> Iterator[Change]:
    """Changes of what a function is, and of who may call it."""
    internal = old.visibility == "internal"
    if old.kind != new.function.kind:
        advice = "offer it under another name, and keep this one until no client calls it any more"
        effects = (Effect("callers", new.name, Impact.DANGEROUS if internal else Impact.BREAKING, advice),)
        says = f"is now {_with_article(new.function.kind)}"
        yield Change(rules.FUNCTION_KIND_CHANGED, new.subject, says, effects, old.kind, new.function.kind)
    if internal and new.function.visibility == "public":
        effects = (Effect("callers", new.name, Impact.SAFE),)
        yield Change(rules.FUNCTION_EXPOSED, new.subject, "is now public", effects, "internal", "public")
    if not internal and new.function.visibility == "internal":
        advice = "keep it public until no client calls it any more"
        effects = (Effect("callers", new.name, Impact.BREAKING, advice),)
        yield Change(rules.FUNCTION_HIDDEN, new.subject, "is now internal", effects, "public", "internal")


def _with_article(kind: str) -> str:
    return f"an {kind}" if kind == "action" else f"a {kind}"


def _routes(old: Iterable[ir.HttpRoute], new: Iterable[ir.HttpRoute]) -> Iterator[Change]:
    was, now = ({(route.method, route.path): route for route in routes} for routes in (old, new))
    for method, path in was:
        if (method, path) not in now:
            answers = [other for verb, other in now if verb == method and _answers(other, path)]
            impact = Impact.DANGEROUS if answers else Impact.BREAKING
            says = f"is gone; `{answers[0]}` answers now" if answers else "is gone"
            effects = (Effect("callers", "", impact, "keep the route until nobody requests it any more"),)
            yield Change(rules.ROUTE_REMOVED, _route(method, path), says, effects)
    for method, path in now:
        if (method, path) not in was:
            effects = (Effect("callers", "", Impact.SAFE),)
            yield Change(rules.ROUTE_ADDED, _route(method, path), "is new", effects, "", f"{method} {path}")


def _answers(route: str, path: str) -> bool:
    """Whether a prefix route takes the requests of another one."""
    return route.endswith("*") and path.startswith(route[:-1])


def _route(method: str, path: str) -> Subject:
    return Subject(f"route {method} {path}", f"the route `{method} {path}`", ("module http",))
