/** What the queue shows: the choice stands in the address, so that it can be bookmarked and "back" works. */

import { CANNED } from "./canned.js";
import { fill, h, select } from "./dom.js";
import { languageName } from "./words.js";

const VIEWS = { open: "All open", urgent: "Urgent", mine: "Mine", closed: "Closed" };
const ASKS = {
  open: { status: "open" },
  urgent: { status: "open", urgency: "1" },
  mine: { status: "open", mine: "1" },
  closed: { status: "closed" },
};
const PAUSE = 250;

/** The choice in an address. */
export function readWish(query) {
  const view = query.get("view");
  return { view: view in VIEWS ? view : "open", language: query.get("language") ?? "", q: query.get("q") ?? "" };
}

/** The address of a choice. */
export function toAddress({ view, language, q }) {
  const query = new URLSearchParams(given({ view: view === "open" ? "" : view, language, q }));
  return query.size > 0 ? `/queue?${query}` : "/queue";
}

/** The question to the server. */
export function toApi({ view, language, q }, after = null) {
  return new URLSearchParams(given({ ...ASKS[view], language, q, after }));
}

/** The controls; `onChange()` after each choice. `wish` is changed in place. */
export function filters(wish, onChange) {
  const numbers = {};
  const change = (name, value) => {
    wish[name] = value;
    return onChange();
  };
  const views = Object.entries(VIEWS).map(([view, label]) => {
    numbers[view] = h("span", { class: "count" });
    const input = h("input", { type: "radio", name: "view", value: view, checked: wish.view === view });
    input.addEventListener("change", () => change("view", view));
    return h("label", { class: "chip" }, input, h("span", {}, label, " ", numbers[view]));
  });
  const search = searchBox(wish.q, (value) => change("q", value));
  const element = h(
    "form",
    { class: "filters", role: "search", "aria-label": "Filter the queue", on: { submit: (event) => event.preventDefault() } },
    h("fieldset", { class: "chips" }, h("legend", { class: "visually-hidden" }, "Show"), ...views),
    languages(wish.language, (value) => change("language", value)),
    h("label", { class: "inline" }, h("span", {}, "Case name"), search),
  );
  return { element, search, count: (counts) => Object.keys(counts).forEach((view) => fill(numbers[view], String(counts[view]))) };
}

function languages(chosen, onChange) {
  const options = Object.keys(CANNED).map((code) => [code, languageName(code)]);
  const control = select([["", "All languages"], ...options], chosen);
  control.addEventListener("change", () => onChange(control.value));
  return h("label", { class: "inline" }, h("span", {}, "Language"), control);
}

function searchBox(value, onChange) {
  let timer = null;
  const box = h("input", { type: "search", value, placeholder: "KTR-4821", autocomplete: "off", spellcheck: "false", size: "12" });
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => onChange(box.value.trim()), PAUSE);
  });
  return box;
}

function given(values) {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value));
}
