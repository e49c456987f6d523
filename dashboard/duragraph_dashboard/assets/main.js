// The views by name, and the life of a page: messages in, messages out, and what happens when the line is lost.

import { setServerNow } from "./format.js";
import { answer } from "./answer.js";
import { events } from "./events.js";
import { facts } from "./facts.js";
import { messages } from "./messages.js";
import { numbers } from "./numbers.js";
import { status } from "./status.js";
import { table } from "./table.js";
import { timeline } from "./timeline.js";
import { tree } from "./tree.js";

const views = { answer, events, facts, messages, numbers, status, table, timeline, tree };

function render({ model, el }) {
  const root = document.createElement("div");
  root.className = `view view-${model.kind}`;
  const view = views[model.kind](root, (message) => model.send_msg(message));
  model.on("msg:custom", (event) => {
    const message = event.data ?? event;
    if (message.now) setServerNow(message.now);
    if (message.show !== undefined) {
      hideCard(root, message.show.hidden === true);
      view.show(message.show);
    }
    if (message.patch !== undefined) {
      hideCard(root, message.patch.hidden === true);
      view.patch(message.patch);
    }
    if (message.address) history.replaceState(null, "", new URL(message.address, location.href));
    if (message.go) location.assign(new URL(message.go, location.href));
  });
  queueMicrotask(() => model.send_msg({ ready: true }));
  return root;
}

function hideCard(root, hidden) {
  const host = root.getRootNode().host;
  host?.closest(".card")?.toggleAttribute("hidden", hidden);
}

globalThis.duragraph = { render };

// The wheel scrolls the page; with Ctrl or ⌘ it zooms the graph.
addEventListener("wheel", (event) => {
  if (event.target.closest?.(".graph") && !event.ctrlKey && !event.metaKey) event.stopPropagation();
}, { capture: true, passive: true });

async function reloadWhenBack() {
  document.documentElement.classList.add("disconnected");
  for (;;) {
    await new Promise((done) => setTimeout(done, 2000));
    try {
      const answer = await fetch("assets/icon.svg", { cache: "no-store" });
      if (answer.ok) return location.reload();
    } catch {
      // Still away: ask again.
    }
  }
}

addEventListener("DOMContentLoaded", () => {
  const watch = setInterval(() => {
    const documents = globalThis.Bokeh?.documents ?? [];
    if (!documents.length) return;
    clearInterval(watch);
    for (const doc of documents) doc.on_event("connection_lost", reloadWhenBack);
  }, 200);
});
