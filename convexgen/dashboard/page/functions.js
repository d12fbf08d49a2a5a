// The functions of the program, each with a form to run it. Results of queries stay live.

import { badge, empty, fill, h, labelled, logLines, shown } from "./elements.js";
import { parse, print } from "./values.js";

export function functionsView({ client, clientAs, program, place }) {
  const caller = new Caller(client, clientAs);
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
    fill(
      list,
      [...byModule(found)].map(([module, functions]) => [
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
      open = new OpenFunction(caller, declared, content);
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
      caller.close();
    },
  };
}

function moduleOf({ path }) {
  return path.slice(0, path.lastIndexOf(":"));
}

function nameOf(path) {
  return path.slice(path.lastIndexOf(":") + 1);
}

function byModule(functions) {
  const modules = new Map();
  for (const each of functions) {
    modules.set(moduleOf(each), [...(modules.get(moduleOf(each)) ?? []), each]);
  }
  return modules;
}

/** In whose name functions are run: the administrator's, or that of a user who is described. */
class Caller {
  #client;
  #clientAs;
  #acting = { text: "", client: null };

  constructor(client, clientAs) {
    this.#client = client;
    this.#clientAs = clientAs;
    const placeholder = '{subject: "ada", issuer: "https://issuer.example", name: "Ada"}';
    this.user = h("textarea", { className: "code", spellcheck: false, rows: 3, placeholder });
    this.element = h(
      "details",
      {},
      h("summary", {}, "Act as a user"),
      labelled("The identity that functions find", this.user),
    );
  }

  /** The client to call with. Throws `SyntaxError`; `refused` is told why where there is nobody to act as. */
  client(refused) {
    const text = this.element.open ? this.user.value.trim() : "";
    if (text === "") {
      return this.#client;
    }
    if (this.#acting.text !== text) {
      const user = parse(text);
      this.close();
      const forget = (why) => {
        this.#acting = { text: "", client: null };
        refused(why);
      };
      this.#acting = { text, client: this.#clientAs(user, forget) };
    }
    return this.#acting.client;
  }

  close() {
    this.#acting.client?.close();
  }
}

class OpenFunction {
  #caller;
  #end = () => {};
  #run = 0;

  constructor(caller, declared, content) {
    this.#caller = caller;
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
      caller.element,
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
    const refused = (how) => (why) => run === this.#run && this.#show({ error: why, logLines: [] }, how);
    let wrong = "These are no arguments";
    let args;
    let client;
    try {
      args = parse(this.text.value);
      wrong = "There is nobody to act as";
      client = this.#caller.client(refused(wrong));
    } catch (error) {
      refused(wrong)(error.message);
      return;
    }
    const { path, kind } = this.declared;
    const began = performance.now();
    fill(this.result, h("p", { className: "muted" }, "Running"));
    if (kind === "query") {
      this.#end = client.subscribe(path, args, (outcome) => this.#show(outcome, "Live"));
      return;
    }
    const outcome = await client[kind === "mutation" ? "mutate" : "act"](path, args).catch((error) => ({
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
