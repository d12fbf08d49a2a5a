// The page: who may see it, which view of it is shown, and whether it is connected.

import { dataView } from "./data.js";
import { fill, h, labelled, refreshMoments } from "./elements.js";
import { filesView } from "./files.js";
import { functionsView } from "./functions.js";
import { healthView } from "./health.js";
import { Live } from "./live.js";
import { LogStream, logsView } from "./logs.js";
import { schedulesView } from "./schedules.js";
import { SyncClient } from "./sync.js";
import { variablesView } from "./variables.js";

const KEPT_KEY = "convexgen-admin-key";
const VIEWS = new Map([
  ["data", { title: "Data", open: dataView }],
  ["functions", { title: "Functions", open: functionsView }],
  ["logs", { title: "Logs", open: logsView }],
  ["schedules", { title: "Schedules", open: schedulesView }],
  ["files", { title: "Files", open: filesView }],
  ["variables", { title: "Variables", open: variablesView }],
  ["health", { title: "Health", open: healthView }],
]);

const main = document.getElementById("main");
const views = document.getElementById("views");
const connection = document.getElementById("connection");

/** The key that this server gives to browsers of its own machine, or the one that was typed here before. */
async function knownKey() {
  const answer = await fetch("/dashboard/key", { method: "POST" });
  return answer.ok ? (await answer.json()).key : sessionStorage.getItem(KEPT_KEY);
}

function askForKey(why) {
  const input = h("input", { type: "password", autocomplete: "off", required: true, spellcheck: false });
  const submit = (event) => {
    event.preventDefault();
    sessionStorage.setItem(KEPT_KEY, input.value.trim());
    start(input.value.trim());
  };
  fill(views);
  showConnection("refused", "Not connected");
  fill(
    main,
    h(
      "form",
      { className: "key card", onsubmit: submit },
      h("h1", {}, "Admin key"),
      h("p", {}, "Whoever has the admin key of this backend may see and change everything in it."),
      why && h("p", { className: "error", role: "alert" }, why),
      labelled("Key", input),
      h("button", { className: "primary" }, "Open the dashboard"),
    ),
  );
  input.focus();
}

function showConnection(state, text) {
  if (connection.dataset.state !== state) {
    connection.dataset.state = state;
    connection.textContent = text;
  }
}

/** All that views have in common, from when there is a key until it is refused. */
function start(key) {
  const program = new Live();
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const address = `${scheme}://${location.host}/api/sync`;
  const client = new SyncClient(address, key, (state, why) => {
    if (state === "refused") {
      sessionStorage.removeItem(KEPT_KEY);
      end();
      askForKey(why);
    } else {
      showConnection(state, state === "live" ? "Live" : "Connecting");
    }
  });
  const clientAs = (user, refused) =>
    new SyncClient(address, key, (state, why) => state === "refused" && refused(why), user);
  const logs = new LogStream(key);
  client.subscribe("_system/frontend/program", {}, ({ value }) => value && program.set(value));
  let shown = { name: null, view: null };

  function show() {
    const [name, ...parts] = location.hash.replace(/^#\/?/, "").split("/");
    const found = VIEWS.has(name) ? name : "data";
    const place = parts.map(decodeURIComponent).join("/");
    if (shown.name === found && shown.view.moved) {
      shown.view.moved(place);
    } else {
      shown.view?.close();
      const view = VIEWS.get(found).open({ client, clientAs, key, logs, place, program });
      shown = { name: found, view };
      fill(main, view.element);
      document.title = `${VIEWS.get(found).title} · convexgen`;
    }
    for (const link of views.children) {
      const isShown = link.dataset.view === found;
      link.ariaCurrent = isShown ? "page" : null;
      if (isShown) {
        link.scrollIntoView({ block: "nearest", inline: "nearest" });
      }
    }
  }

  function end() {
    window.removeEventListener("hashchange", show);
    shown.view?.close();
    logs.close();
  }

  fill(
    views,
    [...VIEWS].map(([name, { title }]) => h("a", { href: `#/${name}`, "data-view": name }, title)),
  );
  window.addEventListener("hashchange", show);
  show();
}

document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
setInterval(refreshMoments, 1_000);
const key = await knownKey();
if (key) {
  start(key);
} else {
  askForKey(null);
}
