"""The program as a running deployment has it, asked as `npx convex function-spec` asks."""

from __future__ import annotations

import json
from collections.abc import Mapping

from convexgen.backend_requests import NoAnswerError, RefusedError, request
from convexgen.baselines.error import BaselineError
from convexgen.breaking.compare import Baseline
from convexgen.emit.spec import InvalidSpecError
from convexgen.emit.spec.function_spec_reading import read_functions

KEYS = ("CONVEX_DEPLOY_KEY", "CONVEX_SELF_HOSTED_ADMIN_KEY")
"""The environment variables that the official command line reads an admin key from."""
_QUESTION = {"path": "_system/cli/modules:apiSpec", "args": {}, "format": "json"}
_TIMEOUT = 30.0
"""Seconds without a byte after which a deployment counts as not answering."""
_LIMIT = 64 << 20
"""Bytes of an answer that are read; no program's functions take as many."""


def read_deployment(url: str, environment: Mapping[str, str], timeout: float = _TIMEOUT) -> Baseline:
    """The functions of the deployment at `url`. Raises `BaselineError`."""
    key = next((environment[name] for name in KEYS if environment.get(name)), None)
    if key is None:
        raise BaselineError.of(
            f"only an administrator may ask `{url}` for its functions",
            f"set the environment variable {KEYS[0]} (or {KEYS[1]}) to a key of the deployment",
        )
    answer = _answer(url, key, timeout)
    if not isinstance(answer, dict) or answer.get("status") != "success":
        said = answer.get("errorMessage", answer.get("message")) if isinstance(answer, dict) else None
        raise BaselineError.of(f"`{url}` does not tell its functions: {said or 'no reason given'}", _IS_IT_ONE)
    try:
        spec = read_functions(answer.get("value"))
    except InvalidSpecError as error:
        first = str(error).split("\n", 1)[0]
        raise BaselineError.of(f"`{url}` tells of its functions in an unknown form: {first}", _IS_IT_ONE) from error
    return Baseline(spec.program, url, "validators", spec.untyped)


_IS_IT_ONE = "name the URL that clients connect to, such as https://happy-otter-123.convex.cloud"


def _answer(url: str, key: str, timeout: float) -> object:
    body = json.dumps(_QUESTION).encode()
    try:
        with request(url, "/api/query", key, body, "application/json", patience=timeout) as response:
            return json.loads(response.read(_LIMIT))
    except RefusedError as error:
        raise _refused(url, error.status) from error
    except NoAnswerError as error:
        raise BaselineError.of(f"`{url}` cannot be reached: {error}", "is the deployment running?") from error
    except ValueError as error:  # not JSON, or no URL at all
        raise BaselineError.of(f"`{url}` does not answer as a deployment does", _IS_IT_ONE) from error


def _refused(url: str, status: int) -> BaselineError:
    if status in (401, 403):
        help_ = f"is the key in {KEYS[0]} one of this deployment, and may it read?"
        return BaselineError.of(f"`{url}` does not accept the key (status {status})", help_)
    return BaselineError.of(f"`{url}` answers with status {status}", _IS_IT_ONE)
