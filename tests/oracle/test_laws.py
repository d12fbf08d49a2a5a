"""One program in other forms, and in other company, is the same program."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from convexgen.memory import Memory, pack, unpack
from convexgen.plan import compile_ir, plan
from convexgen.settings import PythonOutput, Settings, SpecOutput, TypeScriptOutput
from convexgen.snapshot import Snapshot
from convexgen.source import SourceFile
from tests.strategies.mangling import mangled
from tests.strategies.programs import Program, programs

VERSION = b"1"
OUTPUTS = (TypeScriptOutput("ts", visibility="public"), PythonOutput("py"), SpecOutput("ir.json", "ir"))

quickly = settings(
    max_examples=18, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@st.composite
def edited(draw: st.DrawFn, program: Program) -> Program:
    """`program` after an edit: files gone, mangled, or as another program has them."""
    other = draw(programs())
    files = dict(program.files)
    for path in draw(st.lists(st.sampled_from(sorted(files | other.files)), min_size=1, max_size=3, unique=True)):
        match draw(st.sampled_from(("other", "mangle", "delete"))):
            case "other" if path in other.files:
                files[path] = other.files[path]
            case "mangle" if path in files:
                files[path] = draw(mangled(files[path]))
            case _:
                files.pop(path, None)
    return replace(program, files=files)


@quickly
@given(programs(), st.data())
def test_the_order_of_the_sources_makes_no_difference(program: Program, data: st.DataObject) -> None:
    snapshot = program.snapshot()
    shuffled = Snapshot(tuple(data.draw(st.permutations(snapshot.sources))), {})
    assert compile_ir(shuffled, program.settings) == compile_ir(snapshot, program.settings)


@quickly
@given(programs())
def test_line_ends_make_no_difference(program: Program) -> None:
    snapshot = program.snapshot()
    for line_end in (b"\r\n", b"\r"):
        sources = tuple(SourceFile.of(each.path, each.content.replace(b"\n", line_end)) for each in snapshot.sources)
        assert compile_ir(Snapshot(sources, {}), program.settings) == compile_ir(snapshot, program.settings)


@quickly
@given(programs(), st.data())
def test_what_is_remembered_changes_nothing(program: Program, data: st.DataObject) -> None:
    """A plan made with the memory of earlier versions, in the same process and in another, is the plan made without."""
    chosen = replace(program.settings, outputs=OUTPUTS)
    memory, kept = Memory(), dict[str, bytes]()
    version = program
    for _ in range(3):
        snapshot = version.snapshot()
        cold = plan(snapshot, chosen)
        assert plan(snapshot, chosen, memory) == cold
        thawed = unpack(kept, VERSION)
        assert plan(snapshot, chosen, thawed) == cold
        name, pieces = pack(thawed, VERSION)
        kept[name] = b"".join(pieces)
        version = data.draw(edited(version))


@quickly
@given(programs())
def test_naming_alone_tells_the_namings_apart(program: Program) -> None:
    """What was understood in one naming is not taken for an answer in the other."""
    memory = Memory()
    for naming in ("camel", "preserve", "camel"):
        chosen = Settings(source="backend", naming=naming, outputs=OUTPUTS)
        assert plan(program.snapshot(), chosen, memory) == plan(program.snapshot(), chosen)
