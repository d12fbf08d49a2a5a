// The documents of each table, live: to be filtered, changed, added and deleted.

import { Editor, GIVEN, fieldsOf } from "./editor.js";
import { confirmed, empty, fill, h, labelled, moment, note, shown } from "./elements.js";
import { Pages } from "./pages.js";
import { brief, kind, parseLoosely } from "./values.js";

const COMPARISONS = ["==", "!=", "<", "<=", ">", ">=", "contains", "is missing"];
const REFERENCE = /^v\.(union\()?id\(/;

export function dataView({ client, program, place }) {
  const list = h("nav", { className: "list", "aria-label": "Tables" });
  const content = h("section", { className: "content" });
  const element = h("div", { className: "split" }, list, content);
  let open = null;
  let asked = place;

  function show() {
    const tables = program.value?.tables;
    if (tables === undefined) {
      return;
    }
    const table = tables.find(({ name }) => name === asked) ?? tables[0];
    fill(
      list,
      tables.map(({ name }) => tableLink(name, name === table?.name)),
    );
    if (table === undefined) {
      close();
      fill(content, empty("No tables yet", "Tables that schema.py declares show here."));
    } else if (open?.table.name !== table.name || JSON.stringify(open.table) !== JSON.stringify(table)) {
      close();
      open = new OpenTable(client, table, content);
    }
  }

  function close() {
    open?.close();
    open = null;
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
      close();
    },
  };
}

function tableLink(name, isOpen) {
  return h("a", { href: `#/data/${encodeURIComponent(name)}`, "aria-current": isOpen && "page" }, name);
}

class OpenTable {
  #client;
  #pages = null;
  #filters = [];
  #chosen = new Set();
  #rows = new Map();
  #columns = [];
  #references;
  #state = { items: [], isDone: false, isLoading: true, error: null };
  #editor = null;

  constructor(client, table, content) {
    this.#client = client;
    this.table = table;
    this.#references = new Set(
      table.fields.filter(({ validator }) => REFERENCE.test(validator)).map(({ name }) => name),
    );
    this.chips = h("ul", { className: "chips", "aria-label": "Filters" });
    this.count = h("span", { className: "count", role: "status" });
    this.deletion = h("button", {
      type: "button",
      className: "danger",
      hidden: true,
      onclick: () => this.#delete([...this.#chosen]),
    });
    this.head = h("tr");
    this.body = h("tbody");
    this.foot = h("div", { className: "foot" });
    fill(
      content,
      h(
        "header",
        { className: "bar" },
        h("h1", {}, table.name),
        this.count,
        h("span", { className: "gap" }),
        this.deletion,
        h("button", { type: "button", className: "primary", onclick: () => this.#add() }, "Add document"),
      ),
      this.#filterForm(),
      this.chips,
      h(
        "div",
        { className: "grid", role: "region", "aria-label": `Documents of ${table.name}`, tabIndex: 0 },
        h("table", {}, h("thead", {}, this.head), this.body),
        this.foot,
      ),
    );
    this.#read();
  }

  close() {
    this.#pages.close();
    this.#editor?.close();
  }

  #filterForm() {
    const names = h("datalist", { id: "fields" });
    fill(
      names,
      [...this.table.fields.map(({ name }) => name), ...GIVEN].map((value) => h("option", { value })),
    );
    const field = h("input", {
      list: "fields",
      placeholder: "Field",
      required: true,
      autocomplete: "off",
      spellcheck: false,
    });
    const comparison = h(
      "select",
      {},
      COMPARISONS.map((value) => h("option", { value }, value)),
    );
    const value = h("input", { placeholder: "Value", autocomplete: "off", spellcheck: false });
    comparison.addEventListener("change", () => (value.disabled = comparison.value === "is missing"));
    const submit = (event) => {
      event.preventDefault();
      this.#filters.push({
        field: field.value.trim(),
        comparison: comparison.value,
        value: value.disabled ? null : parseLoosely(value.value),
      });
      event.target.reset();
      value.disabled = false;
      this.#read();
      field.focus();
    };
    return h(
      "form",
      { className: "filter", onsubmit: submit, "aria-label": "Filter" },
      names,
      labelled("Field", field, { className: "hidden" }),
      labelled("Comparison", comparison, { className: "hidden" }),
      labelled("Value", value, { className: "hidden" }),
      h("button", {}, "Filter"),
    );
  }

  #read() {
    this.#pages?.close();
    this.#chosen.clear();
    fill(
      this.chips,
      this.#filters.map((filter) => this.#chip(filter)),
    );
    this.#state = { items: [], isDone: false, isLoading: true, error: null };
    this.#rows.clear();
    this.#show();
    const args = { table: this.table.name, filters: this.#filters };
    this.#pages = new Pages(this.#client, "_system/frontend/documents:page", args, (state) => {
      this.#state = state;
      this.#show();
    });
  }

  #chip(filter) {
    const { field, comparison, value } = filter;
    const text = comparison === "is missing" ? `${field} is missing` : `${field} ${comparison} ${brief(value, 40)}`;
    const remove = () => {
      this.#filters = this.#filters.filter((each) => each !== filter);
      this.#read();
    };
    return h(
      "li",
      {},
      text,
      h("button", { type: "button", "aria-label": `Remove the filter ${text}`, onclick: remove }, "×"),
    );
  }

  #show() {
    const { items, isDone, isLoading, error } = this.#state;
    this.#showHead(items);
    const before = this.#rows;
    const newest = before.values().next().value?.item._creationTime ?? Infinity;
    const isNews = (item) => before.has(item._id) || item._creationTime > newest; // and not of a page that is new here
    this.#rows = new Map(items.map((item) => [item._id, this.#row(item, before.get(item._id), isNews(item))]));
    const rows = [...this.#rows.values()].map(({ element }) => element);
    if (rows.length !== this.body.children.length || rows.some((row, place) => row !== this.body.children[place])) {
      keepingFocus(() => fill(this.body, rows));
    }
    for (const id of this.#chosen) {
      if (!this.#rows.has(id)) {
        this.#chosen.delete(id);
      }
    }
    this.#showChosen();
    this.#editor?.follow(items);
    this.count.textContent = isLoading
      ? "…"
      : `${items.length}${isDone ? "" : "+"} ${items.length === 1 ? "document" : "documents"}`;
    fill(
      this.foot,
      error && h("p", { className: "error", role: "alert" }, error),
      !error && isDone && items.length === 0 && this.#nothing(),
      !error &&
        !isDone &&
        !isLoading &&
        h("button", { type: "button", onclick: () => this.#pages.more() }, "Load more"),
      isLoading && h("p", { className: "muted" }, "Loading"),
    );
  }

  #nothing() {
    return this.#filters.length
      ? empty("Nothing matches", "No document of this table is let through by the filters.")
      : empty("No documents yet", "What functions insert shows here as it comes.");
  }

  #showHead(items) {
    const declared = this.table.fields.map(({ name }) => name);
    const others = items
      .flatMap((item) => Object.keys(item))
      .filter((name) => !declared.includes(name) && !GIVEN.includes(name));
    const columns = [...declared, ...new Set(others)];
    if (columns.join() === this.#columns.join() && this.head.children.length) {
      return;
    }
    this.#columns = columns;
    this.#rows.clear();
    fill(
      this.head,
      h("th", { scope: "col", className: "choose" }, h("span", { className: "hidden" }, "Chosen")),
      h("th", { scope: "col" }, "_id"),
      columns.map((name) => h("th", { scope: "col" }, name)),
      h("th", { scope: "col" }, "_creationTime"),
    );
  }

  /** The row of a document, the one that there is if the document has not changed. */
  #row(item, known, isNews) {
    const text = JSON.stringify(item);
    if (known?.text === text) {
      return known;
    }
    const id = item._id;
    const choose = h("input", {
      type: "checkbox",
      "aria-label": `Choose ${id}`,
      checked: this.#chosen.has(id),
      onchange: () => {
        this.#chosen[choose.checked ? "add" : "delete"](id);
        this.#showChosen();
      },
    });
    const element = h(
      "tr",
      { className: isNews ? "fresh" : "", "data-id": id },
      h("td", { className: "choose" }, choose),
      h("td", {}, h("button", { type: "button", className: "id", title: id, onclick: () => this.#edit(id) }, id)),
      this.#columns.map((name) => cell(item[name], this.#references.has(name))),
      h("td", { className: "when" }, moment(item._creationTime)),
    );
    element.addEventListener("click", ({ target }) => target.closest("button, input, .choose") ?? this.#edit(id));
    return { text, element, item };
  }

  #showChosen() {
    const count = this.#chosen.size;
    this.deletion.hidden = count === 0;
    this.deletion.textContent = `Delete ${count}`;
  }

  async #delete(ids) {
    const question = ids.length === 1 ? `Delete the document ${ids[0]}?` : `Delete ${ids.length} documents?`;
    if (!(await confirmed(question, "Delete"))) {
      return false;
    }
    try {
      await this.#client.mutate("_system/frontend/documents:remove", { ids });
    } catch (error) {
      note(shown(error), "bad");
      return false;
    }
    note(ids.length === 1 ? "The document is deleted." : `${ids.length} documents are deleted.`);
    return true;
  }

  #add() {
    const { name, template } = this.table;
    this.#editor = new Editor(`Add a document to ${name}`, template, [], {
      save: (document) => this.#client.mutate("_system/frontend/documents:add", { table: name, document }),
      action: "Add",
      said: "The document is added.",
    });
  }

  #edit(id) {
    const { item } = this.#rows.get(id);
    this.#editor = new Editor("Edit the document", fieldsOf(item), [h("code", {}, id), moment(item._creationTime)], {
      id,
      save: (document) => this.#client.mutate("_system/frontend/documents:replace", { id, document }),
      remove: () => this.#delete([id]),
      action: "Save",
      said: "The document is saved.",
    });
  }
}

function cell(value, isReference) {
  const style = isReference && typeof value === "string" ? "reference" : kind(value);
  return h("td", { className: `value ${style}`, title: value === undefined ? "" : brief(value, 400) }, shownIn(value));
}

function shownIn(value) {
  if (value === undefined) {
    return "–";
  }
  return typeof value === "string" ? value.slice(0, 200) : brief(value);
}

/** Elements that are moved lose the focus. */
function keepingFocus(move) {
  const focused = document.activeElement;
  move();
  if (focused?.isConnected && document.activeElement !== focused) {
    focused.focus({ preventScroll: true });
  }
}
