// A list that is read page by page, each of which stays live. A page ends where it ended when it was first read, so
// that what comes in between never shows twice and is never missed.

export const PAGE_SIZE = 50;

/** `onChange({items, isDone, isLoading, error})`, whenever any page changes. */
export class Pages {
  #client;
  #path;
  #args;
  #onChange;
  #pages = [];

  constructor(client, path, args, onChange) {
    this.#client = client;
    this.#path = path;
    this.#args = args;
    this.#onChange = onChange;
    this.#add(null);
  }

  more() {
    const last = this.#pages.at(-1);
    if (last.value && !last.value.isDone) {
      this.#add(last.value.continueCursor);
      this.#tell();
    }
  }

  close() {
    this.#drop(0);
  }

  #add(cursor) {
    const page = { cursor, value: null, error: null, end: () => {} };
    this.#pages.push(page);
    const paginationOpts = { numItems: PAGE_SIZE, cursor };
    page.end = this.#client.subscribe(this.#path, { ...this.#args, paginationOpts }, ({ value, error }) => {
      page.value = value ?? page.value;
      page.error = error ?? null;
      this.#keepTogether(page);
      this.#tell();
    });
  }

  /** Where a page ends elsewhere than before, those after it begin there anew. */
  #keepTogether(page) {
    const next = this.#pages[this.#pages.indexOf(page) + 1];
    if (page.value && next && next.cursor !== page.value.continueCursor) {
      this.#drop(this.#pages.indexOf(next));
    }
  }

  #drop(from) {
    for (const page of this.#pages.splice(from)) {
      page.end();
    }
  }

  #tell() {
    const last = this.#pages.at(-1);
    this.#onChange({
      items: this.#pages.flatMap((page) => page.value?.page ?? []),
      isDone: last.value?.isDone ?? false,
      isLoading: this.#pages.some((page) => page.value === null && page.error === null),
      error: this.#pages.find((page) => page.error !== null)?.error ?? null,
    });
  }
}
