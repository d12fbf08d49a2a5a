"""What earlier runs worked out, as bytes that can be kept on disk.

Everything in it is keyed by content: forgetting it, or any part, changes how long a run takes and nothing else. Only
modules without findings are kept, and never the syntax of a file, which is read again when a module that it concerns
has changed. The bytes begin with a fingerprint of convexgen itself, so that no other version's answers are believed.

What a run adds is mostly little beside what was known. So there are two files: the whole as it once was, and what has
changed since then, which alone is written until it has grown too much.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from io import BytesIO
from itertools import islice
from typing import NamedTuple, TypeAlias

from convexgen.analysis.analyse import Understanding, Unit
from convexgen.emit.contract import Fragment
from convexgen.emit.templates import Frame, FrameKey, frames, learn_frames
from convexgen.ir import TypeNames

WHOLE, CHANGES = "memory", "memory-changes"
"""The names of the two files in the cache folder."""

_NAME_LENGTH = 16
_CHUNK = 256
"""Parts that are pickled together: what they share is written once."""
_TOO_MUCH = 8
"""When one part in so many has changed, the whole is written anew."""


_PartKey: TypeAlias = tuple[object, ...]
"""What a part of the memory is about: its kind, and the path, module, output or template that it belongs to."""


class Kept(NamedTuple):
    """A fragment, and what it was made of: a unit, the types of it that were rendered, and how types were shown."""

    key: bytes
    used: frozenset[str]
    names: TypeNames
    fragment: Fragment


class _Whole(NamedTuple):
    """The first file, unpacked. `name` is a fingerprint of it, by which the second file tells what it belongs to."""

    name: bytes
    parts: dict[_PartKey, object]


@dataclass(slots=True)
class Memory:
    """Answers of earlier runs. `fragments` are by output and module.

    `changed` tells whether anything was added since it was unpacked, `whole` what it was unpacked from.
    """

    understanding: Understanding = field(default_factory=Understanding)
    fragments: dict[str, dict[str, Kept]] = field(default_factory=dict)
    changed: bool = False
    whole: _Whole | None = None


def pack(memory: Memory, version: bytes) -> tuple[str, Iterator[bytes]]:
    """The name of the file to write and its bytes piece by piece, which only a convexgen of this version will believe.

    The whole is large, and a process that writes it is near its peak: it never exists in one piece.
    """
    parts = _parts(memory)
    if memory.whole is not None:
        before = memory.whole.parts
        changed = {key: part for key, part in parts.items() if before.get(key) is not part}
        gone = [key for key in before if key not in parts]
        if (len(changed) + len(gone)) * _TOO_MUCH <= len(parts):
            content = pickle.dumps((changed, gone), pickle.HIGHEST_PROTOCOL)
            return CHANGES, iter((version, memory.whole.name, content))
    return WHOLE, _packed(parts, version)


def _packed(parts: Mapping[_PartKey, object], version: bytes) -> Iterator[bytes]:
    """The first file: its name comes last, as it is known only then."""
    name = blake2b(digest_size=_NAME_LENGTH)
    yield version
    remaining = iter(parts.items())
    while chunk := list(islice(remaining, _CHUNK)):
        content = pickle.dumps(chunk, pickle.HIGHEST_PROTOCOL)
        name.update(content)
        yield content
    yield pickle.dumps([])
    yield name.digest()


def unpack(files: Mapping[str, bytes | None], version: bytes) -> Memory:
    """The memory in the files; an empty one if there is none, or if a convexgen of another version has written it."""
    try:
        content = files.get(WHOLE) or b""
        if not content.startswith(version):
            return Memory()
        whole = _unpacked(content, len(version))
        parts = dict(whole.parts)
        changes = files.get(CHANGES) or b""
        head = version + whole.name
        if changes.startswith(head):
            changed, gone = pickle.loads(memoryview(changes)[len(head) :])
            parts.update(changed)
            for key in gone:
                del parts[key]
        return _memory(parts, whole)
    except (pickle.UnpicklingError, EOFError, ValueError, TypeError, AttributeError, ImportError, IndexError, KeyError):
        return Memory()  # cut short or damaged: as good as none


def _unpacked(content: bytes, start: int) -> _Whole:
    stream = BytesIO(content)
    stream.seek(start)
    parts: dict[_PartKey, object] = {}
    while chunk := pickle.load(stream):
        parts.update(chunk)
    name = stream.read()
    if len(name) != _NAME_LENGTH:
        raise ValueError("cut short")
    return _Whole(name, parts)


def _parts(memory: Memory) -> dict[_PartKey, object]:
    """The memory as one flat table, in which what has not changed since it was unpacked is the very same object."""
    known = memory.understanding
    parts: dict[_PartKey, object] = {("imports", path): targets for path, targets in known.imports.items()}
    for name, unit in known.units.items():
        if all(finding.rule.advisory for finding in unit.diagnostics):
            parts["unit", name] = unit if unit.module is None else replace(unit, module=None)
    for output, fragments in memory.fragments.items():
        parts.update({("fragment", output, module): kept for module, kept in fragments.items()})
    parts.update({("frame", key): frame for key, frame in frames().items()})
    return parts


def _memory(parts: Mapping[_PartKey, object], whole: _Whole) -> Memory:
    imports: dict[str, tuple[bytes, tuple[str, ...]]] = {}
    units: dict[str, Unit] = {}
    fragments: dict[str, dict[str, Kept]] = {}
    known_frames: dict[FrameKey, Frame] = {}
    for key, part in parts.items():
        match key, part:
            case ("unit", str(name)), Unit():
                units[name] = part
            case ("fragment", str(output), str(module)), Kept():
                fragments.setdefault(output, {})[module] = part
            case ("imports", str(path)), tuple():
                imports[path] = part
            case ("frame", (str(template), tuple(values), tuple(slots))), tuple():
                known_frames[template, values, slots] = part
    learn_frames(known_frames)
    return Memory(Understanding(imports, {}, units), fragments, whole=whole)
