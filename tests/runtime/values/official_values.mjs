// What the official client makes of values, one JSON request and answer per line, so that a property test need not
// start Node for every example. A request holds texts of values; of each the answer has its own text as the client
// writes it, its size, and where it stands beside the next one; or what the client says if it takes it for none.
import { createInterface } from "node:readline";
import { compareValues, convexToJson, getConvexSize, jsonToConvex } from "convex/values";

function read(text) {
  try {
    return { value: jsonToConvex(JSON.parse(text)) };
  } catch (error) {
    return { error: error.message };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const read_all = JSON.parse(line).map(read);
  const answer = read_all.map(({ value, error }, place) => {
    if (error !== undefined) return { error };
    const next = read_all[(place + 1) % read_all.length].value;
    return {
      text: JSON.stringify(convexToJson(value)),
      size: getConvexSize(value),
      order: Math.sign(compareValues(value, next)),
    };
  });
  process.stdout.write(JSON.stringify(answer) + "\n");
}
