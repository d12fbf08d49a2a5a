"""THE function: from the project as it was read to what is wrong with it and what is to be written.

`generate` carries a plan out, `check` prints it, `watch` makes one whenever the snapshot has changed. Pure: the memory
that may be passed along changes how long a plan takes, never what it says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from convexgen import ir
from convexgen.analysis.analyse import Analysed, Front, Understanding, Unit
from convexgen.diagnostics import Diagnostic, Label, in_order
from convexgen.emit import python, spec, typescript
from convexgen.emit.contract import Fragment, GeneratedFile, Outline
from convexgen.emit.files import CONFLICT, is_ours, seal
from convexgen.memory import Kept, Memory
from convexgen.outline import outline
from convexgen.rules import reading, tool
from convexgen.selection import asked_for
from convexgen.settings import PythonOutput, Settings, SpecOutput, TypeScriptOutput
from convexgen.snapshot import FileChange, Plan, Snapshot
from convexgen.source import SourceFile, Span, in_characters
from convexgen.work import Task, Work

Rendered: TypeAlias = TypeScriptOutput | PythonOutput
"""The outputs that are joined from fragments."""


def plan(
    snapshot: Snapshot, settings: Settings, memory: Memory | None = None, *, alone: bool = True, advice: bool = True
) -> Plan:
    """What is wrong with the project, and what is to be written. With any error, nothing is.

    Unless `alone`, a second process may share the work, which a process with threads must not ask for. Without `advice`
    nothing is said of what functions do, and no time is spent on it.
    """
    memory = memory if memory is not None else Memory()
    wanted = asked_for(settings) if advice else None
    work = Work(
        Front(snapshot.sources, settings.source, settings.naming, memory.understanding, advice=wanted), alone=alone
    )
    try:
        analysed = work.analyse()
        memory.changed |= work.made_units
        found = _findings(snapshot, analysed)
        files = () if _has_error(found) else tuple(_generate(analysed, settings, memory, work))
    finally:
        work.close()
    foreign = list(_foreign(files, snapshot))
    summaries = [unit.summary for unit in analysed.units]
    return Plan(
        in_order(list(_in_characters([*found, *foreign], snapshot.sources))),
        () if foreign or not files else tuple(_changes(files, snapshot)),
        len(files),
        sum(len(summary.functions) for summary in summaries),
        sum(len(summary.tables) for summary in summaries),
    )


def plan_files(files: tuple[GeneratedFile, ...], outputs: Mapping[str, bytes]) -> Plan:
    """What it takes to have `files` where `outputs` lie; nothing is done where foreign files are in the way."""
    there = Snapshot((), outputs)
    foreign = tuple(_foreign(files, there))
    return Plan(foreign, () if foreign else tuple(_changes(files, there)), len(files))


def compile_ir(snapshot: Snapshot, settings: Settings) -> tuple[ir.Ir | None, tuple[Diagnostic, ...]]:
    """The program, and what keeps it from being read as one. None with any error; nothing is said of bodies."""
    work = Work(Front(snapshot.sources, settings.source, settings.naming, Understanding()), alone=True)
    analysed = work.analyse()
    found = _findings(snapshot, analysed)
    ordered = in_order(list(_in_characters(found, snapshot.sources)))
    return (None if _has_error(found) else _whole(analysed, work)), ordered


def diagnose(snapshot: Snapshot, settings: Settings, known: Understanding) -> tuple[Diagnostic, ...]:
    """What is wrong with the sources, and nothing else. Only what is not `known` is read, which is known afterwards."""
    front = Front(snapshot.sources, settings.source, settings.naming, known, advice=asked_for(settings))
    found = _findings(snapshot, Work(front, alone=True).analyse())
    return in_order(list(_in_characters(found, snapshot.sources)))


def _has_error(found: list[Diagnostic]) -> bool:
    return any(each.stops_generation for each in found)


def _findings(snapshot: Snapshot, analysed: Analysed) -> list[Diagnostic]:
    """What is to be said about the sources. Nobody knows what is in those that cannot be read."""
    unreadable = [
        Diagnostic(reading.UNREADABLE_FILE, f"this file cannot be read: {reason}", Label(Span(path)))
        for path, reason in snapshot.unreadable
    ]
    certain = (each for each in analysed.diagnostics if not unreadable or each.rule != reading.EMPTY_PROJECT)
    return [*unreadable, *certain]


def _whole(analysed: Analysed, work: Work) -> ir.Ir:
    """The whole program, without the types that nothing uses and with each type once."""
    linked = analysed.linked
    modules = work.modules(unit.summary.name for unit in analysed.units)
    kept = tuple(
        replace(
            module,
            types=tuple(
                each
                for each in module.types
                if each.symbol in linked.names and linked.homes[each.symbol] == module.path
            ),
        )
        for module in modules.values()
    )
    return ir.Ir(
        tuple(sorted(kept, key=lambda module: (module.wire, module.path))),
        tuple(route for unit in analysed.units for route in unit.routes),
        tuple(cron for unit in analysed.units for cron in unit.crons),
    )


def _generate(analysed: Analysed, settings: Settings, memory: Memory, work: Work) -> Iterator[GeneratedFile]:
    outlines = {
        output: outline(tuple(unit.summary for unit in analysed.units), analysed.linked, output)
        for output in settings.all_outputs
        if not isinstance(output, SpecOutput)
    }
    fragments = _fragments(analysed, outlines, memory, work)
    if not any(isinstance(output, SpecOutput) for output in settings.all_outputs):
        work.forget_modules()
    for output in settings.all_outputs:
        match output:
            case TypeScriptOutput():
                files = typescript.assemble(outlines[output], fragments[output], output)
            case PythonOutput():
                files = python.assemble(outlines[output], fragments[output], output)
            case SpecOutput():
                files = spec.emit(_whole(analysed, work), output)
        for file in files:
            yield GeneratedFile(file.path, seal(file.text))


def _fragments(
    analysed: Analysed, outlines: Mapping[Rendered, Outline], memory: Memory, work: Work
) -> dict[Rendered, dict[str, Fragment]]:
    """The fragments of each output by module: those that are known, and the others made now."""
    kept: dict[Rendered, dict[str, Kept]] = {output: {} for output in outlines}
    tasks: list[Task] = []
    keys: list[bytes] = []
    shown_as = {**analysed.linked.names, **_document_names(analysed)}
    for output, shown in outlines.items():
        known = memory.fragments.get(repr(output), {})
        still = kept[output]
        for unit, used in _contributing(analysed, shown):
            module = unit.summary.name
            old = known.get(module)
            if old is not None and _still_holds(old, unit, used, shown_as):
                still[module] = old
            else:
                names = {name: shown_as[name] for name in _named_by(unit, used) if name in shown_as}
                tasks.append(Task(module, used, names, output))
                keys.append(unit.key)
    for task, key, fragment in zip(tasks, keys, work.fragments(tasks), strict=True):
        kept[task.output][task.module] = Kept(key, task.used, task.names, fragment)
    memory.changed |= bool(tasks)
    memory.fragments = {repr(output): fragments for output, fragments in kept.items()}
    return {output: {module: each.fragment for module, each in kept[output].items()} for output in outlines}


def _still_holds(old: Kept, unit: Unit, used: frozenset[str], names: ir.TypeNames) -> bool:
    """Whether a fragment would be made of the same things again."""
    if old.key != unit.key or old.used != used:
        return False
    return all(names.get(symbol) == name for symbol, name in old.names.items())


def _contributing(analysed: Analysed, shown: Outline) -> Iterator[tuple[Unit, frozenset[str]]]:
    """The modules that an output needs a fragment of, each with the types that it is to render."""
    types: dict[str, set[str]] = {}
    for each in shown.types:
        types.setdefault(each.module, set()).add(each.symbol)
    modules = {each.path for each in shown.modules} | {each.module for each in shown.tables} | set(types)
    for unit in analysed.units:
        if unit.summary.name in modules:
            yield unit, frozenset(types.get(unit.summary.name, ()))


def _named_by(unit: Unit, used: frozenset[str]) -> list[str]:
    """What a fragment names: the types it renders, its tables, and what they and the functions mention."""
    summary = unit.summary
    found = set(used)
    for function in summary.functions:
        found.update(function.refs)
    for table in summary.tables:
        found.update(table.refs)
    for each in summary.types:
        if each.symbol in used:
            found.update(each.refs)
    found.update(f"table:{table.name}" for table in summary.tables)
    return sorted(found)


def _document_names(analysed: Analysed) -> ir.TypeNames:
    """How the Python client shows the documents of tables."""
    tables = [table for unit in analysed.units for table in unit.summary.tables]
    return python.document_names({table.name: table.class_name for table in tables}, analysed.linked.names)


def _foreign(files: tuple[GeneratedFile, ...], snapshot: Snapshot) -> Iterator[Diagnostic]:
    """Files in the way that are not ours: they stay as they are, and nothing is written."""
    for file in files:
        there = snapshot.outputs.get(file.path)
        if there and not is_ours(_head(there)) and _decoded(there) != file.text:
            yield Diagnostic(
                tool.FOREIGN_FILE,
                f"`{file.path}` was not written by convexgen and lies where a generated file must go",
                Label(Span(file.path)),
                help="move it away, or set another `path` for the output in pyproject.toml",
            )


def _changes(files: tuple[GeneratedFile, ...], snapshot: Snapshot) -> Iterator[FileChange]:
    expected = {file.path for file in files}
    for file in files:
        there = snapshot.outputs.get(file.path)
        if there is None:
            yield FileChange(file.path, None, file.text)
            continue
        if there == file.text.encode():  # nearly always, and quicker to see than by decoding
            continue
        before = _decoded(there)
        if before != file.text:
            yield FileChange(file.path, before, file.text)
    for path in sorted(snapshot.outputs):
        if path not in expected and is_ours(_head(snapshot.outputs[path])):
            before = _decoded(snapshot.outputs[path])
            yield FileChange(path, before, None)


def _head(content: bytes) -> str:
    """As much of an output as it takes to see whose it is: of an unresolved merge, all."""
    head = content[:8192]
    return _decoded(content if CONFLICT.encode() in head else head)


def _decoded(content: bytes) -> str:
    """The text of an output with LF line ends, however git checked it out."""
    return content.decode("utf-8", "replace").replace("\r\n", "\n")


def _in_characters(found: list[Diagnostic], sources: tuple[SourceFile, ...]) -> Iterator[Diagnostic]:
    """The findings with their columns counted in characters, where the parser counted bytes."""
    contents: Mapping[str, bytes] = {source.path: source.content for source in sources}
    lines: dict[str, list[bytes]] = {}
    for each in found:
        if each.rule == reading.SYNTAX_ERROR:  # Python tells those in characters
            yield each
            continue
        labels = []
        for label in (each.primary, *each.secondary):
            path = label.span.path
            if label.span.line and path in contents and path not in lines:
                lines[path] = contents[path].splitlines()
            labels.append(replace(label, span=in_characters(label.span, lines.get(path, []))))
        yield replace(each, primary=labels[0], secondary=tuple(labels[1:]))
