"""The drivers made ready: TypeScript put together for Node and for browsers, with the npm packages as published."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.fixtures.projects import FIXTURES

CLIENTS = FIXTURES / "clients"
DRIVERS = ("browser", "dashboard", "http", "sync", "values")


@dataclass(frozen=True, slots=True)
class Programs:
    """A folder with the drivers as modules for Node. It sees the npm packages beside it."""

    folder: Path

    def command(self, driver: str, *arguments: str) -> tuple[str | Path, ...]:
        return ("node", self.folder / f"{driver}.js", *arguments)


def run_tool(*command: str | Path, cwd: Path) -> None:
    """Run a tool that prints nothing when all is well."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, timeout=120, check=False, encoding="utf-8")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def bundle_drivers(project: Path, node_modules: Path) -> Programs:
    """Put each driver of the project together with the modules beside it, and leave the packages where they are."""
    link_packages(project, node_modules)
    programs = Programs(project / "bundled")
    run_tool(
        node_modules / ".bin" / "esbuild",
        *(f"drivers/{driver}.ts" for driver in DRIVERS),
        *("--bundle", "--packages=external", "--platform=node", "--format=esm", "--target=node20"),
        *("--log-level=warning", f"--outdir={programs.folder}"),
        cwd=project,
    )
    return programs


def bundle_page(entry: Path, site: Path, node_modules: Path) -> None:
    """Put a React page and everything that it needs into `site`, as it would be published."""
    site.mkdir()
    shutil.copy(CLIENTS / "page" / "index.html", site)
    run_tool(
        node_modules / ".bin" / "esbuild",
        *(entry, "--bundle", "--format=esm", "--target=es2022", "--log-level=warning", f"--outfile={site / 'page.js'}"),
        cwd=entry.parent,
    )


def link_packages(project: Path, node_modules: Path) -> None:
    """Let the TypeScript of a project find the npm packages, as if it had installed them itself."""
    (project / "node_modules").symlink_to(node_modules)
    (project / "package.json").write_text('{ "type": "module" }')
