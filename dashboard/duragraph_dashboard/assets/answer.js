// The form of each open interrupt. What it sends resumes the run.
import { el } from "./dom.js";
import { jsonTree } from "./tree.js";

export function answer(root, send) {
  function draw({ interrupts, busy, problem }) {
    root.replaceChildren(...interrupts.map((one) => card(one, busy)));
    if (problem) root.append(el("p", { class: "bad", role: "alert" }, problem));
  }

  function card(one, busy) {
    const reply = (value) => send({ do: "answer", interrupt_id: one.id, value });
    const choices = one.form.controls.filter((control) => control.kind === "choice");
    const others = one.form.controls.filter((control) => control.kind !== "choice");
    const details = one.form.details;
    return el("fieldset", { class: "interrupt", disabled: busy, "data-interrupt": one.id },
      el("legend", {}, one.node ? `${one.node} asks` : "The graph asks"),
      el("p", { class: "question" }, one.form.question),
      details !== null && typeof details === "object" ? jsonTree(details) : null,
      choices.length ? el("div", { class: "choices" }, choices.map((control) =>
        el("button", { type: "button", class: `button tone-${control.tone ?? "plain"}`, title: control.hint, onclick: () => reply(control.answer) }, control.label))) : null,
      others.map((control) => forms[control.kind](control, reply, !choices.length && others.length === 1)));
  }

  return { show: draw, patch: draw };
}

const forms = {
  text(control, reply, open) {
    const input = el("textarea", { rows: "2", "aria-label": control.label, required: true });
    return fold(control.label, open, input, (fail) => {
      if (!input.value.trim()) return fail("Write an answer first");
      reply(control.wrap ? placed(control.wrap, control.place, input.value) : input.value);
    });
  },
  json(control, reply, open) {
    const input = el("textarea", { rows: control.start ? "8" : "3", class: "code", "aria-label": control.label, spellcheck: "false" });
    input.value = control.start ?? "";
    return fold(control.label, open, input, (fail) => {
      let value;
      try {
        value = JSON.parse(input.value);
      } catch (error) {
        return fail(`This is not JSON: ${error.message}`);
      }
      reply(value);
    });
  },
  schema(control, reply) {
    const inputs = control.fields.map((field) => [field, inputOf(field)]);
    const grid = el("div", { class: "fields" }, inputs.map(([field, input]) =>
      el("label", {}, el("span", {}, field.label, field.required ? " *" : ""), input, field.hint ? el("small", {}, field.hint) : null)));
    return fold(control.label, true, grid, (fail) => {
      const value = {};
      for (const [field, input] of inputs) {
        try {
          const read = readField(field, input);
          if (read !== undefined) value[field.name] = read;
          else if (field.required) return fail(`${field.label} is needed`);
        } catch (error) {
          return fail(`${field.label}: ${error.message}`);
        }
      }
      reply(value);
    });
  },
};

function fold(label, open, input, submit) {
  const problem = el("p", { class: "bad", hidden: true, role: "alert" });
  const fail = (words) => {
    problem.textContent = words;
    problem.hidden = false;
  };
  const sendButton = el("button", { type: "button", class: "button", onclick: () => { problem.hidden = true; submit(fail); } }, "Send");
  return el("details", { class: "fold", open }, el("summary", {}, label), input, problem, el("div", { class: "choices" }, sendButton));
}

function inputOf(field) {
  if (field.type === "boolean") return el("input", { type: "checkbox", checked: field.start === true });
  if (field.type === "enum") return el("select", {}, field.options.map((option, index) => el("option", { value: String(index), selected: option === field.start }, String(option))));
  const start = field.start === null || field.start === undefined ? "" : field.type === "json" ? JSON.stringify(field.start) : String(field.start);
  if (field.type === "json") return el("textarea", { rows: "3", class: "code" }, start);
  return el("input", { type: field.type === "text" ? "text" : "number", step: field.type === "integer" ? "1" : "any", value: start });
}

function readField(field, input) {
  if (field.type === "boolean") return input.checked;
  if (field.type === "enum") return field.options[Number(input.value)];
  if (input.value === "") return undefined;
  if (field.type === "json") return JSON.parse(input.value);
  return field.type === "text" ? input.value : Number(input.value);
}

function placed(shape, place, text) {
  const value = structuredClone(shape);
  let target = value;
  for (const step of place.slice(0, -1)) target = target[step];
  target[place.at(-1)] = text;
  return value;
}
