// The timeline: a row for each node, a bar for each execution, waits and marks across. Running bars grow.
import { el, emptyState, statusClass } from "./dom.js";
import { duration, full, now } from "./format.js";

const STEPS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 86400];

export function timeline(root) {
  let state = { rows: [], waits: [], marks: [], start: null, end: null };
  const bars = new Map();
  const lanes = new Map();
  const axis = el("div", { class: "axis" });
  const body = el("div", { class: "lanes" });
  const marks = el("div", { class: "marks" });
  const chart = el("div", { class: "chart" }, axis, el("div", { class: "area" }, body, marks));
  root.append(chart);

  function lane(name) {
    if (!lanes.has(name)) {
      const track = el("div", { class: "track" });
      const line = el("div", { class: "lane", "data-row": name }, el("div", { class: "label", title: name }, name), track);
      lanes.set(name, { line, track });
      body.append(line);
    }
    return lanes.get(name).track;
  }

  function draw(bar) {
    let entry = bars.get(bar.id);
    if (!entry) {
      const label = el("span", {});
      const node = el("div", { tabindex: "0", "data-bar": bar.id }, label);
      lane(bar.row).append(node);
      entry = { node, label };
      bars.set(bar.id, entry);
    }
    entry.bar = bar;
    entry.node.className = `barre ${statusClass(bar.status)} ${bar.attempt > 1 ? "again" : ""}`;
    entry.node.dataset.status = bar.status;
    const attempt = bar.attempt > 1 ? ` · attempt ${bar.attempt}` : "";
    const taken = duration((bar.end ?? now()) - bar.start);
    entry.node.title = `${bar.row} · ${bar.status} · ${taken} · step ${bar.step}${attempt} · ${full(bar.start)}`;
    entry.node.setAttribute("aria-label", entry.node.title);
  }

  function drawWaits() {
    const track = state.waits.some(([from, to]) => (to ?? now()) - from > 0.001) ? lane("waiting for a worker") : null;
    if (!track) return;
    const line = lanes.get("waiting for a worker").line;
    line.classList.add("queue");
    if (body.firstChild !== line) body.prepend(line);
    track.replaceChildren(...state.waits.map(([from, to]) => {
      const node = el("div", { class: "barre wait", title: `Waited ${duration((to ?? now()) - from)}` }, el("span", {}));
      node.span = [from, to];
      return node;
    }));
  }

  function drawMarks() {
    marks.replaceChildren(...state.marks.map(([at, kind, words]) => {
      const node = el("div", { class: `mark mark-${kind.replace(".", "-")}`, title: `${words} · ${full(at)}` }, el("span", {}, words));
      node.at = at;
      return node;
    }));
  }

  function position() {
    if (state.start === null) return;
    const end = state.end ?? now();
    chart.classList.toggle("narrow", root.clientWidth < 760);
    const span = Math.max(end - state.start, 0.001) * 1.03;
    const at = (time) => ((time - state.start) / span) * 100;
    const fits = (width, pixels) => (width / 100) * axis.clientWidth > pixels;
    for (const { node, label, bar } of bars.values()) {
      const stop = bar.end ?? end;
      const width = Math.max(at(stop) - at(bar.start), 0);
      node.style.left = `${at(bar.start)}%`;
      node.style.width = `max(4px, ${width}%)`;
      const again = bar.attempt > 1 ? `↻${bar.attempt} ` : "";
      label.textContent = fits(width, again ? 74 : 52) ? again + duration(stop - bar.start) : fits(width, 24) ? again : "";
    }
    for (const node of body.querySelectorAll(".wait")) {
      const [from, to] = node.span;
      const width = at(to ?? end) - at(from);
      node.style.left = `${at(from)}%`;
      node.style.width = `max(2px, ${width}%)`;
      node.firstChild.textContent = fits(width, 52) ? duration((to ?? end) - from) : "";
    }
    for (const node of marks.children) {
      const x = at(node.at);
      node.style.left = `${x}%`;
      node.classList.toggle("flip", x > 70);
    }
    const step = STEPS.find((one) => span / one <= (root.clientWidth < 600 ? 4 : 8)) ?? span / 6;
    const ticks = [];
    for (let time = 0; time <= span * 0.95; time += step) {
      ticks.push(el("span", { style: { left: `${(time / span) * 100}%` } }, time ? duration(time) : "0"));
    }
    axis.replaceChildren(...ticks);
    chart.style.setProperty("--ticks", `${(step / span) * 100}%`);
  }

  let timer = null;
  function animate() {
    position();
    const moving = state.start !== null && state.end === null;
    if (moving && !timer) timer = setInterval(() => (root.isConnected ? position() : clearInterval(timer)), 200);
    if (!moving && timer) {
      clearInterval(timer);
      timer = null;
    }
  }

  function take(next) {
    state = { ...state, ...next };
    for (const name of state.rows) lane(name);
    for (const bar of next.bars ?? []) draw(bar);
    drawWaits();
    drawMarks();
    animate();
  }

  new ResizeObserver(() => position()).observe(root);

  return {
    show(whole) {
      bars.clear();
      lanes.clear();
      body.replaceChildren();
      const nothing = whole.start === null;
      chart.hidden = nothing;
      root.querySelector(".empty")?.remove();
      if (nothing) root.append(emptyState({ title: "No node has run yet", text: "Bars appear as soon as a worker takes the run." }));
      take(whole);
    },
    patch(difference) {
      chart.hidden = false;
      root.querySelector(".empty")?.remove();
      take(difference);
    },
  };
}
