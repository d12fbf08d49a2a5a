"""One client's socket as a state machine without I/O: frames and results in, `Effect`s out.

**How a shell drives it.** It makes a `Session` for each socket that it accepts, and calls its methods one at a time,
from one thread. Each returns effects, which the shell carries out in their order, all of them before the next call:

- `Send`: put the text into the socket's buffer; one task empties the buffer and calls `sent` for each message that has
  gone. This is the back-pressure: who forgets it gets two transitions and no more.
- `ComputeTransition`: read `engine.latest` at once, before the effects that follow. Then, in the background: close the
  watches of `removed`; run `to_run`, and those of `watched` whose `Watch.is_stale`, at that snapshot, several at a
  time (`engine.cached_query` first); `engine.watch` each result, in place of the query's old watch; call `computed`
  with the snapshot and what was run. An `EngineError` is tried again after a pause, then handed to `engine_failed`.
- A watch's `on_stale` may come in any thread. Bring it to that of the session and call `query_went_stale` with the
  query's id and the snapshot of the transition that the result was for, old watches too: the session knows which count.
- `RunMutation`, `RunAction`, `Authenticate`: in the background, then the method that their docstrings name. What
  raises `EngineError` goes to `engine_failed` with its code, every other fault with `InternalServerError`.
- `Close`: empty the buffer, then close. There are no effects after it, whatever is called. Mutations that run go on.

Call `tick` every few seconds. Give `receive` binary frames too. **Pongs**: clients that only listen say nothing for
hours, and their pongs are what keeps them; call `heard` for each, or, where the web server watches pongs itself and
shows none (uvicorn: `ws_ping_interval=5`, `ws_ping_timeout=120`), pass `Limits(silence=None)`.

When the socket is gone, close all watches and forget the session; answers to what still runs go nowhere.

**What comes when.** A transition is begun while no mutation runs, and mutations begin after its snapshot was taken. So
each answer leaves before any transition that has its effect, and no transition after an answer is older than it.
"""

from __future__ import annotations

from convexgen.runtime.sync.effects import (
    AdminKey,
    Authenticate,
    Close,
    ComputedQuery,
    ComputeTransition,
    Credentials,
    Effect,
    LiveCall,
    RunAction,
    RunMutation,
    Send,
    UserToken,
)
from convexgen.runtime.sync.limits import ClientVersion, Limits
from convexgen.runtime.sync.session import INTERNAL_ERROR, Session
from convexgen.runtime.sync.timestamps import read_timestamp, timestamp_text

__all__ = [
    "INTERNAL_ERROR",
    "AdminKey",
    "Authenticate",
    "ClientVersion",
    "Close",
    "ComputeTransition",
    "ComputedQuery",
    "Credentials",
    "Effect",
    "Limits",
    "LiveCall",
    "RunAction",
    "RunMutation",
    "Send",
    "Session",
    "UserToken",
    "read_timestamp",
    "timestamp_text",
]
