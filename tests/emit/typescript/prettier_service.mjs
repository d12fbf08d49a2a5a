// Formats with the real Prettier, one JSON request and answer per line, so that a property test need not start Node
// for every example.
import { createInterface } from "node:readline";
import { format } from "prettier";

for await (const line of createInterface({ input: process.stdin })) {
  const { path, text } = JSON.parse(line);
  let answer;
  try {
    answer = { formatted: await format(text, { filepath: path }) };
  } catch (error) {
    answer = { error: String(error) };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
