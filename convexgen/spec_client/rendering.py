"""What is to be written so that a folder holds the client of a spec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from convexgen import ir
from convexgen.diagnostics import Diagnostic, Label, in_order
from convexgen.emit import python
from convexgen.emit.contract import MARKER_LINE, GeneratedFile, ModuleOutline, Outline, TypeOutline
from convexgen.emit.files import is_ours, seal
from convexgen.emit.python.package import HEADER
from convexgen.emit.spec.function_spec_reading import SpecProgram
from convexgen.plan import plan_files
from convexgen.rules.tool import FOREIGN_FILE
from convexgen.settings import PythonOutput
from convexgen.snapshot import Plan
from convexgen.source import Span
from convexgen.spec_client.program import NamedProgram, named_program

_SIGN = "# Do not edit: run `convexgen client --from-spec` on a newer function spec."
"""Tells our files from those that `generate` writes, which are not for this command to change."""
_HEADER = HEADER.replace(HEADER.splitlines()[1], _SIGN)
_TYPES = ""
"""The path of the module that all types are said to be of: a spec does not tell."""
_ADVICE = "move it away, or name another folder with `-o`"

assert HEADER.startswith(f"# {MARKER_LINE}\n")  # so that the second line is the one to replace


@dataclass(frozen=True, slots=True)
class Client:
    """What is asked for: the folder, what lies in it by path, and whether internal functions are shown."""

    path: str
    outputs: Mapping[str, bytes]
    internal: bool = False


def plan_client(spec: SpecProgram, client: Client) -> Plan:
    """The files of the client and what of them is to change; a finding for each file in the way, and then no change."""
    program = named_program(spec, internal=client.internal)
    output = PythonOutput(client.path, visibility="all" if client.internal else "public")
    files = tuple(_files(program, output))
    expected = {file.path for file in files}
    own = {path: there for path, there in client.outputs.items() if path in expected or _is_client_of_spec(there)}
    planned = plan_files(files, own)
    foreign = [*(replace(each, help=_ADVICE) for each in planned.diagnostics), *_generated(expected, own)]
    return replace(
        planned,
        diagnostics=in_order(foreign),
        changes=() if foreign else planned.changes,
        functions=sum(len(module.functions) for module in program.modules),
    )


def _generated(expected: set[str], outputs: Mapping[str, bytes]) -> Iterator[Diagnostic]:
    """Files in the way that belong to a project's own outputs."""
    for path in sorted(expected & outputs.keys()):
        there = outputs[path]
        if not _is_client_of_spec(there) and is_ours(there.decode("utf-8", "replace")):
            message = f"`{path}` was written by `convexgen generate` and lies where a generated file must go"
            yield Diagnostic(FOREIGN_FILE, message, Label(Span(path)), help=_ADVICE)


def _is_client_of_spec(content: bytes) -> bool:
    return _SIGN.encode() in content[:1000]


def _files(program: NamedProgram, output: PythonOutput) -> Iterator[GeneratedFile]:
    modules = (*program.modules, ir.Module(_TYPES, "", types=program.types))
    fragments = {
        module.path: python.fragment(module, program.names, output, untyped=program.untyped) for module in modules
    }
    outline = Outline(
        tuple(ModuleOutline(each.path, each.wire, "", public=True, internal=True) for each in program.modules),
        tuple(TypeOutline(each.symbol, each.name, splits=False, module=_TYPES) for each in program.types),
        (),
    )
    for file in python.assemble(outline, fragments, output):
        yield GeneratedFile(file.path, seal(file.text.replace(HEADER, _HEADER, 1)))
