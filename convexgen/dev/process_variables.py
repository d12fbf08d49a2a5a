"""The variables of this process, with those of a deployment over them, for functions that look into `os.environ`."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping


class ProcessVariables:
    """Changes `environ`, which is that of the whole process, in place.

    Life cycle: `put` whenever the deployment's variables change; `put({})` at the end leaves all as it was.
    """

    def __init__(self, environ: MutableMapping[str, str]) -> None:
        self._environ = environ
        self._before: dict[str, str | None] = {}
        """What the deployment's variables have taken the place of; None where there was nothing."""

    def with_these(self, variables: Mapping[str, str]) -> dict[str, str]:
        """All that there would be after `put`."""
        before = {**self._environ, **self._before}
        return {name: value for name, value in {**before, **variables}.items() if value is not None}

    def put(self, variables: Mapping[str, str]) -> None:
        """Have these in the place of those that were put before."""
        for name in self._before.keys() - variables.keys():
            before = self._before.pop(name)
            if before is None:
                self._environ.pop(name, None)
            else:
                self._environ[name] = before
        for name, value in variables.items():
            self._before.setdefault(name, self._environ.get(name))
            self._environ[name] = value
