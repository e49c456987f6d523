// Drives the JavaScript SDK: thread, stream, wait, interrupt, state, cancel. Prints what it saw as JSON.
import { Client } from "@langchain/langgraph-sdk";

const client = new Client({ apiUrl: process.env.API_URL, apiKey: process.env.API_KEY });
const { thread_id: thread } = await client.threads.create({ metadata: { from: "javascript" } });

const events = [];
for await (const part of client.runs.stream(thread, "chain", {
  input: { count: 0 },
  streamMode: ["values", "updates"],
})) {
  events.push([part.event, part.data]);
}

const words = [];
for await (const part of client.runs.stream(null, "agent", {
  input: { messages: [{ role: "user", content: "add 20 and 22" }] },
  streamMode: "messages-tuple",
})) {
  if (part.event === "messages" && part.data[0].type === "AIMessageChunk") words.push(part.data[0].content);
}

const { thread_id: asked } = await client.threads.create();
const paused = await client.runs.wait(asked, "single", { input: { topic: "tea" } });
const status = (await client.threads.get(asked)).status;
const finished = await client.runs.wait(asked, "single", { command: { resume: "green" } });

const { thread_id: stopped } = await client.threads.create();
const run = await client.runs.create(stopped, "slow", { input: { seconds: 60 } });
await client.runs.cancel(stopped, run.run_id, true);

const several = await client.runs.create(asked, "chain", {
  input: { count: 0 },
  streamMode: ["values", "updates", "tasks"],
  streamResumable: true,
});
await client.runs.join(asked, several.run_id);
const joined = new Set();
for await (const part of client.runs.joinStream(asked, several.run_id, {
  streamMode: ["values", "updates"],
  lastEventId: "-1",
})) {
  joined.add(part.event);
}

console.log(
  JSON.stringify({
    events,
    words: words.join(""),
    state: await client.threads.getState(thread),
    steps: (await client.threads.getHistory(thread)).map((entry) => entry.metadata.step),
    question: paused.__interrupt__[0].value.question,
    status,
    answers: finished.answers,
    cancelled: (await client.runs.get(stopped, run.run_id)).status,
    joined: [...joined],
    selected: (await client.runs.list(thread, { select: ["status", "thread_id"] })).map((one) => Object.keys(one).sort()),
    graphs: (await client.assistants.search({ graphId: "agent", limit: 1 })).map((one) => one.graph_id),
  }),
);
