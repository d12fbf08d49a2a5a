// A program without tables: everything is permitted, and ids of stored files are still told from others.
import { ConvexHttpClient } from "convex/browser";
import { api } from "./generated/api.js";
import type { DataModel, Doc, Id, TableNames } from "./generated/dataModel.js";

export const anything: [TableNames, Doc, Id, DataModel["t"]["document"]] = [
  "t",
  1,
  "" as Id,
  {},
];

export async function size(client: ConvexHttpClient): Promise<number> {
  // @ts-expect-error an id of another table
  await client.query(api.files.info, { file: "x" as Id<"other"> });
  const file = await client.query(api.files.info, {
    file: "x" as Id<"_storage">,
  });
  return file.size;
}
