// A JSON value as a tree that opens and closes; what is open stays open when the value changes.
import { el, emptyState } from "./dom.js";
import { parse, when } from "./format.js";

const LONG = 400;
const MANY = 200;

export function tree(root) {
  const opened = new Map();
  return {
    show({ value, empty, at }) {
      if (value === undefined || value === null) {
        root.replaceChildren(emptyState(empty ?? { title: "Nothing here" }));
        return;
      }
      root.replaceChildren(at ? el("p", { class: "note" }, "Written ", when(el("time", {}), parse(at))) : "", el("div", { class: "tree" }, node(null, value, "$", opened, 0)));
    },
    patch() {},
  };
}

export function jsonTree(value) {
  return el("div", { class: "tree" }, node(null, value, "$", new Map(), 0));
}

function node(key, value, path, opened, depth) {
  const name = key === null ? null : el("span", { class: "key" }, key);
  if (value === null || typeof value !== "object") return el("div", { class: "leaf" }, name, scalar(value));
  const entries = Array.isArray(value) ? value.map((item, index) => [String(index), item]) : Object.entries(value);
  const brief = Array.isArray(value) ? `[${entries.length}]` : `{${entries.length}}`;
  if (!entries.length) return el("div", { class: "leaf" }, name, el("span", { class: "brief" }, Array.isArray(value) ? "[]" : "{}"));
  const details = el("details", { class: depth === 0 ? "top" : "" });
  details.append(el("summary", {}, name, el("span", { class: "brief" }, key === null ? brief : `${brief} ${hint(value)}`)));
  let filled = false;
  const fill = () => {
    if (filled) return;
    filled = true;
    details.append(...branch(entries, path, opened, depth, 0));
  };
  const open = opened.get(path) ?? depth < 2;
  if (open) {
    fill();
    details.open = true;
  }
  details.addEventListener("toggle", () => {
    opened.set(path, details.open);
    if (details.open) fill();
  });
  return details;
}

function branch(entries, path, opened, depth, from) {
  const made = entries.slice(from, from + MANY).map(([key, value]) => node(key, value, `${path}/${key}`, opened, depth + 1));
  const rest = entries.length - from - MANY;
  if (rest > 0) {
    const more = el("button", { type: "button", class: "more", onclick: () => more.replaceWith(...branch(entries, path, opened, depth, from + MANY)) }, `${rest} more`);
    made.push(more);
  }
  return made;
}

function hint(value) {
  if (Array.isArray(value)) return "";
  for (const key of ["type", "role", "name", "id"]) if (typeof value[key] === "string") return value[key].slice(0, 60);
  return "";
}

function scalar(value) {
  if (typeof value !== "string") return el("span", { class: `value ${value === null ? "null" : typeof value}` }, String(value));
  const text = el("span", { class: "value string" }, value.length > LONG ? `${value.slice(0, LONG)}…` : value);
  if (value.length <= LONG) return text;
  const more = el("button", { type: "button", class: "more", onclick: () => { text.textContent = value; more.remove(); } }, `${value.length} characters`);
  return el("span", {}, text, more);
}
