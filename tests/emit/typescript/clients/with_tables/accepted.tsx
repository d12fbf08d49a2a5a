// What a front end does with the generated files. All of it must compile.
import { ConvexHttpClient, ConvexClient } from "convex/browser";
import {
  useAction,
  useMutation,
  usePaginatedQuery,
  useQuery,
} from "convex/react";
import {
  getFunctionName,
  type DocumentByName,
  type FieldTypeFromFieldPath,
  type FunctionArgs,
  type FunctionReturnType,
  type GenericDataModel,
  type NamedTableInfo,
  type TableNamesInDataModel,
  type WithoutSystemFields,
} from "convex/server";
import type { Value } from "convex/values";
import { api, components, internal } from "./generated/api.js";
import type { DataModel, Doc, Id, TableNames } from "./generated/dataModel.js";
import {
  Color,
  Level,
  type AuthoredMessage,
  type Style,
  type StyleInput,
} from "./generated/types.js";

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2
    ? true
    : false;
function same<A, B>(_: Equal<A, B>): void {}

export function Chat({ author }: { author: Id<"users"> | undefined }) {
  const messages = useQuery(api.messages.list, {});
  const limited = useQuery(api.messages.list, { limit: 5 });
  const count: number | undefined = useQuery(api.messages.count);
  const skipped = useQuery(api.messages.list, author ? { limit: 1 } : "skip");
  const page = usePaginatedQuery(
    api.messages.byAuthor,
    author ? { author } : "skip",
    { initialNumItems: 10 },
  );
  const send = useMutation(api.messages.send).withOptimisticUpdate(
    (store, { author, text }) => {
      const shown = store.getQuery(api.messages.list, {});
      const message: Doc<"messages"> = {
        _id: "temporary" as Id<"messages">,
        _creationTime: 0,
        author,
        text,
        likes: 0,
        style: null,
        embedding: [],
        reactions: { "👍": 1n },
      };
      store.setQuery(api.messages.list, {}, [message, ...(shown ?? [])]);
    },
  );
  const summarize = useAction(api.messages.summarize);
  const upload = useAction(api.messages.upload);

  async function post(author: Id<"users">) {
    const id: Id<"messages"> = await send({ author, text: "hi" });
    await send({ author, text: "hi", style: { color: "red" } });
    const styles: Record<Id<"users">, Style> = await summarize({
      parts: ["a", { parts: ["b"] }],
    });
    const file = await upload();
    return [id, styles[author]?.bold, file?.size];
  }

  const names: string[] = page.results.map((result) => result.authorName);
  return (
    <button onClick={() => author && post(author)}>
      {messages?.map((message) => message.style?.color)}
      {limited?.[0]?.likes.toFixed()} {count} {skipped?.length} {names}
    </button>
  );
}

export async function http(author: Id<"users">) {
  const client = new ConvexHttpClient("http://localhost");
  const messages = await client.query(api.messages.list, { limit: 1 });
  const first: AuthoredMessage | undefined = (
    await client.query(api.messages.byAuthor, {
      author,
      paginationOpts: { numItems: 1, cursor: null },
    })
  ).page[0];
  const box = await client.query(api.messages.inbox.openBox, {
    box: {
      _id: "x" as Id<"boxes">,
      _creationTime: 0,
      kind: "square",
      side: 1,
    },
  });
  const size: number = box.kind === "round" ? box.r : box.side;
  await client.query(api.messages.inbox.default, {});
  new ConvexClient("http://localhost").onUpdate(
    api.messages.count,
    {},
    (count) => count.toFixed(),
  );
  return [messages[0]?._creationTime, first?._id, size];
}

export const styles: [StyleInput, Style] = [
  { color: "red" },
  { color: "blue", bold: true },
];
export const colors: readonly ["red", "blue"] = Color;
export const color: Color = colors[0];
export const levels: readonly Level[] = Level;
export const names = [
  getFunctionName(internal.messages.clear),
  getFunctionName(api.messages.inbox.default),
  components,
];

same<FunctionArgs<typeof api.messages.count>, {}>(true);
same<FunctionArgs<typeof api.messages.list>, { limit?: number }>(true);
same<FunctionArgs<typeof internal.messages.clear>, { before: number }>(true);
same<FunctionReturnType<typeof internal.messages.clear>, null>(true);
same<FunctionReturnType<typeof api.messages.list>, Array<Doc<"messages">>>(
  true,
);
same<TableNames, "boxes" | "messages" | "users">(true);

function dataModelIsOne<Model extends GenericDataModel>(
  _: TableNamesInDataModel<Model>,
): void {}
dataModelIsOne<DataModel>("messages");
type Messages = NamedTableInfo<DataModel, "messages">;
same<
  Messages["indexes"]["by_color"],
  ["style.color", "likes", "_creationTime"]
>(true);
same<
  Messages["fieldPaths"],
  | "_creationTime"
  | "_id"
  | "author"
  | "embedding"
  | "image"
  | "likes"
  | "reactions"
  | `reactions.${string}`
  | "style"
  | "style.bold"
  | "style.color"
  | "text"
>(true);
same<DocumentByName<DataModel, "messages">, Doc<"messages">>(true);
same<
  FieldTypeFromFieldPath<Doc<"messages">, "style.color">,
  "red" | "blue" | undefined
>(true);
same<
  WithoutSystemFields<Doc<"users">>,
  { name: string }
>(true);
export const isValue: Value = {} as Doc<"messages">;
