"""The process that mypy runs in: `python -m convexgen.typecheck.engine once|serve OPTIONS`. Nothing else imports mypy.

It is apart from ours because mypy is slow, is allowed to crash, and can only be stopped from outside. Answers are lines
of JSON on standard output: whatever mypy or a plugin prints is kept away from there. `serve` answers once when it has
looked at everything for the first time and then once for each line that it is sent, knowing what it knew before; it
ends with its input, so it never outlives the process that started it.
"""

from __future__ import annotations

import gc
import io
import json
import os
import signal
import sys
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TextIO

from mypy.build import BuildResult
from mypy.errors import Errors
from mypy.fscache import FileSystemCache
from mypy.main import process_options, run_build
from mypy.modulefinder import BuildSource
from mypy.options import Options
from mypy.parse import parse
from mypy.util import decode_python_encoding, hard_exit

import convexgen.mypy_plugin as our_plugin
from convexgen.typecheck.mypy_messages import read_messages
from convexgen.typecheck.places import PROBE, Unit, corrected_all, unit_of

if TYPE_CHECKING:
    from mypy.dmypy_server import Server

PLUGIN = our_plugin.__name__

_RECURSION_LIMIT = 2**14
"""What mypy sets for itself when it is started as a command."""


def main(arguments: list[str]) -> None:
    mode, *options = arguments
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started this one ends it
    sys.dont_write_bytecode = True  # of plugins in the user's project; of what is ours there is some by now
    sys.setrecursionlimit(_RECURSION_LIMIT)
    if mode == "once":
        hard_exit(once(options, answers))
    serve(options, sys.stdin, answers)


def once(arguments: list[str], answers: TextIO) -> int:
    """One check, and mypy's exit code."""
    out, complaints = io.StringIO(), io.StringIO()
    cache = FileSystemCache()
    sources, options = _options(arguments, cache, server=False)
    built, messages, blocked = run_build(sources, options, cache, time.time(), out, complaints)
    status = 2 if blocked else 1 if messages else 0
    basis = _basis(built._result) if built and built._result and not messages else None
    answer = {"out": out.getvalue(), "err": complaints.getvalue(), "status": status, "basis": basis}
    _answer(answers, cache, options, answer)
    return status


def _basis(built: BuildResult) -> Mapping[str, list[str]] | None:
    """What the result rests on, as a `Basis`; None if a module was looked for that there is not: it may come."""
    if any(state.suppressed and not state.ignore_all for state in built.graph.values()):
        return None
    paths = built.manager.search_paths
    folders = {*paths.python_path, *paths.mypy_path, *paths.package_path, *paths.typeshed_path}
    plugins = [getattr(sys.modules.get(name), "__file__", None) for name in built.manager.plugins_snapshot]
    files = {path for path in (*(state.path for state in built.graph.values()), *plugins) if path}
    return {"files": sorted(map(os.path.abspath, files)), "folders": sorted(map(os.path.abspath, folders))}


def serve(arguments: list[str], requests: TextIO, answers: TextIO) -> None:
    """Checks for as long as there are requests."""
    from mypy.dmypy_server import Server  # noqa: PLC0415 - and all that it needs, which `once` does not

    cache = FileSystemCache()
    sources, options = _options(arguments, cache, server=True)
    if options.follow_imports not in ("skip", "error", "normal") or not options.incremental:
        sys.exit("these settings of mypy leave no room for a check in small steps")
    engine = Server(options, os.devnull)
    engine.fscache = cache
    _answer(answers, cache, options, engine.check(sources, False, False, 80))
    gc.collect()
    gc.freeze()  # most of what is known now stays: the collector is spared looking at it
    for _ in requests:
        _answer(answers, cache, options, _again(engine, arguments[-1]))


def _again(engine: Server, folder: str) -> Mapping[str, Any]:
    from mypy.find_sources import InvalidSourceList, create_source_list  # noqa: PLC0415

    from convexgen.typecheck.stale_calls import check_stale_calls  # noqa: PLC0415

    engine.fscache.flush()  # what was read for the last answer is of the past
    try:
        sources: list[BuildSource] = create_source_list([folder], engine.options, engine.fscache)
    except InvalidSourceList as error:
        return {"out": "", "err": str(error), "status": 2}
    result = engine.check(sources, False, False, 80)
    return check_stale_calls(engine) or result


def _options(arguments: list[str], cache: FileSystemCache, *, server: bool) -> tuple[list[BuildSource], Options]:
    sources, options = process_options(
        ["-i", *arguments] if server else arguments, fscache=cache, server_options=server
    )
    if not any(plugin.partition(":")[0] == PLUGIN for plugin in options.plugins):
        options.plugins = [PLUGIN, *options.plugins]
    options.config_file = options.config_file or os.devnull  # without one mypy looks at no plugin
    options.num_workers = 0  # they would not end with this process
    return sources, options


def _answer(answers: TextIO, cache: FileSystemCache, options: Options, result: Mapping[str, Any]) -> None:
    def read(path: str) -> str | None:
        try:
            return decode_python_encoding(cache.read(path))
        except (OSError, ValueError):
            return None

    messages = [message._asdict() for message in corrected_all(read_messages(result["out"]), read, _unit(options))]
    answer = {
        "messages": messages,
        "said": result["out"] + result["err"],
        "status": result["status"],
        "basis": result.get("basis"),
    }
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


def _unit(options: Options) -> Unit:
    """How the parser in use counts columns: asked of the parser itself, for it differs by version and by setting."""
    tree = parse(PROBE, "probe.py", None, Errors(options), options, eager=True)
    return unit_of(tree.defs[-1].column)


if __name__ == "__main__":
    main(sys.argv[1:])
