// For each line, a JSON array ["print", value on the wire] or ["parse", text]: what the dashboard makes of it, or why
// that is nothing. `node read_values.mjs MODULE`.
import { createInterface } from "node:readline";

const { parse, parseLoosely, print, brief } = await import(process.argv[2]);
const work = {
  again: (value) => parse(print(value)),
  brief: (value) => brief(value, 20),
  print: (value) => print(value),
  parse: (text) => parse(text),
  loosely: (text) => parseLoosely(text),
};

for await (const line of createInterface({ input: process.stdin })) {
  const [what, given] = JSON.parse(line);
  let answer;
  try {
    answer = { made: work[what](given) };
  } catch (error) {
    answer = { [error.constructor.name]: error.message };
  }
  console.log(JSON.stringify(answer));
}
