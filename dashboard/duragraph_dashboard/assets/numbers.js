// A row of figures.
import { el } from "./dom.js";
import { duration } from "./format.js";

export function numbers(root) {
  const list = el("dl", { class: "numbers" });
  root.append(list);
  return {
    show({ figures }) {
      list.replaceChildren(
        ...figures.map((figure) =>
          el("div", { class: figure.tone ? `tone-${figure.tone}` : "" },
            el("dt", {}, figure.label),
            el("dd", {}, figure.kind === "duration" ? duration(figure.value) : String(figure.value ?? "–")))),
      );
    },
    patch() {},
  };
}
