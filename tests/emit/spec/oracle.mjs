// What the unmodified npm package says of the program in `programs.py`: the same schema and functions, written with its
// own builders, printed as JSON. Run from the folder that holds `node_modules`.
import {
  actionGeneric as action,
  defineSchema,
  defineTable,
  internalMutationGeneric as internalMutation,
  paginationOptsValidator,
  paginationResultValidator,
  queryGeneric as query,
} from "convex/server";
import { v } from "convex/values";

const level = [v.literal(1), v.literal(2)];
const mood = [v.literal("good"), v.literal("bad")];
const metaIn = {
  rank: v.optional(v.number()),
  note: v.optional(v.string()),
  level: v.union(...level),
};
const metaOut = { ...metaIn, rank: v.number() };
const message = {
  author: v.id("users"),
  bodyText: v.string(),
  likes: v.optional(v.number()),
  image: v.optional(v.id("_storage")),
  embedding: v.array(v.float64()),
  meta: v.object(metaIn),
};
const circle = { kind: v.literal("circle"), radius: v.number() };
const square = { kind: v.literal("square"), side: v.optional(v.number()) };
const system = (table) => ({ _id: v.id(table), _creationTime: v.number() });

const schema = defineSchema({
  messages: defineTable(message)
    .index("by_author", ["author", "likes"])
    .index("by_rank", ["meta.rank"])
    .searchIndex("search_body", { searchField: "bodyText", filterFields: ["author"] })
    .searchIndex("all", { searchField: "bodyText" })
    .vectorIndex("by_embedding", { vectorField: "embedding", dimensions: 1536, filterFields: ["author"] }),
  shapes: defineTable(v.union(v.object(circle), v.object(square))),
  users: defineTable({ name: v.string() }),
});

const handler = () => null;
const functions = {
  "admin/userSettings.js:default": action({ args: {}, returns: v.null(), handler }),
  "admin/userSettings.js:purge": internalMutation({ args: { blob: v.bytes() }, returns: v.bytes(), handler }),
  "messages.js:find": query({
    args: {
      text: v.string(),
      maxAge: v.optional(v.number()),
      author: v.optional(v.id("users")),
      tags: v.array(v.union(v.literal("new"), v.literal(true), v.literal(1))),
      since: v.number(),
      day: v.string(),
      key: v.string(),
      price: v.string(),
      size: v.int64(),
      data: v.any(),
      seen: v.boolean(),
      count: v.number(),
      draft: v.object({ ...system("messages"), ...message }),
    },
    returns: v.nullable(v.object({ ...system("messages"), ...message, likes: v.number(), meta: v.object(metaOut) })),
    handler,
  }),
  "messages.js:list": query({
    args: { paginationOpts: paginationOptsValidator },
    returns: paginationResultValidator(
      v.object({ ...system("messages"), author_name: v.string(), only: v.literal("one") }),
    ),
    handler,
  }),
  "messages.js:sums": query({
    args: {
      by_user: v.record(v.id("users"), v.number()),
      by_name: v.record(v.union(v.string(), v.id("users")), v.union(...mood)),
      meta: v.object(metaIn),
      tree: v.object({ children: v.array(v.any()) }),
    },
    returns: v.union(v.object(metaOut), ...mood, ...level, v.null()),
    handler,
  }),
  "messages.js:shape": query({
    args: {},
    returns: v.union(
      v.object({ ...system("shapes"), ...circle }),
      v.object({ ...system("shapes"), ...square, side: v.number() }),
    ),
    handler,
  }),
  "messages.js:file": query({
    args: {},
    returns: v.nullable(
      v.object({ ...system("_storage"), sha256: v.string(), size: v.number(), contentType: v.optional(v.string()) }),
    ),
    handler,
  }),
  "messages.js:job": query({
    args: {},
    returns: v.nullable(
      v.object({
        ...system("_scheduled_functions"),
        name: v.string(),
        args: v.array(v.any()),
        scheduledTime: v.number(),
        completedTime: v.optional(v.number()),
        state: v.union(
          v.object({ kind: v.literal("pending") }),
          v.object({ kind: v.literal("inProgress") }),
          v.object({ kind: v.literal("success") }),
          v.object({ kind: v.literal("failed"), error: v.string() }),
          v.object({ kind: v.literal("canceled") }),
        ),
      }),
    ),
    handler,
  }),
};

const kinds = { isQuery: "Query", isMutation: "Mutation", isAction: "Action" };
const described = Object.entries(functions).map(([identifier, fn]) => ({
  identifier,
  functionType: Object.entries(kinds).find(([flag]) => fn[flag])[1],
  visibility: { kind: fn.isPublic ? "public" : "internal" },
  args: JSON.parse(fn.exportArgs()),
  returns: JSON.parse(fn.exportReturns()),
}));
console.log(JSON.stringify({ schema: JSON.parse(schema.export()), functions: described }));
