// Variables of the environment that functions read, kept by the backend: to be set, looked at and removed.

import { confirmed, empty, fill, h, labelled, note } from "./elements.js";

export function variablesView({ client, key }) {
  const list = h("div");
  const name = h("input", { placeholder: "Name", required: true, autocomplete: "off", spellcheck: false });
  const value = h("input", { placeholder: "Value", autocomplete: "off", spellcheck: false });
  const element = h(
    "section",
    { className: "content" },
    h("header", { className: "bar" }, h("h1", {}, "Variables")),
    h(
      "form",
      { className: "filter", "aria-label": "Set a variable", onsubmit: submit },
      labelled("Name", name, { className: "hidden" }),
      labelled("Value", value, { className: "hidden" }),
      h("button", { className: "primary" }, "Set"),
    ),
    list,
  );

  async function submit(event) {
    event.preventDefault();
    const form = event.target;
    if (await change(key, name.value.trim(), value.value)) {
      form.reset();
      name.focus();
    }
  }

  const end = client.subscribe("_system/cli/queryEnvironmentVariables", {}, ({ value: variables, error }) =>
    fill(list, error ?? shownVariables(key, variables)),
  );
  return { element, close: end };
}

function shownVariables(key, variables) {
  if (variables.length === 0) {
    return empty("No variables", "What is set here, or with `convexgen env set`, functions find in their environment.");
  }
  return h(
    "div",
    { className: "grid", role: "region", "aria-label": "Variables", tabIndex: 0 },
    h(
      "table",
      {},
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Name"), h("th", { scope: "col" }, "Value"), h("th"))),
      h(
        "tbody",
        {},
        variables.map((variable) => row(key, variable)),
      ),
    ),
  );
}

/** Values are often secrets, so each is shown only when somebody asks for it. */
function row(key, { name, value }) {
  const shown = h("code", { className: "clip", hidden: true }, value);
  const hidden = h("span", { className: "muted" }, "••••••••");
  const toggle = h("button", { type: "button", "aria-label": `Show ${name}`, "aria-pressed": "false" }, "Show");
  toggle.addEventListener("click", () => {
    shown.hidden = !shown.hidden;
    hidden.hidden = !shown.hidden;
    toggle.ariaPressed = String(!shown.hidden);
    toggle.textContent = shown.hidden ? "Show" : "Hide";
  });
  const remove = async () => {
    if (await confirmed(`Remove ${name}?`, "Remove")) {
      await change(key, name, null);
    }
  };
  return h(
    "tr",
    {},
    h("td", {}, h("code", {}, name)),
    h("td", {}, shown, hidden),
    h(
      "td",
      {},
      h(
        "div",
        { className: "buttons" },
        toggle,
        h("button", { type: "button", className: "danger", "aria-label": `Remove ${name}`, onclick: remove }, "Remove"),
      ),
    ),
  );
}

/** Whether it was done; if not, why is said. */
async function change(key, name, value) {
  const answer = await fetch("/api/update_environment_variables", {
    method: "POST",
    headers: { Authorization: `Convex ${key}`, "Content-Type": "application/json" },
    body: JSON.stringify({ changes: [{ name, value }] }),
  });
  if (!answer.ok) {
    note((await answer.json()).message, "bad");
  }
  return answer.ok;
}
