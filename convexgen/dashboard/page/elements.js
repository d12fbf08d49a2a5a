// Making elements. What is shown is always text: nothing that comes from a backend is ever read as HTML.

/**
 * An element with its properties, or attributes where the name has a dash or the element has no such property, and what
 * is in it: elements, texts, and nothing for null and false. `on…` are listeners.
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) {
      continue;
    }
    if (name.startsWith("on")) {
      element.addEventListener(name.slice(2), value);
    } else if (name in element && name !== "list" && name !== "form") {
      element[name] = value;
    } else {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  element.append(...present(children));
  return element;
}

/** Put other children in the place of those that there are. */
export function fill(element, ...children) {
  element.replaceChildren(...present(children));
}

function present(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

const UNITS = ["bytes", "KiB", "MiB", "GiB"];

/** So many bytes, as people say it. */
export function size(bytes) {
  const power = Math.min(UNITS.length - 1, bytes ? Math.floor(Math.log2(bytes) / 10) : 0);
  const number = bytes / 1024 ** power;
  return `${power ? number.toFixed(1) : number} ${UNITS[power]}`;
}

let lastId = 0;

/** A label and what it is for. */
export function labelled(text, control, properties = {}) {
  control.id ||= `control-${++lastId}`;
  return [h("label", { ...properties, htmlFor: control.id }, text), control];
}

export function badge(text, style = "") {
  return h("span", { className: `badge ${style}` }, text);
}

export function empty(title, ...more) {
  return h(
    "div",
    { className: "empty" },
    h("p", { className: "empty-title" }, title),
    ...more.map((each) => h("p", {}, each)),
  );
}

/** What a function said, line by line. */
export function logLines(lines) {
  return h(
    "ul",
    { className: "lines" },
    lines.map((line) => {
      const { level, text } = logLine(line);
      return h(
        "li",
        { className: `line ${level.toLowerCase()}` },
        h("span", { className: "level" }, level),
        h("span", {}, text),
      );
    }),
  );
}

function logLine(line) {
  if (typeof line === "object") {
    return { level: line.level, text: line.messages.join(" ") };
  }
  const [, level = "LOG", text = line] = /^\[([A-Z]+)\] ([^]*)$/.exec(line) ?? [];
  return { level, text };
}

/** Say something for a while, whatever is on the screen. */
export function note(text, style = "") {
  const notes = document.getElementById("notes");
  const said = h("p", { className: `note ${style}` }, text);
  notes.append(said);
  setTimeout(() => said.remove(), 5_000);
}

/** A dialog that is there until it closes. The focus goes back to where it was. */
export function openDialog(label, className, ...children) {
  const dialog = h("dialog", { className, "aria-label": label, onclose: () => dialog.remove() }, ...children);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Whether somebody means it. */
export function confirmed(question, action) {
  return new Promise((resolve) => {
    const dialog = openDialog(
      question,
      "confirm",
      h("p", {}, question),
      h(
        "div",
        { className: "buttons" },
        h("button", { type: "button", onclick: () => dialog.close() }, "Cancel"),
        h("button", { type: "button", className: "danger", onclick: () => dialog.close(action) }, action),
      ),
    );
    dialog.addEventListener("close", () => resolve(dialog.returnValue === action));
  });
}

/** A moment as people say it, with the exact one at hand. */
export function moment(milliseconds) {
  if (!Number.isFinite(milliseconds)) {
    return "never";
  }
  const date = new Date(milliseconds);
  return h("time", { dateTime: date.toISOString(), title: date.toISOString() }, relative(milliseconds - Date.now()));
}

const STEPS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
];
const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

function relative(milliseconds) {
  const [unit, size] = STEPS.find(([, size]) => Math.abs(milliseconds) >= size) ?? STEPS.at(-1);
  return words.format(Math.round(milliseconds / size), unit);
}

/** Bring the moments that are shown up to date. */
export function refreshMoments() {
  for (const element of document.querySelectorAll("time")) {
    const text = relative(Date.parse(element.dateTime) - Date.now());
    if (element.textContent !== text) {
      element.textContent = text;
    }
  }
}

/** What went wrong, without what only tells requests apart. */
export function shown(error) {
  return error.message.replace(/^\[Request ID: \w+\] Server Error\n?/, "") || error.message;
}
