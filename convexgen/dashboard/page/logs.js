// What functions say and how they end, as it happens.

import { badge, empty, fill, h, labelled, logLines, moment, shown } from "./elements.js";

const MOST = 1_000; // entries that are kept
const PAUSE = 2_000; // milliseconds, after what went wrong

/** Follows the log of the backend from when it is first asked for. */
export class LogStream {
  entries = [];
  #key;
  #listeners = new Set();
  #ending = new AbortController();
  #isFollowing = false;

  constructor(key) {
    this.#key = key;
  }

  follow(listener) {
    this.#listeners.add(listener);
    if (!this.#isFollowing) {
      this.#isFollowing = true;
      this.#read();
    }
    listener(this.entries);
    return () => this.#listeners.delete(listener);
  }

  clear() {
    this.entries = [];
    this.#tell();
  }

  close() {
    this.#ending.abort();
  }

  async #read() {
    let cursor = 0;
    while (!this.#ending.signal.aborted) {
      try {
        const answer = await fetch(`/api/stream_function_logs?cursor=${cursor}`, {
          headers: { Authorization: `Convex ${this.#key}` },
          signal: this.#ending.signal,
        });
        if (!answer.ok) {
          throw new Error(await answer.text());
        }
        const { entries, newCursor } = await answer.json();
        cursor = newCursor;
        if (entries.length) {
          this.entries = [...this.entries, ...entries].slice(-MOST);
          this.#tell();
        }
      } catch {
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
      }
    }
  }

  #tell() {
    for (const listener of this.#listeners) {
      listener(this.entries);
    }
  }
}

export function logsView({ logs }) {
  const search = h("input", { type: "search", placeholder: "Search", autocomplete: "off", oninput: show });
  const failures = h("input", { type: "checkbox", onchange: show });
  const paused = h("input", { type: "checkbox", onchange: show });
  const list = h("ol", { className: "log", "aria-label": "Log" });
  const known = new WeakMap();
  let entries = [];
  const element = h(
    "section",
    { className: "content" },
    h(
      "header",
      { className: "bar" },
      h("h1", {}, "Logs"),
      h("span", { className: "gap" }),
      labelled("Search", search, { className: "hidden" }),
      h("label", { className: "check" }, failures, "Failures only"),
      h("label", { className: "check" }, paused, "Pause"),
      h("button", { type: "button", onclick: () => logs.clear() }, "Clear"),
    ),
    list,
  );

  function show() {
    if (paused.checked) {
      return;
    }
    const wanted = search.value.trim().toLowerCase();
    const found = entries.filter(
      (entry) =>
        (!failures.checked || entry.error) && (!wanted || JSON.stringify(entry).toLowerCase().includes(wanted)),
    );
    for (const entry of found) {
      if (!known.has(entry)) {
        known.set(entry, item(entry));
      }
    }
    fill(
      list,
      found.length
        ? found.map((entry) => known.get(entry)).reverse()
        : empty("Nothing yet", "Calls of functions show here as they end."),
    );
  }

  const unfollow = logs.follow((all) => {
    entries = all;
    show();
  });
  return { element, close: unfollow };
}

function item(entry) {
  const { identifier, udfType, timestamp, executionTime, error, logLines: lines = [] } = entry;
  return h(
    "li",
    { className: error ? "entry failed" : "entry" },
    h(
      "p",
      { className: "entry-head" },
      badge(udfType.toLowerCase(), udfType.toLowerCase()),
      h("code", {}, identifier),
      error && badge("Failed", "bad"),
      h("span", { className: "gap" }),
      executionTime !== undefined && h("span", { className: "muted" }, `${Math.round(executionTime * 1000)} ms`),
      h("span", { className: "muted" }, moment(timestamp * 1000)),
    ),
    lines.length > 0 && logLines(lines),
    error && h("pre", { className: "error" }, shown({ message: error })),
  );
}
