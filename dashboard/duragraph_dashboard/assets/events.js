// The event log: every stored event, drawn only where one looks, its payload asked for when it is opened.
import { copyButton, el, emptyState, icon } from "./dom.js";
import { clock, full } from "./format.js";
import { jsonTree } from "./tree.js";

const ROW = 30;

export function events(root, send) {
  let rows = [];
  let shown = [];
  let chosen = null;
  const search = el("input", { type: "search", placeholder: "Filter by type or node", "aria-label": "Filter events" });
  const count = el("span", { class: "count" });
  const space = el("div", { class: "space" });
  const window_ = el("div", { class: "window" });
  const scroller = el("div", { class: "log", tabindex: "0" }, space, window_);
  const payload = el("div", { class: "payload", hidden: true });
  const nothing = el("div", {});
  root.append(el("div", { class: "bar" }, search, count), nothing, el("div", { class: "log-and-payload" }, scroller, payload));

  search.addEventListener("input", () => {
    filter();
    scroller.scrollTop = 0;
    draw();
  });
  scroller.addEventListener("scroll", () => requestAnimationFrame(draw));
  new ResizeObserver(() => draw()).observe(scroller);

  function filter() {
    const words = search.value.trim().toLowerCase();
    shown = words ? rows.filter((row) => `${row.type} ${row.text}`.toLowerCase().includes(words)) : rows;
    count.textContent = words ? `${shown.length} of ${rows.length} events` : `${rows.length} events`;
  }

  function draw() {
    space.style.height = `${shown.length * ROW}px`;
    const first = Math.max(0, Math.floor(scroller.scrollTop / ROW) - 5);
    const last = Math.min(shown.length, first + Math.ceil(scroller.clientHeight / ROW) + 10);
    window_.style.transform = `translateY(${first * ROW}px)`;
    window_.replaceChildren(...shown.slice(first, last).map(line));
  }

  function line(row) {
    const [domain, action] = row.type.split(".");
    return el("button", { type: "button", class: `event domain-${domain} action-${action}`, "aria-pressed": String(chosen === row.version), "data-version": row.version, onclick: () => choose(row) },
      el("span", { class: "version" }, row.version),
      el("time", { title: full(row.at) }, clock(row.at)),
      el("span", { class: "type" }, row.type),
      el("span", { class: "text" }, row.text));
  }

  function choose(row) {
    chosen = chosen === row.version ? null : row.version;
    payload.hidden = chosen === null;
    if (chosen !== null) {
      payload.replaceChildren(el("p", { class: "note" }, "Reading…"));
      send({ do: "payload", version: row.version });
    }
    draw();
  }

  function drawPayload({ version, envelope }) {
    if (version !== chosen) return;
    const text = JSON.stringify(envelope, null, 2);
    payload.replaceChildren(
      el("div", { class: "payload-head" }, el("strong", {}, envelope.event_type), copyButton(text),
        el("button", { type: "button", class: "copy", title: "Close", "aria-label": "Close", onclick: () => choose({ version }) }, icon("close"))),
      jsonTree(envelope));
  }

  function settle(tail) {
    filter();
    draw();
    if (tail) {
      scroller.scrollTop = scroller.scrollHeight;
      draw();
    }
    scroller.parentElement.hidden = !rows.length;
    nothing.replaceChildren(...(rows.length ? [] : [emptyState({ title: "No events yet" })]));
  }

  return {
    show(whole) {
      rows = whole.rows;
      settle(whole.live);
    },
    patch({ add, payload: opened }) {
      if (add) {
        const atEnd = scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - ROW;
        const last = rows.at(-1)?.version ?? 0;
        rows.push(...add.filter((row) => row.version > last));
        settle(atEnd && chosen === null);
      }
      if (opened) drawPayload(opened);
    },
  };
}
