"""What earlier runs worked out, as bytes that can be kept on disk.

Everything in it is keyed by content: forgetting it, or any part, changes how long a run takes and nothing else. Only
modules without findings are kept, and never the syntax of a file, which is read again when a module that it concerns
has changed. The bytes begin with a fingerprint of convexgen itself, so that no other version's answers are believed.
"""

from __future__ import annotations

import os
import pickle
import sys
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import blake2b
from pathlib import Path

from convexgen.analysis.analyse import Understanding
from convexgen.emit.contract import Fragment

FILE = "memory"
"""The name of the file in the cache folder."""


@dataclass(slots=True)
class Memory:
    """Answers of earlier runs. `fragments` are by output and module, each with the key that it was made for."""

    understanding: Understanding = field(default_factory=Understanding)
    fragments: dict[str, dict[str, tuple[bytes, Fragment]]] = field(default_factory=dict)


def pack(memory: Memory) -> bytes:
    """The memory as bytes."""
    known = memory.understanding
    units = {name: replace(unit, module=None) for name, unit in known.units.items() if not unit.diagnostics}
    content = (known.imports, units, memory.fragments)
    return fingerprint() + pickle.dumps(content, pickle.HIGHEST_PROTOCOL)


def unpack(content: bytes | None) -> Memory:
    """The memory in `content`; an empty one if there is none, or if another convexgen or Python has written it."""
    if content is None or not content.startswith(fingerprint()):
        return Memory()
    try:
        imports, units, fragments = pickle.loads(memoryview(content)[len(fingerprint()) :])
    except (pickle.UnpicklingError, EOFError, ValueError, TypeError, AttributeError, ImportError, IndexError, KeyError):
        return Memory()  # cut short or damaged: as good as none
    return Memory(Understanding(imports, {}, units), fragments)


@cache
def fingerprint() -> bytes:
    """Changes with every file of convexgen and with the Python that runs it."""
    package = Path(__file__).parent
    found = blake2b(sys.version.encode(), digest_size=16)
    for folder in (package, package / "_templates", package.parent / "templates"):
        for path, names, files in os.walk(folder):
            names.sort()
            for name in sorted(files):
                if name.endswith((".py", ".jinja", ".j2")):
                    stat = os.stat(os.path.join(path, name))  # noqa: PTH116, PTH118 - a hundred files, before any work
                    found.update(f"{name}\0{stat.st_size}\0{stat.st_mtime_ns}".encode())
    return found.digest()
