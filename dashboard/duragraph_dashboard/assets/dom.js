// Elements are made here and nowhere else. Text becomes text nodes, so no value can become markup.

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "style") Object.assign(node.style, value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined).map(asNode));
  return node;
}

function asNode(child) {
  return child instanceof Node ? child : document.createTextNode(String(child));
}

export function pill(status) {
  return el("span", { class: `pill ${statusClass(status)}` }, el("i", { class: "dot" }), status);
}

const STATUSES = new Set(["idle", "pending", "running", "success", "error", "timeout", "interrupted", "lost"]);
const OF_OTHERS = { "needs answer": "interrupted", busy: "running", alive: "success", served: "success", draining: "interrupted", "not served": "interrupted", broken: "error", stopped: "lost" };

export function statusClass(status) {
  if (STATUSES.has(status)) return `is-${status}`;
  return `is-${OF_OTHERS[status] || "idle"}`;
}

export function emptyState({ title, text, code }) {
  return el("div", { class: "empty" }, el("strong", {}, title), text ? el("p", {}, text) : null, code ? el("pre", {}, code) : null);
}

const ICONS = {
  copy: "M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z",
  done: "M3 8.5l3.2 3.2L13 5",
  close: "M4 4l8 8M12 4l-8 8",
};

export function icon(name) {
  const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  picture.setAttribute("viewBox", "0 0 16 16");
  picture.setAttribute("class", "icon");
  picture.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  picture.append(path);
  return picture;
}

export function copyButton(value) {
  const button = el("button", { class: "copy", type: "button", title: "Copy", "aria-label": "Copy" }, icon("copy"));
  button.addEventListener("click", async (event) => {
    event.preventDefault();
    await navigator.clipboard.writeText(value);
    button.replaceChildren(icon("done"));
    setTimeout(() => button.replaceChildren(icon("copy")), 1200);
  });
  return button;
}
