// Drives the event streaming protocol through the JavaScript SDK: words, output, a nested question. Prints JSON.
import { Client } from "@langchain/langgraph-sdk";
const client = new Client({ apiUrl: process.env.API_URL, apiKey: process.env.API_KEY });
const limit = setTimeout(() => {
  console.error("too slow");
  process.exit(1);
}, 60000);

const stream = client.threads.stream({ assistantId: "agent" });
const words = [];
const reading = (async () => {
  for await (const message of stream.messages) {
    let text = "";
    for await (const word of message.text) text += word;
    words.push(text);
  }
})();
await stream.run.start({ input: { messages: [{ role: "user", content: "add 20 and 22" }] } });
const output = await stream.output;
await reading;
await stream.close();

const asked = client.threads.stream({ assistantId: "nested" });
await asked.run.start({ input: { topic: "tea" } });
const paused = await asked.output;
const question = asked.interrupts[0];
await asked.input.respond({ namespace: question.namespace, interrupt_id: question.interruptId, response: "green" });
const sub = await asked.subscribe("values");
let answers;
for await (const event of sub) {
  const data = event.params ? event.params.data : event;
  answers = data.answers ?? answers;
  if (answers && answers.at(-1) === "finished") break;
}
await asked.close();
clearTimeout(limit);
console.log(JSON.stringify({ words, last: output.messages.at(-1).content, question: question.payload, answers }));
process.exit(0);
