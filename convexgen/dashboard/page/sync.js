// A client of the sync protocol: queries that stay live, and mutations and actions, over one socket that comes back.

const PATIENCE = 60_000; // milliseconds: the server says something every fifteen seconds
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 8_000;

/** What a function that failed is rejected with. */
export class FunctionError extends Error {
  constructor(message, logLines) {
    super(message);
    this.logLines = logLines;
  }
}

/**
 * `notify` is told "connecting", "live" and, with a reason, "refused": then the client has ended. `user` is in whose
 * name the administrator acts, `{subject, issuer, …}`, or null.
 */
export class SyncClient {
  #url;
  #key;
  #notify;
  #user;
  #session = uuid();
  #connections = 0;
  #closeReason = "InitialConnect";
  #observed = undefined;
  #socket = null;
  #pause = FIRST_PAUSE;
  #watchdog = undefined;
  #isClosed = false;
  #version = undefined;
  #querySet = 0;
  #queries = new Map();
  #requests = new Map();
  #lastQuery = -1;
  #lastRequest = -1;

  constructor(url, key, notify, user = null) {
    this.#url = url;
    this.#key = key;
    this.#notify = notify;
    this.#user = user;
    this.#connect();
  }

  /** Calls `onResult({value, logLines} | {error, logLines})` now and whenever that changes. Gives a way to end it. */
  subscribe(path, args, onResult) {
    const id = ++this.#lastQuery;
    this.#queries.set(id, { path, args, onResult, journal: null });
    this.#modify([this.#addition(id)]);
    return () => {
      if (this.#queries.delete(id)) {
        this.#modify([{ type: "Remove", queryId: id }]);
      }
    };
  }

  /** Resolves to `{value, logLines}` when all queries show what it did; rejects with `FunctionError`. */
  mutate(path, args) {
    return this.#request("Mutation", path, args);
  }

  act(path, args) {
    return this.#request("Action", path, args);
  }

  /** Nothing comes any more, not even answers. */
  close() {
    const socket = this.#socket;
    this.#isClosed = true;
    this.#socket = null;
    clearTimeout(this.#watchdog);
    socket?.close();
  }

  #request(type, path, args) {
    const requestId = ++this.#lastRequest;
    const message = { type, requestId, udfPath: path, args: [args] };
    return new Promise((resolve, reject) => {
      this.#requests.set(requestId, { message, resolve, reject, sent: this.#send(message), done: null });
    });
  }

  #connect() {
    if (this.#isClosed) {
      return;
    }
    this.#notify("connecting");
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.onopen = () => this.#begin();
    socket.onmessage = ({ data }) => socket === this.#socket && this.#receive(JSON.parse(data));
    socket.onclose = ({ code, reason }) => socket === this.#socket && this.#lost(reason || `closed with code ${code}`);
  }

  #begin() {
    this.#version = { querySet: 0, identity: 0, ts: "AAAAAAAAAAA=" };
    this.#querySet = 0;
    this.#listen();
    this.#send({
      type: "Connect",
      sessionId: this.#session,
      connectionCount: this.#connections++,
      lastCloseReason: this.#closeReason,
      ...(this.#observed && { maxObservedTimestamp: this.#observed }),
    });
    this.#send({
      type: "Authenticate",
      baseVersion: 0,
      tokenType: "Admin",
      value: this.#key,
      impersonating: this.#user,
    });
    this.#modify([...this.#queries.keys()].map((id) => this.#addition(id)));
    for (const request of this.#requests.values()) {
      request.sent = this.#send(request.message);
    }
  }

  #lost(reason) {
    clearTimeout(this.#watchdog);
    this.#socket = null;
    this.#closeReason = reason;
    for (const [id, request] of this.#requests) {
      if (request.message.type === "Action" && request.sent) {
        this.#requests.delete(id);
        request.reject(
          new FunctionError("The connection was lost while the action ran: nobody knows what came of it.", []),
        );
      }
    }
    this.#notify("connecting");
    setTimeout(() => this.#connect(), this.#pause * (0.75 + Math.random() / 2));
    this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE);
  }

  #listen() {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => {
      const socket = this.#socket;
      this.#lost("InactiveServer");
      socket.close();
    }, PATIENCE);
  }

  /** Whether the message is on its way; if not, it is sent once there is a connection. */
  #send(message) {
    const isOpen = this.#socket?.readyState === WebSocket.OPEN;
    if (isOpen) {
      this.#socket.send(JSON.stringify(message));
    }
    return isOpen;
  }

  #modify(modifications) {
    const message = {
      type: "ModifyQuerySet",
      baseVersion: this.#querySet,
      newVersion: this.#querySet + 1,
      modifications,
    };
    if (this.#send(message)) {
      this.#querySet++;
    }
  }

  #addition(id) {
    const { path, args, journal } = this.#queries.get(id);
    return { type: "Add", queryId: id, udfPath: path, args: [args], journal };
  }

  #receive(message) {
    this.#listen();
    switch (message.type) {
      case "Transition":
        this.#transition(message);
        break;
      case "MutationResponse":
      case "ActionResponse":
        this.#answer(message);
        break;
      case "AuthError":
        this.#refused(message.error);
        break;
      case "FatalError":
        console.error(message.error);
    }
  }

  #refused(error) {
    this.close();
    this.#notify("refused", error);
  }

  #transition({ startVersion, endVersion, modifications }) {
    if (JSON.stringify(order(startVersion)) !== JSON.stringify(order(this.#version))) {
      this.#socket.close(); // something is missing: begin again
      return;
    }
    this.#version = endVersion;
    this.#observed = endVersion.ts;
    this.#pause = FIRST_PAUSE;
    this.#notify("live");
    for (const each of modifications) {
      const query = this.#queries.get(each.queryId);
      if (query && each.type !== "QueryRemoved") {
        query.journal = each.journal;
        const outcome = each.type === "QueryUpdated" ? { value: each.value } : { error: each.errorMessage };
        query.onResult({ ...outcome, logLines: each.logLines });
      }
    }
    for (const [id, { done, resolve }] of this.#requests) {
      if (done && time(done.ts) <= time(endVersion.ts)) {
        this.#requests.delete(id);
        resolve({ value: done.result, logLines: done.logLines });
      }
    }
  }

  #answer(message) {
    const request = this.#requests.get(message.requestId);
    if (request === undefined) {
      return;
    }
    if (message.success && message.type === "MutationResponse") {
      request.done = message; // until a transition has what it did
      return;
    }
    this.#requests.delete(message.requestId);
    if (message.success) {
      request.resolve({ value: message.result, logLines: message.logLines });
    } else {
      request.reject(new FunctionError(message.result, message.logLines));
    }
  }
}

function order({ querySet, identity, ts }) {
  return [querySet, identity, ts];
}

/** The number of a timestamp, which travels as eight bytes, the lowest first. */
function time(base64) {
  return new DataView(Uint8Array.from(atob(base64), (each) => each.charCodeAt(0)).buffer).getBigUint64(0, true);
}

/** `crypto.randomUUID` is not there for pages that came over plain HTTP from elsewhere. */
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
