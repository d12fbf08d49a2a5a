"""What mypy's small steps overlook: calls whose signatures the plugin makes from the fields of a class.

mypy looks again at what uses a name that has changed. `ctx.db.patch(message, likes=1)` uses the field `likes` without
naming the class, so mypy does not know. When a field has changed, all modules with such calls are looked at again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mypy.dmypy_server import Server
from mypy.nodes import MypyFile, TypeInfo
from mypy.server.update import FineGrainedBuildManager

from convexgen.mypy_plugin.tables import facts_of

_CALLS = (b".patch(", b".replace(", b".of(")


def check_stale_calls(engine: Server) -> Mapping[str, Any] | None:
    """Look again at what the last step has overlooked. The new answer, or None if there was nothing."""
    manager = engine.fine_grained_manager
    if manager is None or not any(_is_field(trigger, manager) for trigger in manager.triggered):
        return None
    done = set(manager.updated_modules)
    stale = [
        (state.id, state.path)
        for state in manager.graph.values()
        if state.path and state.id not in done and not state.ignore_all and _has_calls(engine, state.path)
    ]
    if not stale:
        return None
    messages = manager.update(stale, [])
    result: Mapping[str, Any] = engine.increment_output(messages, engine.previous_sources, False, 80)
    engine.flush_caches()
    return result


def _is_field(trigger: str, manager: FineGrainedBuildManager) -> bool:
    """Whether what has changed is a model, or an attribute of one: `<backend.schema.Message.likes>`."""
    module, names = _split(trigger.strip("<>").partition("[")[0], manager.manager.modules)
    node = module.names[names[0]].node if module is not None and names and names[0] in module.names else None
    return isinstance(node, TypeInfo) and facts_of(node) is not None


def _split(name: str, modules: Mapping[str, MypyFile]) -> tuple[MypyFile | None, list[str]]:
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        module = modules.get(".".join(parts[:end]))
        if module is not None:
            return module, parts[end:]
    return None, []


def _has_calls(engine: Server, path: str) -> bool:
    try:
        content = engine.fscache.read(path)
    except OSError:
        return False
    return any(call in content for call in _CALLS)
