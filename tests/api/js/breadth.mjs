// Calls every method of the JavaScript SDK once. Prints [name, what came of it] as JSON.
import { Client } from "@langchain/langgraph-sdk";

const client = new Client({ apiUrl: process.env.API_URL, apiKey: process.env.API_KEY || undefined });
const seen = [];

async function see(name, call) {
  try {
    const result = await call();
    seen.push([name, result === undefined ? null : result]);
    return result;
  } catch (error) {
    seen.push([name, { refused: error.status ?? String(error) }]);
  }
}

async function parts(stream) {
  const found = [];
  for await (const part of stream) found.push([part.event, part.data]);
  return found;
}

const mark = { javascript: crypto.randomUUID() };
const nobody = "00000000-0000-4000-8000-000000000000";

// Assistants
const assistant = await see("assistants.create", () =>
  client.assistants.create({
    graphId: "chain",
    config: { configurable: { a: 1 }, tags: ["x"] },
    metadata: mark,
    name: "mine",
    description: "of the SDK",
    ifExists: "raise",
  }),
);
const id = assistant.assistant_id;
await see("assistants.create again", () => client.assistants.create({ graphId: "chain", assistantId: id }));
await see("assistants.create same", () =>
  client.assistants.create({ graphId: "chain", assistantId: id, ifExists: "do_nothing" }),
);
await see("assistants.get", () => client.assistants.get(id));
await see("assistants.get none", () => client.assistants.get(nobody));
await see("assistants.update", () => client.assistants.update(id, { name: "yours", metadata: { more: true } }));
await see("assistants.getVersions", () => client.assistants.getVersions(id, { limit: 5 }));
await see("assistants.setLatest", () => client.assistants.setLatest(id, 1));
await see("assistants.search", () =>
  client.assistants.search({
    graphId: "chain",
    metadata: mark,
    limit: 5,
    offset: 0,
    sortBy: "created_at",
    sortOrder: "desc",
    select: ["assistant_id", "name", "version"],
  }),
);
await see("assistants.search pages", () =>
  client.assistants.search({ metadata: mark, limit: 1, includePagination: true }),
);
await see("assistants.count", () => client.assistants.count({ metadata: mark }));
const drawn = (graph) => ({ nodes: graph.nodes.map((node) => node.id), edges: graph.edges });
await see("assistants.getGraph", async () => drawn(await client.assistants.getGraph("nested")));
await see("assistants.getGraph xray", async () => drawn(await client.assistants.getGraph("nested", { xray: true })));
await see("assistants.getGraph depth", async () => drawn(await client.assistants.getGraph("nested", { xray: 1 })));
await see("assistants.getSchemas", async () => Object.keys(await client.assistants.getSchemas("chain")).sort());
await see("assistants.getSubgraphs", async () =>
  Object.keys(await client.assistants.getSubgraphs("nested", { recurse: true })),
);
await see("assistants.getSubgraphs one", async () =>
  Object.keys(await client.assistants.getSubgraphs("nested", { namespace: "inner" })),
);
await see("assistants.delete", () => client.assistants.delete(id));
await see("assistants.delete none", () => client.assistants.delete(id));

// Threads
const thread = await see("threads.create", () => client.threads.create({ metadata: mark }));
const at = thread.thread_id;
await see("threads.create again", () => client.threads.create({ threadId: at }));
await see("threads.create same", () => client.threads.create({ threadId: at, ifExists: "do_nothing" }));
await see("threads.update", () => client.threads.update(at, { metadata: { more: 1 } }));
await see("threads.get", () => client.threads.get(at));
await see("threads.get none", () => client.threads.get(nobody));

// Runs on a thread
const run = await see("runs.create", () =>
  client.runs.create(at, "chain", { input: { count: 0 }, metadata: { n: 1 }, multitaskStrategy: "enqueue" }),
);
await see("runs.join", () => client.runs.join(at, run.run_id));
await see("runs.get", () => client.runs.get(at, run.run_id));
await see("runs.list", () => client.runs.list(at, { limit: 3, status: "success" }));
await see("runs.wait", () => client.runs.wait(at, "chain", { input: { count: 10 }, config: { tags: ["t"] } }));
await see("runs.wait context", () => client.runs.wait(at, "chain", { input: { count: 20 }, context: { size: 1 } }));
await see("runs.stream modes", () =>
  client.runs
    .stream(at, "chain", { input: { count: 1 }, streamMode: ["values", "updates", "tasks", "checkpoints", "debug"] })
    .next()
    .then((first) => first.value.event),
);
await see("runs.stream updates", () => parts(client.runs.stream(at, "chain", { input: { count: 0 }, streamMode: "updates" })).then((all) => all.slice(1)));
await see("runs.stream subgraphs", async () =>
  (await parts(client.runs.stream(null, "nested", { input: { topic: "tea" }, streamMode: "values", streamSubgraphs: true })))
    .map(([event]) => event.split("|")[0]),
);
await see("runs.stream unknown thread", () => parts(client.runs.stream(nobody, "chain", { input: {} })));
await see("runs.stream if not exists", async () =>
  (await parts(client.runs.stream(crypto.randomUUID(), "chain", { input: { count: 0 }, ifNotExists: "create" }))).length,
);
await see("runs.stream onRunCreated", async () => {
  let created;
  await parts(client.runs.stream(at, "chain", { input: { count: 0 }, onRunCreated: (params) => (created = params) }));
  return Object.keys(created).sort();
});
await see("runs.joinStream finished", () => parts(client.runs.joinStream(at, run.run_id)));
const watched = (await client.threads.create()).thread_id;
const live = await client.runs.create(watched, "slow", {
  input: { seconds: 0.3 },
  streamMode: ["values", "updates"],
  streamResumable: true,
});
await see("runs.joinStream", async () => {
  const all = await parts(client.runs.joinStream(watched, live.run_id, { streamMode: ["updates"], lastEventId: "-1" }));
  return [...new Set(all.map(([event]) => event))];
});
const stopped = (await client.threads.create()).thread_id;
const long = await client.runs.create(stopped, "slow", { input: { seconds: 60 } });
await see("runs.create reject", () => client.runs.create(stopped, "chain", { input: {}, multitaskStrategy: "reject" }));
await see("runs.cancel", () => client.runs.cancel(stopped, long.run_id, true));
await see("runs.cancel again", () => client.runs.cancel(stopped, long.run_id));
await see("runs.get cancelled", async () => (await client.runs.get(stopped, long.run_id)).status);
const undone = await client.runs.create(stopped, "slow", { input: { seconds: 60 } });
await see("runs.cancel rollback", () => client.runs.cancel(stopped, undone.run_id, true, "rollback"));
await see("runs.delete", () => client.runs.delete(at, run.run_id));
await see("runs.get deleted", () => client.runs.get(at, run.run_id));
await see("runs.create delayed", async () => {
  const later = await client.runs.create(at, "chain", { input: { count: 0 }, afterSeconds: 600 });
  const { status } = later;
  await client.runs.delete(at, later.run_id);
  return status;
});

// Runs without a thread
await see("runs.wait stateless", () => client.runs.wait(null, "chain", { input: { count: 5 } }));
await see("runs.wait fails", () => client.runs.wait(null, "failing", { input: {} }));
await see("runs.wait fails quietly", () => client.runs.wait(null, "failing", { input: {}, raiseError: false }));
await see("runs.stream stateless", async () =>
  (await parts(client.runs.stream(null, "chain", { input: { count: 0 }, streamMode: "values" }))).slice(1),
);
await see("runs.createBatch", async () => {
  const batch = await client.runs.createBatch([
    { assistantId: "chain", input: { count: 1 } },
    { assistantId: "chain", input: { count: 2 } },
  ]);
  return batch.map((one) => one.status);
});
await see("runs unknown graph", () => client.runs.create(at, "no such graph", { input: {} }));

// State
await see("threads.getState", () => client.threads.getState(at));
const history = await see("threads.getHistory", () => client.threads.getHistory(at, { limit: 2 }));
await see("threads.getHistory filter", async () =>
  (await client.threads.getHistory(at, { limit: 3, metadata: { source: "input" } })).map((one) => one.metadata.source),
);
await see("threads.getState by id", async () => {
  const { values, next, metadata } = await client.threads.getState(at, history[1].checkpoint.checkpoint_id);
  return [values, next, metadata.step];
});
await see("threads.getState by checkpoint", () => client.threads.getState(at, history[1].checkpoint));
await see("threads.updateState", () =>
  client.threads.updateState(at, { values: { count: 100 }, asNode: "b" }),
);
await see("threads.getState after", async () => {
  const state = await client.threads.getState(at, undefined, { subgraphs: true });
  return [state.values.count, state.next];
});
await see("threads.patchState", () => client.threads.patchState(at, { patched: true }));
await see("threads.copy", async () => {
  const copy = await client.threads.copy(at);
  const state = await client.threads.getState(copy.thread_id);
  await client.threads.delete(copy.thread_id);
  return state.values.count;
});

// Questions
const asked = (await client.threads.create({ metadata: mark })).thread_id;
await see("interrupt", async () =>
  (await client.runs.wait(asked, "single", { input: { topic: "tea" } })).__interrupt__.map((one) => one.value),
);
await see("interrupt state", async () => (await client.threads.getState(asked)).tasks.map((task) => [task.name, task.interrupts.length]));
await see("command", () => client.runs.wait(asked, "single", { command: { resume: "green" } }));
await see("breakpoint", async () => {
  await client.runs.wait(asked, "chain", { input: { count: 0 }, interruptBefore: ["b"] });
  return (await client.threads.getState(asked)).next;
});
await see("breakpoint goes on", () => client.runs.wait(asked, "chain", { input: null }));

// Searches
await see("threads.search", async () =>
  (await client.threads.search({ metadata: mark, sortBy: "created_at", sortOrder: "asc", limit: 10 })).map(
    (one) => one.status,
  ),
);
await see("threads.search ids", async () => (await client.threads.search({ ids: [at, asked] })).length);
await see("threads.search select", async () =>
  (await client.threads.search({ metadata: mark, limit: 1, offset: 1, select: ["thread_id", "values"] }))
    .map((one) => Object.keys(one).sort()),
);
await see("threads.count", () => client.threads.count({ metadata: mark }));
await see("threads.joinStream", async () => {
  const stop = new AbortController();
  const joined = client.threads.joinStream(asked, { streamMode: ["run_modes"], signal: stop.signal });
  let heard;
  const listen = async () => {
    // who joins in the middle of a run hears the rest of it first
    for await (const part of joined) if ((heard = part.event) === "metadata") return;
  };
  const listening = listen();
  while (heard !== "metadata") {
    await client.runs.wait(asked, "chain", { input: { count: 0 } });
  }
  await listening;
  stop.abort();
  return heard;
});

// Crons
const cron = await see("crons.create", () =>
  client.crons.create("chain", { schedule: "0 0 1 1 *", input: { count: 0 }, metadata: mark }),
);
const onThread = await see("crons.createForThread", () =>
  client.crons.createForThread(at, "chain", { schedule: "0 0 1 1 *", input: { count: 0 }, metadata: mark }),
);
await see("crons.search", async () =>
  (await client.crons.search({ threadId: at, limit: 5, sortBy: "created_at", sortOrder: "asc" })).length,
);
await see("crons.count", () => client.crons.count({ threadId: at }));
if (client.crons.update) {
  await see("crons.update", () => client.crons.update(cron.cron_id, { schedule: "0 0 2 2 *", enabled: false }));
}
await see("crons.delete", () => client.crons.delete(cron.cron_id));
await see("crons.delete other", () => client.crons.delete(onThread.cron_id));
await see("crons.delete none", () => client.crons.delete(cron.cron_id));

// Store
const room = ["javascript", mark.javascript];
await see("store.putItem", () => client.store.putItem(room, "one", { text: "red apple", n: 1 }));
await see("store.putItem more", () => client.store.putItem([...room, "deep"], "two", { text: "blue sky", n: 2 }, { index: ["text"], ttl: 5 }));
await see("store.getItem", () => client.store.getItem(room, "one"));
await see("store.getItem refresh", () => client.store.getItem([...room, "deep"], "two", { refreshTtl: true }));
await see("store.getItem none", () => client.store.getItem(room, "none"));
await see("store.searchItems", async () =>
  (await client.store.searchItems(room, { filter: { n: { $gte: 1 } }, limit: 5, offset: 0 })).items.map((one) => one.key).sort(),
);
await see("store.listNamespaces", async () =>
  (await client.store.listNamespaces({ prefix: room, maxDepth: 3, limit: 5, offset: 0 })).namespaces.length,
);
await see("store.deleteItem", () => client.store.deleteItem(room, "one"));
await see("store.getItem deleted", () => client.store.getItem(room, "one"));
await see("threads.delete", () => client.threads.delete(at));
await see("threads.get deleted", () => client.threads.get(at));

console.log(JSON.stringify(seen));
