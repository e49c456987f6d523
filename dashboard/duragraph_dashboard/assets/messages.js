// The words of the run: its messages, and the tokens of the one being written.
import { el } from "./dom.js";

const NAMES = { human: "You", user: "You", ai: "Assistant", assistant: "Assistant", AIMessageChunk: "Assistant", tool: "Tool", system: "System" };

export function messages(root) {
  const list = el("div", { class: "messages" });
  root.append(list);
  const nodes = new Map();

  function make(message) {
    const text = el("div", { class: "words" }, message.text);
    const calls = message.tool_calls.map((call) => el("div", { class: "call" }, el("strong", {}, call.name), el("code", {}, JSON.stringify(call.args))));
    const name = message.name && message.role === "tool" ? `Tool · ${message.name}` : NAMES[message.role] ?? message.role;
    const node = el("article", { class: `message role-${(NAMES[message.role] ?? "other").toLowerCase()} ${message.writing ? "writing" : ""}`, "data-id": message.id },
      el("header", {}, name), message.text ? text : null, calls);
    return { node, text };
  }

  function put(message) {
    const entry = make(message);
    const known = nodes.get(message.id);
    if (known) known.node.replaceWith(entry.node);
    else list.append(entry.node);
    nodes.set(message.id, entry);
  }

  function keepAtEnd(change) {
    const atEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - 24;
    change();
    if (atEnd) list.scrollTop = list.scrollHeight;
  }

  return {
    show(whole) {
      nodes.clear();
      list.replaceChildren();
      keepAtEnd(() => whole.messages.forEach(put));
      list.scrollTop = list.scrollHeight;
    },
    patch({ put: changed }) {
      keepAtEnd(() => changed.forEach(put));
    },
  };
}
