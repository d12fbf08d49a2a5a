"""The oracle on generated programs: what is read is what is there, whichever way it is written."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, note, settings

from convexgen.dev.two_readings import differences
from convexgen.diagnostics import Severity
from convexgen.plan import compile_ir
from convexgen.runtime.reflect import reflect
from tests.oracle.importing import imported
from tests.strategies.module_text import PACKAGE
from tests.strategies.programs import Program, programs


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(programs())
def test_reading_equals_reflection(program: Program) -> None:
    for path, text in program.files.items():
        note(f"### {path}\n{text}")
    snapshot = program.snapshot()
    read, findings = compile_ir(snapshot, program.settings)
    assert [each for each in findings if each.severity is Severity.ERROR] == []
    assert read is not None
    with TemporaryDirectory() as folder:
        program.write(Path(folder))
        with imported(Path(folder), PACKAGE, snapshot) as modules:
            reflected = reflect(modules, program.naming)
    assert differences(read, reflected) == []
