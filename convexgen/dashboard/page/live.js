// A value that changes, and who wants to know.

export class Live {
  value = undefined;
  #listeners = new Set();

  set(value) {
    this.value = value;
    for (const listener of [...this.#listeners]) {
      listener(value);
    }
  }

  /** Calls `listener` now, if there is a value, and whenever it changes. Gives a way to end it. */
  follow(listener) {
    this.#listeners.add(listener);
    if (this.value !== undefined) {
      listener(this.value);
    }
    return () => this.#listeners.delete(listener);
  }
}
