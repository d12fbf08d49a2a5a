"""Front ends against the generated files, with the real `convex` and `react` and both compilers."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import get_args

import pytest

from convexgen.ir import Document, Field, Function, FunctionKind, IdOf, Ir, Module, Scalar
from convexgen.settings import FileType, TypeScriptOutput
from tests.emit.typescript.chat import CHAT
from tests.emit.typescript.generated import write
from tests.emit.typescript.npm import COMPILERS, link_packages, needs_npm, type_errors

CLIENTS = Path(__file__).parent / "clients"

WITHOUT_TABLES = Ir(
    (
        Module(
            "files",
            "files",
            (
                Function(
                    "info", "info", "query", "public", (Field("file", "file", IdOf("_storage")),), Document("_storage")
                ),
            ),
        ),
    )
)

pytestmark = needs_npm


@pytest.fixture(scope="module")
def front_ends(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a front end for each kind of output, in one project as compilers take long to start."""
    folder = tmp_path_factory.mktemp("front ends of Größe")
    (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    for file_type in get_args(FileType):
        output = TypeScriptOutput("generated", file_type)
        for client, program in (("with_tables", CHAT), ("without_tables", WITHOUT_TABLES)):
            shutil.copytree(CLIENTS / client, folder / file_type / client)
            write(program, folder / file_type / client, output)
        for kind in get_args(FunctionKind):
            write(_program_of_one(kind), folder / file_type / kind, output)
    return folder


def _program_of_one(kind: FunctionKind) -> Ir:
    """So little that most imports and shorthands must go, or the compiler reports them as unused."""
    return Ir((Module("m", "m", (Function("f", "f", kind, "internal", (), Scalar("null")),)),))


@pytest.mark.parametrize("compiler", COMPILERS)
def test_front_ends_compile_and_mistakes_do_not(front_ends: Path, compiler: str) -> None:
    assert type_errors(compiler, front_ends) == ""


def test_front_ends_resolved_as_node_does(front_ends: Path) -> None:
    assert type_errors("typescript7", front_ends, module="nodenext", moduleResolution="nodenext") == ""


def test_a_mistake_would_be_noticed(front_ends: Path, tmp_path: Path) -> None:
    shutil.copytree(front_ends / "dts-js" / "with_tables", tmp_path, dirs_exist_ok=True)
    client = (tmp_path / "rejected.tsx").read_text(encoding="utf-8")
    (tmp_path / "rejected.tsx").write_text(client.replace("// @ts-expect-error", "//"), encoding="utf-8")
    reported = type_errors("typescript7", tmp_path).splitlines()
    lines = {line.partition(":")[0] for line in reported if line.startswith("rejected.tsx(")}
    assert len(lines) >= client.count("@ts-expect-error")


def test_references_name_their_functions(front_ends: Path) -> None:
    script = """
        import { getFunctionName } from "convex/server";
        import { api, components, internal } from "./generated/api.js";
        import { Color, Level } from "./generated/types.js";
        const references = [api.messages.list, api.messages.inbox.openBox, api.messages.inbox.default];
        const names = [...references, internal.messages.clear].map(getFunctionName);
        console.log(JSON.stringify([names, Color, Level, typeof components]));
    """
    link_packages(front_ends)
    done = subprocess.run(
        ["node", "--input-type=module", "--eval", script],
        cwd=front_ends / "dts-js" / "with_tables",
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout == (
        '[["messages:list","messages/inbox:openBox","messages/inbox","messages:clear"],["red","blue"],[1,2],"object"]\n'
    )
