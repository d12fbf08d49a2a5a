// The functions of the program, each with a form to run it. Results of queries stay live.

import { badge, empty, fill, h, labelled, logLines, shown } from "./elements.js";
import { parse, print } from "./values.js";

export function functionsView({ client, program, place }) {
  const search = h("input", { type: "search", placeholder: "Find a function", autocomplete: "off", oninput: showList });
  const list = h("nav", { className: "list", "aria-label": "Functions" });
  const content = h("section", { className: "content" });
  const element = h(
    "div",
    { className: "split" },
    h("div", { className: "listing" }, labelled("Find a function", search, { className: "hidden" }), list),
    content,
  );
  let asked = place;
  let open = null;

  function showList() {
    const wanted = search.value.trim().toLowerCase();
    const found = (program.value?.functions ?? []).filter(({ path }) => path.toLowerCase().includes(wanted));
    const modules = Map.groupBy ? Map.groupBy(found, moduleOf) : grouped(found);
    fill(
      list,
      [...modules].map(([module, functions]) => [
        h("h2", {}, module),
        functions.map(({ path, kind }) =>
          h(
            "a",
            { href: `#/functions/${encodeURIComponent(path)}`, "aria-current": path === open?.declared.path && "page" },
            nameOf(path),
            h("span", { className: `dot ${kind}`, title: kind }),
          ),
        ),
      ]),
    );
  }

  function show() {
    const functions = program.value.functions;
    const declared = functions.find(({ path }) => path === asked) ?? functions[0];
    if (declared === undefined) {
      fill(content, empty("No functions yet", "Queries, mutations and actions of the program show here."));
    } else if (JSON.stringify(open?.declared) !== JSON.stringify(declared)) {
      open?.close();
      open = new OpenFunction(client, declared, content);
    }
    showList();
  }

  const unfollow = program.follow(show);
  return {
    element,
    moved(to) {
      asked = to;
      show();
    },
    close() {
      unfollow();
      open?.close();
    },
  };
}

function moduleOf({ path }) {
  return path.slice(0, path.lastIndexOf(":"));
}

function nameOf(path) {
  return path.slice(path.lastIndexOf(":") + 1);
}

/** For browsers from before `Map.groupBy`. */
function grouped(functions) {
  const modules = new Map();
  for (const each of functions) {
    modules.set(moduleOf(each), [...(modules.get(moduleOf(each)) ?? []), each]);
  }
  return modules;
}

class OpenFunction {
  #client;
  #end = () => {};
  #run = 0;

  constructor(client, declared, content) {
    this.#client = client;
    this.declared = declared;
    const { path, kind, isPublic, doc, template, returns } = declared;
    this.text = h("textarea", { className: "code", spellcheck: false, value: print(template) });
    this.text.rows = Math.min(18, this.text.value.split("\n").length + 1);
    this.result = h("section", { className: "result", "aria-label": "Result", "aria-live": "polite" });
    const form = h(
      "form",
      {
        onsubmit: (event) => {
          event.preventDefault();
          this.#start();
        },
        onkeydown: (event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            this.#start();
          }
        },
      },
      labelled("Arguments", this.text),
      h(
        "div",
        { className: "buttons" },
        h("button", { className: "primary" }, `Run the ${kind}`),
        h("span", { className: "muted keys" }, "Ctrl + Enter"),
      ),
    );
    fill(
      content,
      h("header", { className: "bar" }, h("h1", {}, path), badge(kind, kind), !isPublic && badge("internal")),
      doc && h("p", { className: "doc" }, doc),
      signature(declared.arguments, returns),
      form,
      this.result,
    );
  }

  close() {
    this.#run++;
    this.#end();
  }

  async #start() {
    this.close();
    const run = this.#run;
    let args;
    try {
      args = parse(this.text.value);
    } catch (error) {
      this.#show({ error: error.message, logLines: [] }, "These are no arguments");
      return;
    }
    const { path, kind } = this.declared;
    const began = performance.now();
    fill(this.result, h("p", { className: "muted" }, "Running"));
    if (kind === "query") {
      this.#end = this.#client.subscribe(path, args, (outcome) => this.#show(outcome, "Live"));
      return;
    }
    const outcome = await this.#client[kind === "mutation" ? "mutate" : "act"](path, args).catch((error) => ({
      error: error.message,
      logLines: error.logLines,
    }));
    if (run === this.#run) {
      this.#show(outcome, `${Math.round(performance.now() - began)} ms`);
    }
  }

  #show({ value, error, logLines: lines }, how) {
    const failed = error !== undefined;
    fill(
      this.result,
      h(
        "p",
        { className: "outcome" },
        badge(failed ? "Failed" : "Succeeded", failed ? "bad" : "good"),
        h("span", { className: "muted" }, how === "Live" ? "Live: changes with the data" : how),
      ),
      failed
        ? h("pre", { className: "error", role: "alert" }, shown({ message: error }))
        : h("pre", { className: "code value-text" }, print(value)),
      lines.length > 0 && [h("h2", {}, "Log"), logLines(lines)],
    );
  }
}

function signature(fields, returns) {
  return h(
    "dl",
    { className: "signature" },
    fields.map(({ name, validator, isOptional }) => [
      h("dt", {}, name, isOptional && h("span", { className: "muted" }, " optional")),
      h("dd", {}, h("code", {}, validator)),
    ]),
    h("dt", {}, "returns"),
    h("dd", {}, h("code", {}, returns)),
  );
}
