"""Tools that read Convex's function spec read ours: the real `convex-helpers`, and what reads its output in turn."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from convexgen.emit.spec import emit, render
from convexgen.settings import SpecOutput
from tests.emit.spec.npm import PACKAGES, needs_npm, node
from tests.emit.spec.programs import EVERY_KIND

pytestmark = needs_npm

CLIENT = """
import { FunctionArgs, FunctionReference, FunctionReturnType } from "convex/server";
import { GenericId as Id } from "convex/values";
import { api, internal } from "./api";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <T extends true>(): T | undefined => undefined;

type Find = FunctionArgs<typeof api.messages.find>;
holds<Same<Find["text"], string>>();
holds<Same<Find["maxAge"], number | undefined>>();
holds<Same<Find["tags"], Array<"new" | true | 1>>>();
holds<Same<Find["size"], bigint>>();
holds<Same<Find["draft"]["_id"], Id<"messages">>>();

type Card = FunctionReturnType<typeof api.messages.list>["page"][number];
holds<Same<Card["only"], "one">>();
holds<Same<FunctionReturnType<typeof internal.admin.userSettings.purge>, ArrayBuffer>>();

const action: FunctionReference<"action"> = api.admin.userSettings.default;
// @ts-expect-error: a query is no action
const wrong: FunctionReference<"action"> = api.messages.find;
// @ts-expect-error: internal functions are not public
api.admin.userSettings.purge;
export { action, wrong };
"""


@pytest.fixture(params=["printed", "written"])
def spec(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The spec in a file, as it is printed and as it is generated with its marker."""
    path = tmp_path / "spec.json"
    output = SpecOutput("spec.json")
    text = emit(EVERY_KIND, output)[0].text if request.param == "written" else render(EVERY_KIND, output.format)
    path.write_text(text, encoding="utf-8")
    return path


def convex_helpers(command: str, spec: Path, output: Path, *options: str) -> None:
    node(PACKAGES / "convex-helpers/bin.cjs", command, "--input-file", spec, "--output-file", output, *options)


def test_typescript_from_the_spec_type_checks(spec: Path, tmp_path: Path) -> None:
    convex_helpers("ts-api-spec", spec, tmp_path / "api.ts", "--include-internal")
    (tmp_path / "client.ts").write_text(CLIENT, encoding="utf-8")
    (tmp_path / "node_modules").symlink_to(PACKAGES, target_is_directory=True)
    options = {
        "strict": True,
        "exactOptionalPropertyTypes": True,
        "noEmit": True,
        "module": "esnext",
        "target": "es2022",
    }
    config = {"compilerOptions": {**options, "moduleResolution": "bundler", "types": []}, "files": ["client.ts"]}
    (tmp_path / "tsconfig.json").write_text(json.dumps(config), encoding="utf-8")

    node(PACKAGES / "typescript/bin/tsc", "--project", tmp_path)


def test_openapi_from_the_spec_describes_every_public_function(spec: Path, tmp_path: Path) -> None:
    convex_helpers("open-api-spec", spec, tmp_path / "openapi.yaml")
    node(PACKAGES / "openapi-typescript/bin/cli.js", tmp_path / "openapi.yaml", "--output", tmp_path / "paths.ts")

    paths = (tmp_path / "paths.ts").read_text(encoding="utf-8")
    for path in ("admin/userSettings/default", "messages/find", "messages/list", "messages/sums", "messages/shape"):
        assert f'"/api/run/{path}": {{' in paths
    assert "purge" not in paths
