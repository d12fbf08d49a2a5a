// The npm client, put through what `test_traces.py` puts ours through: `node official.mjs URL PATH_OF_CONVEX TOKEN`.
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [url, convex, token] = process.argv.slice(2);
const load = (...parts) => import(pathToFileURL(join(convex, "dist", "esm", ...parts)).href);
const { ConvexClient } = await load("browser", "index-node.js");
const { anyApi: api } = await load("server", "index.js");

const client = new ConvexClient(url, { initialAuthTokenReuse: true, logger: false });
const follow = (query, args) => {
  let unsubscribe;
  const first = new Promise((resolve) => {
    unsubscribe = client.onUpdate(query, args, resolve);
  });
  return first.then(() => unsubscribe);
};

await follow(api.counters.one, { name: "a" });
const leave = await follow(api.counters.other, {});
await follow(api.counters.one, { name: "a" });
leave();
await client.mutation(api.counters.add, { by: 2 });
await client.mutation(api.counters.cut, {});
await Promise.all([client.mutation(api.counters.add, { by: 1 }), client.mutation(api.counters.add, { by: 3 })]);
await client.action(api.counters.act, { text: "é" });
await new Promise((resolve) => client.setAuth(async () => token, resolve));
await client.mutation(api.counters.cut, {});
await follow(api.counters.third, {});
await client.mutation(api.counters.end, {});
await client.close();
