"""THE function: from the project as it was read to what is wrong with it and what is to be written.

`generate` carries a plan out, `check` prints it, `watch` makes one whenever the snapshot has changed. Pure: the memory
that may be passed along changes how long a plan takes, never what it says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import TypeVar

from convexgen import ir
from convexgen.analysis.analyse import Analysed, Understanding, Unit, analyse
from convexgen.diagnostics import Diagnostic, Label, Severity, in_order
from convexgen.emit import python, spec, typescript
from convexgen.emit.contract import Emitter, Fragment, GeneratedFile, Outline
from convexgen.emit.files import is_edited, is_ours, seal
from convexgen.outline import outline
from convexgen.rules import reading, tool
from convexgen.settings import PythonOutput, Settings, SpecOutput, TypeScriptOutput
from convexgen.snapshot import FileChange, Plan, Snapshot
from convexgen.source import SourceFile, Span

OutputT = TypeVar("OutputT", TypeScriptOutput, PythonOutput)


@dataclass(slots=True)
class Memory:
    """Answers of earlier runs. `fragments` are by output and module, each with the key that it was made for."""

    understanding: Understanding = field(default_factory=Understanding)
    fragments: dict[str, dict[str, tuple[bytes, Fragment]]] = field(default_factory=dict)


def plan(snapshot: Snapshot, settings: Settings, memory: Memory | None = None) -> Plan:
    """What is wrong with the project, and what is to be written. With any error, nothing is."""
    memory = memory if memory is not None else Memory()
    analysed = analyse(snapshot.sources, settings.source, settings.naming, memory.understanding)
    found = [*_unreadable(snapshot), *analysed.diagnostics]
    changes: tuple[FileChange, ...] = ()
    count = 0
    if not _has_error(found):
        files = tuple(_generate(analysed, settings, memory))
        count = len(files)
        foreign = list(_foreign(files, snapshot))
        found += foreign
        changes = () if foreign else tuple(_changes(files, snapshot))
    summaries = [unit.summary for unit in analysed.units]
    return Plan(
        in_order(list(_in_characters(found, snapshot.sources))),
        changes,
        count,
        sum(len(summary.functions) for summary in summaries),
        sum(len(summary.tables) for summary in summaries),
    )


def compile_ir(snapshot: Snapshot, settings: Settings) -> tuple[ir.Ir | None, tuple[Diagnostic, ...]]:
    """The program, and what is wrong with it. None with any error."""
    analysed = analyse(snapshot.sources, settings.source, settings.naming)
    found = [*_unreadable(snapshot), *analysed.diagnostics]
    ordered = in_order(list(_in_characters(found, snapshot.sources)))
    return (None if _has_error(found) else _used(analysed)), ordered


def _has_error(found: list[Diagnostic]) -> bool:
    return any(each.severity is Severity.ERROR for each in found)


def _unreadable(snapshot: Snapshot) -> Iterator[Diagnostic]:
    for path, reason in snapshot.unreadable:
        yield Diagnostic(reading.UNREADABLE_FILE, f"this file cannot be read: {reason}", Label(Span(path)))


def _used(analysed: Analysed) -> ir.Ir:
    """The whole program, without the types that nothing uses and with each type once."""
    whole = analysed.ir
    modules = tuple(
        replace(
            module,
            types=tuple(
                each
                for each in module.types
                if each.symbol in analysed.linked.names and analysed.linked.homes[each.symbol] == module.path
            ),
        )
        for module in whole.modules
    )
    return replace(whole, modules=modules)


def _generate(analysed: Analysed, settings: Settings, memory: Memory) -> Iterator[GeneratedFile]:
    kept: dict[str, dict[str, tuple[bytes, Fragment]]] = {}
    for output in settings.all_outputs:
        match output:
            case TypeScriptOutput():
                files = _emit(typescript, output, analysed, memory, kept)
            case PythonOutput():
                files = _emit(python, output, analysed, memory, kept)
            case SpecOutput():
                files = spec.emit(_used(analysed), output)
        for file in files:
            yield GeneratedFile(file.path, seal(file.text))
    memory.fragments = kept


def _emit(
    emitter: Emitter[OutputT],
    output: OutputT,
    analysed: Analysed,
    memory: Memory,
    kept: dict[str, dict[str, tuple[bytes, Fragment]]],
) -> tuple[GeneratedFile, ...]:
    shown = outline(tuple(unit.summary for unit in analysed.units), analysed.linked, output)
    name = repr(output)
    known = memory.fragments.get(name, {})
    fresh: dict[str, tuple[bytes, Fragment]] = {}
    for unit, used in _contributing(analysed, shown):
        names = {symbol: analysed.linked.names[symbol] for symbol in _named_by(unit, used)}
        key = _fragment_key(unit, used, names)
        module = unit.summary.name
        old = known.get(module)
        if old is not None and old[0] == key:
            fresh[module] = old
            continue
        types = tuple(each for each in unit.module.types if each.symbol in used)
        fresh[module] = (key, emitter.fragment(replace(unit.module, types=types), names, output))
    kept[name] = fresh
    return emitter.assemble(shown, {module: fragment for module, (_, fragment) in fresh.items()}, output)


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
    """The types that a fragment names: those it renders, and those that they, the tables and functions mention."""
    summary = unit.summary
    found = set(used)
    for function in summary.functions:
        found.update(function.refs)
    for table in summary.tables:
        found.update(table.refs)
    for each in summary.types:
        if each.symbol in used:
            found.update(each.refs)
    return sorted(symbol for symbol in found if not symbol.startswith("table:"))


def _fragment_key(unit: Unit, used: frozenset[str], names: ir.TypeNames) -> bytes:
    return blake2b(repr((unit.key, sorted(used), list(names.items()))).encode(), digest_size=16).digest()


def _foreign(files: tuple[GeneratedFile, ...], snapshot: Snapshot) -> Iterator[Diagnostic]:
    """Files in the way that are not ours: they stay as they are, and nothing is written."""
    for file in files:
        there = snapshot.outputs.get(file.path)
        if there and not is_ours(_decoded(there)) and _decoded(there) != file.text:
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
        before = _decoded(there)
        if before != file.text:
            yield FileChange(file.path, before, file.text, is_edited(before))
    for path in sorted(snapshot.outputs):
        if path not in expected:
            before = _decoded(snapshot.outputs[path])
            if is_ours(before):
                yield FileChange(path, before, None, is_edited(before))


def _decoded(content: bytes) -> str:
    """The text of an output with LF line ends, however git checked it out."""
    return content.decode("utf-8", "replace").replace("\r\n", "\n")


def _in_characters(found: list[Diagnostic], sources: tuple[SourceFile, ...]) -> Iterator[Diagnostic]:
    """The findings with their columns counted in characters, where the parser counted bytes."""
    contents: Mapping[str, bytes] = {source.path: source.content for source in sources}
    lines: dict[str, list[bytes]] = {}
    for each in found:
        if each.rule is reading.SYNTAX_ERROR:  # Python tells those in characters
            yield each
            continue
        labels = []
        for label in (each.primary, *each.secondary):
            path = label.span.path
            if label.span.line and path in contents and path not in lines:
                lines[path] = contents[path].splitlines()
            labels.append(replace(label, span=_span_in_characters(label.span, lines.get(path, []))))
        yield replace(each, primary=labels[0], secondary=tuple(labels[1:]))


def _span_in_characters(span: Span, lines: list[bytes]) -> Span:
    if not span.line or span.end_line > len(lines):
        return span
    column = _characters(lines[span.line - 1], span.column)
    return replace(span, column=column, end_column=_characters(lines[span.end_line - 1], span.end_column))


def _characters(line: bytes, column: int) -> int:
    return column if line.isascii() else len(line[: column - 1].decode("utf-8", "replace")) + 1
