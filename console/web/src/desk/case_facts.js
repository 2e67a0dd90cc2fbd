/** What the worker answered, as a list of terms: names first, then the coded facts. */

import { factsOf, textsOf } from "./case_file.js";
import { h } from "./dom.js";
import { FACTS, factWord } from "./facts.js";

const NAMES = ["employer", "place"];
const CODED = ["kind", "when", "count", "wish", "visa", "safe"];

/** The section of the facts. */
export function factsSection(file) {
  return h("section", { class: "card" }, h("h2", {}, "Facts"), h("dl", { class: "facts" }, ...rows(file)));
}

/** The facts as `[label, text]`, for the page and for the printed file. */
export function factLines(file) {
  const facts = factsOf(file);
  const names = NAMES.map((part) => [FACTS[part].label, textsOf(file, part).join("; ")]);
  const coded = CODED.filter((fact) => fact in facts).map((fact) => [FACTS[fact].label, factWord(fact, facts[fact])]);
  return [...names, ...coded];
}

function rows(file) {
  return factLines(file).map(([label, text]) => {
    const shown = text ? h("bdi", {}, text) : h("span", { class: "none" }, "Not given");
    return h("div", {}, h("dt", {}, label), h("dd", {}, shown));
  });
}
