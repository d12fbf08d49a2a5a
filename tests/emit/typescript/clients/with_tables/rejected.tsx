// Mistakes that must not compile. An expected error that does not come is an error itself.
import { ConvexHttpClient } from "convex/browser";
import {
  useAction,
  useMutation,
  usePaginatedQuery,
  useQuery,
} from "convex/react";
import { api, internal } from "./generated/api.js";
import type { Doc, Id } from "./generated/dataModel.js";
import { Color, type Style } from "./generated/types.js";

declare const user: Id<"users">;
declare const message: Id<"messages">;

export function Mistakes() {
  // @ts-expect-error an internal function from a client
  useMutation(internal.messages.clear);
  // @ts-expect-error a public function is not internal
  internal.messages.list;
  // @ts-expect-error a function that does not exist
  useQuery(api.messages.lst);
  // @ts-expect-error an argument of the wrong type
  useQuery(api.messages.list, { limit: "5" });
  // @ts-expect-error undefined is not the same as absent
  useQuery(api.messages.list, { limit: undefined });
  // @ts-expect-error an argument too many where there are none
  useQuery(api.messages.count, { limit: 5 });
  // @ts-expect-error a misspelt argument
  useQuery(api.messages.list, { limmit: 5 });
  // @ts-expect-error a mutation is not a query
  useQuery(api.messages.send, { author: user, text: "" });
  // @ts-expect-error a query is not a mutation
  useMutation(api.messages.list);
  // @ts-expect-error a mutation is not an action
  useAction(api.messages.send);
  // @ts-expect-error a query that does not hand out pages
  usePaginatedQuery(api.messages.list, {}, { initialNumItems: 1 });
  // @ts-expect-error the other argument of the paginated query is missing
  usePaginatedQuery(api.messages.byAuthor, {}, { initialNumItems: 1 });
  const send = useMutation(api.messages.send);
  // @ts-expect-error an argument is missing
  void send({ author: user });
  // @ts-expect-error an id of another table
  void send({ author: message, text: "" });
  // @ts-expect-error a string is not an id
  void send({ author: "user", text: "" });
  // @ts-expect-error not a color
  void send({ author: user, text: "", style: { color: "green" } });
  const messages = useQuery(api.messages.list, {});
  // @ts-expect-error the result may not be there yet
  messages.length;
  // @ts-expect-error a field that does not exist
  messages?.[0]?.body;
}

export async function http(client: ConvexHttpClient) {
  // @ts-expect-error an internal function from a client
  await client.mutation(internal.messages.clear, { before: 0 });
  const box = await client.query(api.messages.inbox.openBox, {
    // @ts-expect-error the fields of another variant
    box: { _id: "" as Id<"boxes">, _creationTime: 0, kind: "round", side: 1 },
  });
  // @ts-expect-error only one of the variants has it
  return box.side;
}

// @ts-expect-error on the way out a field with a default is always there
export const style: Style = { color: "red" };
// @ts-expect-error not a table
export type Nothing = Doc<"nothing">;
// @ts-expect-error not a table
export type NoId = Id<"nothing">;
// @ts-expect-error the values of an enum do not change
Color[0] = "blue";
