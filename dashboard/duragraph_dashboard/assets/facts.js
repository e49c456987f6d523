// The head of a page: what it is about, its status, its figures and what can be done.
import { copyButton, el, pill, statusClass } from "./dom.js";
import { duration, parse, since, when } from "./format.js";

const kinds = {
  text: (value) => document.createTextNode(value),
  time: (value) => when(el("time", {}), parse(value)),
  elapsed: ({ start, end }) => (end ? document.createTextNode(duration(parse(end) - parse(start))) : since(el("span", {}), parse(start))),
  id: (value) => el("span", { class: "id" }, el("code", { title: value }, value), copyButton(value)),
  link: ({ href, text }) => el("a", { href }, text),
};

export function facts(root, send) {
  return {
    show({ title, status, facts: list, actions, error, hint, siblings }) {
      root.replaceChildren(
        el("div", { class: "headline" },
          el("h1", {}, title), status ? pill(status) : null,
          el("div", { class: "actions" }, (actions ?? []).map((action) =>
            el("button", { type: "button", class: `button tone-${action.tone ?? "plain"}`, disabled: action.busy, onclick: () => send({ do: action.do }) }, action.label)))),
        el("dl", { class: "facts" }, list.map((fact) =>
          el("div", { "data-fact": fact.label }, el("dt", {}, fact.label), el("dd", {}, fact.value === null ? "–" : kinds[fact.kind](fact.value))))),
        hint ? el("p", { class: "hint" }, hint) : "",
        error ? el("div", { class: "failure" }, el("strong", {}, error.title), el("pre", {}, error.text)) : "",
        siblings?.length > 1 ? el("div", { class: "siblings" }, el("span", {}, "Runs of this thread"),
          siblings.map((one) => el("a", { href: one.href, "aria-current": one.current ? "true" : null, title: one.title }, el("i", { class: `dot ${statusClass(one.status)}` }), one.text))) : "",
      );
    },
    patch() {},
  };
}
