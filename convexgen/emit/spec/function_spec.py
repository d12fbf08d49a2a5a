"""The JSON that `convex function-spec` prints, without a deployment: other generators read it."""

from __future__ import annotations

from convexgen.emit.spec.json_text import Json, JsonObject
from convexgen.emit.spec.validators import Validators
from convexgen.ir import Function, HttpRoute, Ir, Module

URL = "http://127.0.0.1:3210"
"""Convex names the deployment that it asked. We ask none, and name the place where one runs while developing."""


def function_spec(ir: Ir) -> JsonObject:
    """All functions in order of their identifiers' modules, then all HTTP routes."""
    validators = Validators.of(ir)
    functions: list[Json] = [
        _function(module, function, validators) for module in ir.modules for function in module.functions
    ]
    return {"url": URL, "functions": functions + [_http_action(route) for route in ir.routes]}


def _function(module: Module, function: Function, validators: Validators) -> JsonObject:
    return {
        "identifier": f"{module.wire}.js:{function.wire}",
        "functionType": function.kind.capitalize(),
        "visibility": {"kind": function.visibility},
        "args": validators.arguments(function.args),
        "returns": validators.value(function.returns, "output"),
    }


def _http_action(route: HttpRoute) -> JsonObject:
    return {"functionType": "HttpAction", "method": route.method, "path": route.path}
