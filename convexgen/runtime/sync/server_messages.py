"""What clients are told, as texts of JSON. Values are written once, and their texts put into those of messages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final, NamedTuple

from convexgen.authoring.unset import Unset
from convexgen.runtime.calls import Disclosure, Outcome, Success, client_log_lines, client_message
from convexgen.runtime.sync.timestamps import timestamp_text
from convexgen.runtime.values import Value, canonical, write_json

PING: Final = '{"type":"Ping"}'


class Version(NamedTuple):
    """What a client has been told: which query set, whose identity, which snapshot (nanoseconds since the epoch)."""

    query_set: int
    identity: int
    timestamp: int

    @property
    def text(self) -> str:
        return f'{{"querySet":{self.query_set},"identity":{self.identity},"ts":"{timestamp_text(self.timestamp)}"}}'


class Clocks(NamedTuple):
    """How many milliseconds the client's clock is ahead, and the nanoseconds since the epoch at which this is said."""

    skew: int
    now: int


@dataclass(frozen=True, slots=True)
class Shown:
    """An outcome as clients see it: the texts of its parts in JSON.

    `digest` tells whether a client would see anything new; the request id in the text of an error is nothing new.
    """

    success: bool
    result: str
    log_lines: str
    data: str | None
    digest: bytes

    @property
    def error_data(self) -> str:
        """What follows in the message of a failure: data, even if it is null, is what makes it a `ConvexError`."""
        return "" if self.data is None else f',"errorData":{self.data}'


def shown(outcome: Outcome, request_id: str, disclosure: Disclosure) -> Shown:
    """An outcome as clients may see it."""
    log_lines = f"[{','.join(map(_text, client_log_lines(outcome, disclosure)))}]"
    if isinstance(outcome, Success):
        return Shown(True, outcome.text, log_lines, None, _digest("value", outcome.text, log_lines))
    data = _data(outcome.data)
    anonymous = _text(client_message(outcome, "", disclosure))
    result = _text(client_message(outcome, request_id, disclosure))
    return Shown(False, result, log_lines, data, _digest("error", anonymous, data or "", log_lines))


def _data(data: Value | Unset) -> str | None:
    return None if isinstance(data, Unset) else canonical(data)


def query_removed(query_id: int) -> str:
    return f'{{"type":"QueryRemoved","queryId":{query_id}}}'


def query_changed(query_id: int, result: Shown, journal: str | None) -> str:
    """`QueryUpdated`, or `QueryFailed`."""
    kind, key = ("QueryUpdated", "value") if result.success else ("QueryFailed", "errorMessage")
    return (
        f'{{"type":"{kind}","queryId":{query_id},"{key}":{result.result},"logLines":{result.log_lines},'
        f'"journal":{write_json(journal)}{result.error_data}}}'
    )


def transition(start: Version, end: Version, modifications: Iterable[str], clocks: Clocks | None) -> str:
    """The step of a client from one version to the next. Both clocks are told, or neither."""
    told = "" if clocks is None else f',"clientClockSkew":{clocks.skew},"serverTs":{clocks.now}'
    return (
        f'{{"type":"Transition","startVersion":{start.text},"endVersion":{end.text},'
        f'"modifications":[{",".join(modifications)}]{told}}}'
    )


def chunks(text: str, identifier: str, frame_bytes: int) -> Iterator[str]:
    """A transition in pieces of at most `frame_bytes` of it; it is told when it is all there."""
    pieces = list(_pieces(text.encode(), frame_bytes))
    for number, piece in enumerate(pieces):
        yield (
            f'{{"type":"TransitionChunk","chunk":{write_json(piece.decode())},"partNumber":{number},'
            f'"totalParts":{len(pieces)},"transitionId":{write_json(identifier)}}}'
        )


def _pieces(data: bytes, limit: int) -> Iterator[bytes]:
    start = 0
    while start < len(data):
        end = min(start + limit, len(data))
        while end < len(data) and data[end] & 0xC0 == 0x80:  # in the middle of a character
            end -= 1
        yield data[start:end]
        start = end


def mutation_response(request_id: int, result: Shown, timestamp: int | None) -> str:
    """`timestamp` is that of the commit, None for a failure."""
    told = "null" if timestamp is None else f'"{timestamp_text(timestamp)}"'
    return (
        f'{{"type":"MutationResponse","requestId":{request_id},"success":{write_json(result.success)},'
        f'"result":{result.result},"ts":{told},"logLines":{result.log_lines}{result.error_data}}}'
    )


def action_response(request_id: int, result: Shown) -> str:
    return (
        f'{{"type":"ActionResponse","requestId":{request_id},"success":{write_json(result.success)},'
        f'"result":{result.result},"logLines":{result.log_lines}{result.error_data}}}'
    )


def auth_error(message: str, base_version: int, *, update_attempted: bool) -> str:
    """`base_version` is the identity that the client was told of last."""
    return (
        f'{{"type":"AuthError","error":{_text(message)},"baseVersion":{base_version},'
        f'"authUpdateAttempted":{write_json(update_attempted)}}}'
    )


def fatal_error(message: str) -> str:
    return f'{{"type":"FatalError","error":{_text(message)}}}'


def _digest(*parts: str) -> bytes:
    hashed = blake2b(digest_size=16)
    for part in parts:
        data = part.encode()
        hashed.update(len(data).to_bytes(8, "little"))
        hashed.update(data)
    return hashed.digest()


def _text(text: str) -> str:
    """A text in JSON. Half a surrogate pair, which a program may put into an error or print, cannot be sent."""
    return write_json(text if text.isascii() else text.encode(errors="replace").decode())
