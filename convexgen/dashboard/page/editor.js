// A document as text to be typed over, in a dialog.

import { fill, h, note, openDialog, shown } from "./elements.js";
import { parse, print } from "./values.js";

/** The fields that the database gives: they are shown, and not set. */
export const GIVEN = ["_id", "_creationTime"];

/** What there is to type over of a document. */
export function fieldsOf(document) {
  return Object.fromEntries(Object.entries(document).filter(([name]) => !GIVEN.includes(name)));
}

/**
 * `id` is that of the document, if there is one already; `save` stores the fields that were typed, `remove` deletes the
 * document and says whether it did. `action` stands on the button, and `said` is said once that is done.
 */
export class Editor {
  #id;
  #before;

  constructor(title, fields, facts, { id, save, remove, action, said }) {
    this.#id = id;
    this.#before = JSON.stringify(fields);
    this.text = h("textarea", {
      className: "code",
      spellcheck: false,
      value: print(fields),
      "aria-label": "Document",
      rows: 16,
    });
    this.problem = h("pre", { className: "error", role: "alert", hidden: true });
    this.news = h("p", { className: "news", role: "status", hidden: true });
    const submit = async (event) => {
      event.preventDefault();
      try {
        await save(parse(this.text.value));
      } catch (error) {
        this.problem.textContent = shown(error);
        this.problem.hidden = false;
        return;
      }
      note(said);
      this.close();
    };
    const removal = async () => (await remove()) && this.close();
    this.form = h(
      "form",
      { onsubmit: submit },
      h("h2", {}, title),
      facts.length > 0 && h("p", { className: "facts" }, facts),
      this.news,
      this.text,
      this.problem,
      h(
        "div",
        { className: "buttons" },
        remove && h("button", { type: "button", className: "danger", onclick: removal }, "Delete"),
        h("span", { className: "gap" }),
        h("button", { type: "button", onclick: () => this.close() }, "Cancel"),
        h("button", { className: "primary" }, action),
      ),
    );
    this.form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        this.form.requestSubmit();
      }
    });
    this.dialog = openDialog(title, "editor", this.form);
    this.text.focus();
    this.text.setSelectionRange(0, 0);
  }

  close() {
    this.dialog.close();
  }

  /** Say when somebody else has changed what is edited here. */
  follow(items) {
    const current = items.find(({ _id }) => _id === this.#id);
    if (this.#id === undefined || current === undefined) {
      return;
    }
    const fields = fieldsOf(current);
    if (JSON.stringify(fields) !== this.#before) {
      this.#before = JSON.stringify(fields);
      const take = () => {
        this.text.value = print(fields);
        this.news.hidden = true;
      };
      fill(
        this.news,
        "The document has changed meanwhile. ",
        h("button", { type: "button", onclick: take }, "Take the new one"),
      );
      this.news.hidden = false;
    }
  }
}
