// Values as people read and type them. On the wire they are JSON in which what JSON cannot say has a tag of its own:
// {"$integer": base64}, {"$float": base64}, {"$bytes": base64}. People see 12n, NaN and Bytes("…").

/** @typedef {null | boolean | number | string | Wire[] | {[name: string]: Wire}} Wire */

const INDENT = "  ";

/**
 * The whole value, on several lines where that helps.
 * @param {Wire} value
 */
export function print(value, indent = "") {
  const simple = scalar(value);
  if (simple !== undefined) {
    return simple;
  }
  const inner = indent + INDENT;
  if (Array.isArray(value)) {
    const items = value.map((item) => inner + print(item, inner));
    return items.length ? `[\n${items.join(",\n")}\n${indent}]` : "[]";
  }
  const fields = Object.entries(value).map(([name, item]) => `${inner}${JSON.stringify(name)}: ${print(item, inner)}`);
  return fields.length ? `{\n${fields.join(",\n")}\n${indent}}` : "{}";
}

/**
 * The beginning of a value, on one line.
 * @param {Wire} value
 */
export function brief(value, longest = 120) {
  const text = line(value, longest);
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

function line(value, longest) {
  const simple = scalar(value);
  if (simple !== undefined) {
    return simple;
  }
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  const parts = [];
  let length = 0;
  for (const [name, item] of Object.entries(value)) {
    const part = Array.isArray(value) ? line(item, longest) : `${name}: ${line(item, longest)}`;
    parts.push(part);
    length += part.length;
    if (length > longest) {
      break;
    }
  }
  return open + parts.join(", ") + close;
}

/** What a value is, as a class of style sheets. */
export function kind(value) {
  if (value === undefined) {
    return "missing";
  }
  if (value === null) {
    return "null";
  }
  if (typeof value === "object") {
    return "$integer" in value || "$float" in value ? "number" : "$bytes" in value ? "bytes" : "object";
  }
  return typeof value;
}

function scalar(value) {
  if (value === null || typeof value !== "object") {
    return typeof value === "number" ? number(value) : JSON.stringify(value);
  }
  if (Array.isArray(value)) {
    return undefined;
  }
  if ("$integer" in value) {
    return `${new DataView(bytes(value.$integer)).getBigInt64(0, true)}n`;
  }
  if ("$float" in value) {
    return number(new DataView(bytes(value.$float)).getFloat64(0, true));
  }
  return "$bytes" in value ? `Bytes(${JSON.stringify(value.$bytes)})` : undefined;
}

function number(value) {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** The number of a value on the wire, which may be infinite. */
export function numberOf(value) {
  return typeof value === "number" ? value : new DataView(bytes(value.$float)).getFloat64(0, true);
}

function bytes(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)).buffer;
}

function base64(buffer) {
  return btoa(String.fromCharCode(...new Uint8Array(buffer)));
}

function float(value) {
  if (Number.isFinite(value) && !Object.is(value, -0)) {
    return value;
  }
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value, true);
  return { $float: base64(view.buffer) };
}

function integer(digits) {
  const value = BigInt(digits);
  if (value !== BigInt.asIntN(64, value)) {
    throw new SyntaxError(`${digits}n has no room in 64 bits`);
  }
  const view = new DataView(new ArrayBuffer(8));
  view.setBigInt64(0, value, true);
  return { $integer: base64(view.buffer) };
}

/**
 * The value that a text says: JSON, or what `print` makes of values that JSON has not. Names need no quotes, and the
 * last item may have a comma after it. Throws `SyntaxError`, with the place.
 * @param {string} text
 * @returns {Wire}
 */
export function parse(text) {
  const reader = new Reader(text);
  const value = reader.value();
  reader.end();
  return value;
}

const TOKEN =
  /\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|([-+]?(?:\d[\d.]*(?:[eE][-+]?\d+)?n?|Infinity)|NaN)|([A-Za-z_$][\w$]*)|([[\]{}:,()]))/y;
const WORDS = { null: null, true: true, false: false };

/** Goes through a text, token by token: the one at `place` is a string, a number, a word or a sign. */
class Reader {
  place = 0;
  after = 0;
  string = undefined;
  number = undefined;
  word = undefined;
  sign = undefined;

  constructor(text) {
    this.text = text;
    this.next();
  }

  next() {
    this.place = this.text.length - this.text.slice((TOKEN.lastIndex = this.after)).trimStart().length;
    const found = TOKEN.exec(this.text);
    [, this.string, this.number, this.word, this.sign] = found ?? [];
    if (found === null && this.place < this.text.length) {
      throw this.wrong(`${JSON.stringify(this.text[this.place])} is no part of a value`);
    }
    this.after = found === null ? this.text.length : TOKEN.lastIndex;
  }

  wrong(message) {
    const before = this.text.slice(0, this.place).split("\n");
    return new SyntaxError(`Line ${before.length}, column ${before.at(-1).length + 1}: ${message}.`);
  }

  take(sign) {
    if (this.sign !== sign) {
      return false;
    }
    this.next();
    return true;
  }

  need(sign) {
    if (!this.take(sign)) {
      throw this.wrong(`there should be a ${sign} here`);
    }
  }

  end() {
    if (this.place < this.text.length) {
      throw this.wrong("there is more after the value");
    }
  }

  value() {
    if (this.string !== undefined) {
      return this.literal(() => unquoted(this.string));
    }
    if (this.number !== undefined) {
      return this.literal(() => numeric(this.number));
    }
    if (this.word === "Bytes") {
      return this.bytes();
    }
    if (this.word !== undefined && Object.hasOwn(WORDS, this.word)) {
      return this.literal(() => WORDS[this.word]);
    }
    if (this.take("[")) {
      return this.items("]", () => this.value());
    }
    if (this.take("{")) {
      return Object.fromEntries(this.items("}", () => this.field()));
    }
    throw this.wrong(
      this.word === undefined ? "there should be a value here" : `${this.word} is no value; texts have quotes`,
    );
  }

  literal(make) {
    let value;
    try {
      value = make();
    } catch (error) {
      throw this.wrong(error.message);
    }
    this.next();
    return value;
  }

  bytes() {
    this.next();
    this.need("(");
    const value = this.literal(() => ({ $bytes: base64(bytes(unquoted(this.string ?? '""'))) }));
    this.need(")");
    return value;
  }

  items(close, item) {
    const found = [];
    while (!this.take(close)) {
      found.push(item());
      if (!this.take(",") && this.sign !== close) {
        throw this.wrong(`there should be a comma or ${close} here`);
      }
    }
    return found;
  }

  field() {
    const name = this.string === undefined ? this.word : unquoted(this.string);
    if (name === undefined) {
      throw this.wrong("there should be the name of a field here");
    }
    this.next();
    this.need(":");
    return [name, this.value()];
  }
}

function unquoted(token) {
  const text = JSON.parse(inDoubleQuotes(token));
  if (/\p{Surrogate}/u.test(text)) {
    throw new SyntaxError("the text has half of a character");
  }
  return text;
}

function inDoubleQuotes(token) {
  return token.startsWith("'") ? `"${token.slice(1, -1).replaceAll('"', '\\"').replaceAll("\\'", "'")}"` : token;
}

function numeric(token) {
  if (token.endsWith("n")) {
    return integer(token.slice(0, -1));
  }
  const value = Number(token);
  if (Number.isNaN(value) && token !== "NaN") {
    throw new SyntaxError(`${token} is no number`);
  }
  return float(value);
}

/** The same text where it says a value, or else the text itself as one: what people type to compare with. */
export function parseLoosely(text) {
  try {
    return parse(text);
  } catch {
    return text;
  }
}
