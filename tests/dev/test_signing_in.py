"""Whom a backend on this machine believes: what `auth_config.py` says, with the variables of the process."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from convexgen.dev.backend import Backend
from convexgen.dev.data_folder import DataFolder
from convexgen.dev.reloading import Reloading
from convexgen.discover import discover
from convexgen.runtime.server.serving import take_port
from convexgen.settings import Settings
from tests.runtime.auth.issuing import LocalIssuer
from tests.runtime.auth.signing import Signer

KEY = Signer("RS256")
WHO = """
from convexgen import QueryCtx, query


@query
async def who(ctx: QueryCtx) -> str | None:
    identity = await ctx.auth.get_user_identity()
    return None if identity is None else identity.subject
"""
CONFIG = """
from convexgen import AuthConfig, OidcProvider, env

auth = AuthConfig(providers=[OidcProvider(domain=env("TEST_ISSUER"), application_id="{audience}")])
"""


class Project:
    """A program with a sign-in, and a backend that it is brought to."""

    def __init__(self, root: Path) -> None:
        self.settings = Settings("signed_in")
        self.root = root
        self.folder = root / "signed_in"
        self.folder.mkdir()
        self.write("people", WHO)
        self.configure("first")
        self.backend = Backend(DataFolder(root / "data"), "test", lambda call: None)
        self.said: list[str] = []
        self.reloading = Reloading(root, self.backend, self.said.append)

    def write(self, module: str, text: str) -> None:
        (self.folder / f"{module}.py").write_text(text)

    def configure(self, audience: str) -> None:
        self.write("auth_config", CONFIG.format(audience=audience))

    def go_live(self) -> bool | None:
        return self.reloading.go_live(self.settings, discover(self.root, self.settings))

    def serve(self) -> str:
        """The address."""
        with take_port("127.0.0.1", 0) as listener, take_port("127.0.0.1", 0) as site:
            self.backend.serve(listener.dup(), site.dup())
            return f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    path = list(sys.path)
    project = Project(tmp_path)
    yield project
    project.backend.close()
    project.reloading.close()
    sys.path[:] = path


def test_a_variable_that_is_not_set_is_told(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEST_ISSUER", raising=False)
    assert project.go_live() is False
    assert project.said == [
        "auth_config.py needs the variable TEST_ISSUER, which is not set: set it with `convexgen env set TEST_ISSUER …`"
    ]


def test_providers_go_live_with_the_program(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with LocalIssuer(KEY) as issuer:
        monkeypatch.setenv("TEST_ISSUER", issuer.url)
        claims = {"iss": issuer.url, "sub": "ann", "exp": time.time() + 600}
        first, second = (KEY.token({**claims, "aud": audience}) for audience in ("first", "second"))
        assert project.go_live() is True
        address = project.serve()

        def who(token: str) -> object:
            headers = {"Authorization": f"Bearer {token}"}
            body = {"path": "people:who", "args": {}}
            answer = httpx.post(f"{address}/api/query", json=body, headers=headers, trust_env=False).json()
            return answer.get("value", answer.get("code"))

        assert (who(first), who(second)) == ("ann", "NoAuthProvider")
        project.configure("second")
        assert project.go_live() is True
        assert (who(first), who(second)) == ("NoAuthProvider", "ann")
        (project.folder / "auth_config.py").unlink()
        assert project.go_live() is True
        assert (who(first), who(second)) == ("NoAuthProvider", "NoAuthProvider")
    assert project.said == []
