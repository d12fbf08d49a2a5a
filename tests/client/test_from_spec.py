"""A client made from the function spec that a deployment gives of itself, against that deployment."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.clients.backend import Backend
from tests.fixtures.projects import convexgen

PACKAGE = "client_of_spec_under_test"


@pytest.fixture(scope="module")
def of_spec(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The client, made from nothing but the spec."""
    folder = tmp_path_factory.mktemp("of_spec")
    spec = convexgen("spec", cwd=project)
    assert spec.code == 0, spec.stderr
    (folder / "function_spec.json").write_text(spec.stdout, encoding="utf-8")
    done = convexgen("client", "--from-spec", "function_spec.json", "-o", PACKAGE, cwd=folder)
    assert done.code == 0, done.stderr
    sys.path.insert(0, str(folder))
    try:
        yield importlib.import_module(PACKAGE)
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
            del sys.modules[name]


def test_calls_give_typed_values(of_spec: ModuleType, backend: Backend) -> None:
    with of_spec.Client(backend.url) as client:
        assert client.counters.increment(name="from spec", by=2.0) == 2.0
        assert client.counters.increment_times(name="from spec", times=2.0) == [2.0, 3.0, 4.0]
        with pytest.raises(of_spec.ConvexError) as refused:
            client.failures.refuse_mutation()
        assert refused.value.data["since"] == of_spec.Int64(7)
        made = client.values.specimens()
        assert isinstance(made, of_spec.models.ValuesSpecimensResult)
        assert (made.whole, made.data, made.nothing) == (5.0, b"\x00\x01\xfe\xff", None)
        assert (made.big, made.smallest) == (of_spec.Int64(2**63 - 1), of_spec.Int64(-(2**63)))
        assert made.nested == {"a": [1.0, 2.0], "b": []}
        assert client.values.echo_query(value={"deep": [made.big, b"\x00"]}) == {"deep": [made.big, b"\x00"]}


def test_queries_are_live(of_spec: ModuleType, backend: Backend) -> None:
    with of_spec.Client(backend.url) as client, client.counters.read.subscribe(name="spec, live") as counts:
        assert next(counts) == 0.0
        client.counters.increment(name="spec, live")
        assert counts.next(timeout=30) == 1.0
