"""The functions of the system that tell of more than the engine knows: addresses, variables, and the function spec."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from convexgen.emit.spec.function_spec import function_spec
from convexgen.runtime.engine.contexts import Run
from convexgen.runtime.system.functions import SystemFunction
from convexgen.runtime.values import Value, decode


def system_functions(
    cloud_origin: str, site_origin: str, variables: Callable[[], Mapping[str, str]]
) -> tuple[SystemFunction, ...]:
    """`cloud_origin` is where clients connect, `site_origin` where HTTP actions are reached.

    `variables` are those that administrators have set; they change only in deployments.
    """

    def listed(run: Run, arguments: Mapping[str, Value]) -> Value:
        del run, arguments
        return [{"name": name, "value": value} for name, value in variables().items()]

    def one(run: Run, arguments: Mapping[str, Value]) -> Value:
        """`{name}`. Null for a variable that is not set."""
        del run
        name = arguments.get("name")
        if not isinstance(name, str):
            raise ValueError("The argument 'name' is missing, or no string.")
        value = variables().get(name)
        return None if value is None else {"name": name, "value": value}

    return (
        SystemFunction("_system/cli/modules:apiSpec", "query", _functions),
        SystemFunction("_system/cli/convexUrl:cloudUrl", "query", lambda run, arguments: cloud_origin),
        SystemFunction("_system/cli/convexUrl:siteUrl", "query", lambda run, arguments: site_origin),
        SystemFunction("_system/cli/queryEnvironmentVariables:default", "query", listed),
        SystemFunction("_system/cli/queryEnvironmentVariables:get", "query", one),
    )


def _functions(run: Run, arguments: Mapping[str, Value]) -> Value:
    """All functions with their validators, as `convex function-spec` prints them."""
    del arguments
    return decode(function_spec(run.deployed.program.ir)["functions"])
