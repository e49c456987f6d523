// A table of rows that open a page: filters above it, pages of older rows below it, one row patched at a time.
import { el, emptyState, pill } from "./dom.js";
import { duration, parse, shortId, since, when } from "./format.js";

const cells = {
  status: (value) => pill(value),
  text: (value) => el("span", {}, value ?? "–"),
  words: (value) => el("span", {}, value ?? "–"),
  mono: (value) => el("code", {}, value ?? "–"),
  id: (value) => el("code", { title: value }, shortId(value)),
  number: (value) => el("span", { class: "number" }, value ?? "–"),
  time: (value) => (value ? when(el("time", {}), parse(value)) : el("span", {}, "–")),
  link: (value) => (value ? el("a", { href: value.href, title: value.title }, value.text) : el("span", {}, "–")),
  links: (value) => el("span", { class: "links" }, value.map((one) => el("a", { href: one.href }, one.text))),
  elapsed: ({ start, end }) => {
    const node = el("span", { class: "number" });
    if (!start) node.textContent = "–";
    else if (end) node.textContent = duration(parse(end) - parse(start));
    else since(node, parse(start));
    return node;
  },
};

export function table(root, send) {
  let columns = [];
  const rows = new Map();
  const bar = el("div", { class: "bar" });
  const head = el("tr", {});
  const body = el("tbody", {});
  const scroller = el("div", { class: "scroll" }, el("table", {}, el("thead", {}, head), body));
  const empty = el("div", {});
  const pager = el("div", { class: "pager" });
  root.append(bar, scroller, empty, pager);

  function line(row) {
    const node = el("tr", { "data-id": row.id, class: row.href ? "opens" : "" },
      columns.map((column) =>
        el("td", { class: `cell-${column.kind} ${column.narrow ? "" : "wide"}`, "data-key": column.key },
          cells[column.kind](row.cells[column.key]))));
    if (row.href) {
      node.addEventListener("click", (event) => {
        if (event.target.closest("a, button") || String(getSelection())) return;
        if (event.metaKey || event.ctrlKey) open(row.href, "_blank");
        else location.href = row.href;
      });
    }
    return node;
  }

  function place(order) {
    for (const [id, node] of rows) {
      if (!order.includes(id)) {
        node.remove();
        rows.delete(id);
      }
    }
    order.forEach((id, index) => {
      const node = rows.get(id);
      if (node && body.children[index] !== node) body.insertBefore(node, body.children[index] ?? null);
    });
  }

  function drawFilters(filters) {
    bar.hidden = !filters.length;
    bar.replaceChildren(...filters.map((filter) => (filter.options.length > 7 || filter.menu ? menu(filter) : segments(filter))));
  }

  function menu(filter) {
    const select = el("select", { "aria-label": filter.label, onchange: () => send({ do: "filter", name: filter.name, value: select.value }) },
      filter.options.map((option) => el("option", { value: option.value, selected: option.value === filter.value }, option.label)));
    return el("label", { class: "menu" }, el("span", {}, filter.label), select);
  }

  function segments(filter) {
    return el("div", { class: "segments", role: "group", "aria-label": filter.label },
      filter.options.map((option) =>
        el("button", {
          type: "button",
          "aria-pressed": String(option.value === filter.value),
          onclick: () => send({ do: "filter", name: filter.name, value: option.value }),
        }, option.label)));
  }

  function drawPager({ newer, older }) {
    pager.hidden = !newer && !older;
    pager.replaceChildren(
      el("button", { type: "button", disabled: !newer, onclick: () => send({ do: "newest" }) }, "Newest"),
      el("button", { type: "button", disabled: !older, onclick: () => send({ do: "older" }) }, "Older →"));
  }

  function drawEmpty(words) {
    scroller.hidden = Boolean(words);
    empty.replaceChildren(...(words ? [emptyState(words)] : []));
  }

  return {
    show(whole) {
      columns = whole.columns;
      head.replaceChildren(...columns.map((column) => el("th", { class: `cell-${column.kind} ${column.narrow ? "" : "wide"}`, scope: "col" }, column.label)));
      rows.clear();
      body.replaceChildren();
      for (const row of whole.rows) rows.set(row.id, line(row));
      place(whole.rows.map((row) => row.id));
      drawFilters(whole.filters ?? []);
      drawPager(whole);
      drawEmpty(whole.rows.length ? null : whole.empty);
    },
    patch({ changed, order, empty: words, newer, older }) {
      for (const row of changed) {
        const node = line(row);
        rows.get(row.id)?.replaceWith(node);
        rows.set(row.id, node);
      }
      place(order);
      drawPager({ newer, older });
      drawEmpty(order.length ? null : words);
    },
  };
}
