"""What earlier runs worked out, as bytes that can be kept on disk.

Everything in it is keyed by content: forgetting it, or any part, changes how long a run takes and nothing else. Only
modules without findings are kept, and never the syntax of a file, which is read again when a module that it concerns
has changed. The bytes begin with a fingerprint of convexgen itself, so that no other version's answers are believed.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from convexgen.analysis.analyse import Understanding
from convexgen.emit.contract import Fragment
from convexgen.ir import TypeNames

FILE = "memory"
"""The name of the file in the cache folder."""


class Kept(NamedTuple):
    """A fragment, and what it was made of: a unit, the types of it that were rendered, and how types were shown."""

    key: bytes
    used: frozenset[str]
    names: TypeNames
    fragment: Fragment


@dataclass(slots=True)
class Memory:
    """Answers of earlier runs. `fragments` are by output and module.

    `changed` tells whether anything was added since it was unpacked.
    """

    understanding: Understanding = field(default_factory=Understanding)
    fragments: dict[str, dict[str, Kept]] = field(default_factory=dict)
    changed: bool = False


def pack(memory: Memory, version: bytes) -> bytes:
    """The memory as bytes, which only a convexgen of this version will believe."""
    known = memory.understanding
    units = {name: replace(unit, module=None) for name, unit in known.units.items() if not unit.diagnostics}
    content = (known.imports, units, memory.fragments)
    return version + pickle.dumps(content, pickle.HIGHEST_PROTOCOL)


def unpack(content: bytes | None, version: bytes) -> Memory:
    """The memory in `content`; an empty one if there is none, or if a convexgen of another version has written it."""
    if content is None or not content.startswith(version):
        return Memory()
    try:
        imports, units, fragments = pickle.loads(memoryview(content)[len(version) :])
    except (pickle.UnpicklingError, EOFError, ValueError, TypeError, AttributeError, ImportError, IndexError, KeyError):
        return Memory()  # cut short or damaged: as good as none
    return Memory(Understanding(imports, {}, units), fragments)
