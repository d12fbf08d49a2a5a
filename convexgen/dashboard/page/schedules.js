// What is to be run later, what was, and what runs again and again.

import { badge, confirmed, empty, fill, h, moment, note, shown } from "./elements.js";
import { Pages } from "./pages.js";
import { brief, numberOf } from "./values.js";

const STATES = {
  pending: ["waiting", ""],
  inProgress: ["running", "action"],
  success: ["done", "good"],
  failed: ["failed", "bad"],
  canceled: ["canceled", ""],
};

export function schedulesView({ client }) {
  const waiting = h("div");
  const crons = h("div");
  const ended = h("div");
  const element = h(
    "section",
    { className: "content" },
    h("header", { className: "bar" }, h("h1", {}, "Schedules")),
    h("h2", {}, "Scheduled functions"),
    waiting,
    h("h2", {}, "Crons"),
    crons,
    h("h2", {}, "Ended"),
    ended,
  );
  const ends = [
    client.subscribe("_system/frontend/schedules:waiting", {}, ({ value, error }) =>
      fill(waiting, error ?? showWaiting(client, value)),
    ),
    client.subscribe("_system/frontend/schedules:crons", {}, ({ value, error }) =>
      fill(crons, error ?? showCrons(value)),
    ),
  ];
  const pages = new Pages(client, "_system/frontend/schedules:ended", {}, (state) =>
    fill(ended, showEnded(state, pages)),
  );
  return {
    element,
    close() {
      ends.forEach((end) => end());
      pages.close();
    },
  };
}

function showWaiting(client, { jobs, isAll }) {
  if (jobs.length === 0) {
    return empty("Nothing is scheduled", "What functions schedule shows here until it has run.");
  }
  const rows = jobs.map((job) => [
    h("code", {}, functionOf(job.name)),
    h("code", { className: "clip" }, brief(job.args[0])),
    moment(numberOf(job.scheduledTime)),
    state(job),
    h("button", { type: "button", className: "danger", onclick: () => cancel(client, job) }, "Cancel"),
  ]);
  return [
    table("Scheduled functions", ["Function", "Arguments", "Due", "State", ""], rows),
    !isAll && h("p", { className: "muted" }, "There are more; those that are due first are shown."),
  ];
}

async function cancel(client, job) {
  if (!(await confirmed(`Cancel ${functionOf(job.name)}? It will not run.`, "Cancel it"))) {
    return;
  }
  try {
    await client.mutate("_system/frontend/schedules:cancel", { id: job._id });
    note("The function is canceled.");
  } catch (error) {
    note(shown(error), "bad");
  }
}

function showCrons(crons) {
  if (crons.length === 0) {
    return empty("No crons", "What crons.py declares shows here.");
  }
  const rows = crons.map((cron) => [
    cron.name,
    h("code", {}, cron.schedule),
    h("code", {}, cron.path),
    moment(numberOf(cron.scheduledTime)),
    state(cron),
  ]);
  return table("Crons", ["Name", "Schedule (UTC)", "Function", "Next run", "State"], rows);
}

function showEnded({ items, isDone, isLoading, error }, pages) {
  if (error) {
    return h("p", { className: "error", role: "alert" }, error);
  }
  if (items.length === 0 && !isLoading) {
    return empty("Nothing has ended", "How scheduled functions came out is kept for a week.");
  }
  const rows = items.map((job) => [
    h("code", {}, functionOf(job.name)),
    h("code", { className: "clip" }, brief(job.args[0])),
    moment(numberOf(job.completedTime ?? job.scheduledTime)),
    [state(job), job.state.error && h("pre", { className: "error" }, job.state.error)],
  ]);
  return [
    table("Ended", ["Function", "Arguments", "Ended", "State"], rows),
    !isDone && !isLoading && h("button", { type: "button", onclick: () => pages.more() }, "Load more"),
  ];
}

function table(label, columns, rows) {
  return h(
    "div",
    { className: "grid", role: "region", "aria-label": label, tabIndex: 0 },
    h(
      "table",
      {},
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          columns.map((name) => h("th", { scope: "col" }, name)),
        ),
      ),
      h(
        "tbody",
        {},
        rows.map((cells) =>
          h(
            "tr",
            {},
            cells.map((content) => h("td", {}, content)),
          ),
        ),
      ),
    ),
  );
}

function state(document) {
  const [text, style] = STATES[document.state.kind];
  return badge(text, style);
}

function functionOf(name) {
  return name.replace(".js:", ":");
}
