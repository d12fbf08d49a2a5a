// Stored files, what came last in front: what they are, a look at them, and their end.

import { confirmed, empty, fill, h, moment, note, shown, size } from "./elements.js";
import { Pages } from "./pages.js";

export function filesView({ client }) {
  const list = h("ul", { className: "files", "aria-label": "Files" });
  const foot = h("div", { className: "foot" });
  const element = h(
    "section",
    { className: "content" },
    h("header", { className: "bar" }, h("h1", {}, "Files")),
    list,
    foot,
  );
  const cards = new Map();

  const pages = new Pages(client, "_system/frontend/files:page", {}, ({ items, isDone, isLoading, error }) => {
    for (const file of items) {
      cards.set(file._id, cards.get(file._id) ?? card(client, file));
    }
    fill(
      list,
      items.map(({ _id }) => cards.get(_id)),
    );
    fill(
      foot,
      error && h("p", { className: "error", role: "alert" }, error),
      !error &&
        isDone &&
        items.length === 0 &&
        empty("No files yet", "What is uploaded or stored by functions shows here."),
      !error && !isDone && !isLoading && h("button", { type: "button", onclick: () => pages.more() }, "Load more"),
    );
  });
  return { element, close: () => pages.close() };
}

function card(client, file) {
  const type = file.contentType ?? "no type";
  return h(
    "li",
    { className: "file card" },
    h("div", { className: "preview" }, preview(file, type)),
    h("p", { className: "file-type" }, type),
    h("p", { className: "muted" }, size(file.size), " · ", moment(file._creationTime)),
    h("code", { className: "clip", title: file._id }, file._id),
    h(
      "div",
      { className: "buttons" },
      file.path &&
        h("a", { className: "button", href: file.path, target: "_blank", rel: "noopener noreferrer" }, "Open"),
      h("button", { type: "button", className: "danger", onclick: () => remove(client, file) }, "Delete"),
    ),
  );
}

function preview({ path }, type) {
  if (path && type.startsWith("image/")) {
    return h("img", { src: path, alt: "", loading: "lazy" });
  }
  return h("span", { className: "muted" }, type.split("/").at(-1).split(";")[0]);
}

async function remove(client, file) {
  if (!(await confirmed(`Delete the file ${file._id}?`, "Delete"))) {
    return;
  }
  try {
    await client.mutate("_system/frontend/files:remove", { id: file._id });
    note("The file is deleted.");
  } catch (error) {
    note(shown(error), "bad");
  }
}
