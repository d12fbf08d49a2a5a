"""Functions of a loaded program, and the doors before and behind their handlers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from convexgen import ir
from convexgen.authoring.functions import Function
from convexgen.authoring.unset import UNSET
from convexgen.authoring.wire import Codec, codec
from convexgen.naming import Naming
from convexgen.runtime.program.checks import Check, Checks
from convexgen.runtime.program.errors import ARGUMENTS, RETURNS, unfit, unreadable
from convexgen.runtime.program.shapes import Shapes
from convexgen.runtime.values import Value, admitted


@dataclass(frozen=True)
class LoadedFunction:
    """A `LiveFunction`. `annotations` are those of its arguments, by Python name, and of its result, as `return`."""

    path: str
    function: Function[Any, ..., Any]
    declared: ir.Function
    annotations: Mapping[str, Any]
    shapes: Shapes
    checks: Checks
    naming: Naming

    def load_arguments(self, arguments: Mapping[str, Value], tables: Mapping[int, str]) -> dict[str, Any]:
        problem = self._arguments_check(arguments, tables)
        if problem is not None:
            raise unfit(ARGUMENTS, problem, self.shapes, "input")
        loaded: dict[str, Any] = {}
        for wire, value in arguments.items():
            name, each = self._codecs_by_wire_name[wire]
            try:
                loaded[name] = each.load(value)
            except Exception as error:  # whatever the user's own validators raise
                raise unreadable(ARGUMENTS, error, (wire,)) from error
        return loaded

    def dump_arguments(self, arguments: Mapping[str, Any]) -> dict[str, Value]:
        dumped: dict[str, Value] = {}
        for wire, (name, each) in self._codecs_by_wire_name.items():
            value = arguments.get(name, UNSET)
            if value is not UNSET:
                try:
                    dumped[wire] = admitted(each.dump(value))
                except (ValueError, TypeError) as error:
                    raise unreadable(ARGUMENTS, error, (wire,)) from error
        return dumped

    def dump_result(self, result: Any, tables: Mapping[int, str]) -> Value:
        try:
            value = admitted(self._result_codec.dump(result))
        except (ValueError, TypeError, AttributeError) as error:
            raise unreadable(RETURNS, error) from error
        problem = self._result_check(value, tables)
        if problem is not None:
            raise unfit(RETURNS, problem, self.shapes, "output")
        return value

    def load_result(self, result: Value) -> Any:
        return self._result_codec.load(result)

    @cached_property
    def _arguments_check(self) -> Check:
        return self.checks.arguments(self.declared.args)

    @cached_property
    def _result_check(self) -> Check:
        return self.checks.of(self.declared.returns, "output")

    @cached_property
    def _codecs_by_wire_name(self) -> dict[str, tuple[str, Codec]]:
        return {each.wire: (each.name, codec(self.annotations[each.name], self.naming)) for each in self.declared.args}

    @cached_property
    def _result_codec(self) -> Codec:
        return codec(self.annotations.get("return", Any), self.naming)
