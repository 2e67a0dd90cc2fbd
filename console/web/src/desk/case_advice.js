/** Clocks that may run out, and whom the law names first. The server works them out from codes, and forgets them. */

import { post } from "./api.js";
import { factsOf } from "./case_file.js";
import { daysLeft, daysTo, shown } from "./dates.js";
import { fill, h } from "./dom.js";

const ACRONYMS = new Set(["osha", "mspa", "nlrb", "flsa", "eeoc", "ier"]);
const SOON = 30;

/** The two sections; they fill themselves. */
export function adviceSections(file) {
  const clocks = h("div", {}, h("p", { class: "none" }, "Working them out"));
  const bodies = h("div", {}, h("p", { class: "none" }, "Looking them up"));
  load(file, clocks, bodies);
  return [
    h("section", { class: "card" }, h("h2", {}, "Deadlines"), clocks),
    h("section", { class: "card" }, h("h2", {}, "Who can help"), bodies),
  ];
}

/** Advice for the facts of a case, as the server gives it. */
export function adviceFor(file) {
  return post(`/api/cases/${file.case}/advice`, { facts: factsOf(file) });
}

/** "OSHA retaliation" for `osha_retaliation`. */
export function clockName(id) {
  const [first, ...rest] = id.split("_");
  const start = ACRONYMS.has(first) ? first.toUpperCase() : first[0].toUpperCase() + first.slice(1);
  return [start, ...rest].join(" ");
}

async function load(file, clocks, bodies) {
  try {
    const { deadlines, route } = await adviceFor(file);
    fill(clocks, clockList(deadlines));
    fill(bodies, routeList(route));
  } catch (fault) {
    fill(clocks, h("p", { class: "fault" }, fault.message));
    fill(bodies, h("p", { class: "fault" }, fault.message));
  }
}

function clockList(deadlines) {
  if (deadlines.length === 0) {
    return h("p", { class: "none" }, "No clock is known for this kind of report.");
  }
  const hint = "The earliest day on which each may run out. Never “too late”: a lawyer may know an exception.";
  return h("div", {}, h("ol", { class: "clocks" }, ...deadlines.map(clock)), h("p", { class: "hint" }, hint));
}

function clock({ id, day, citation, verified }) {
  const when = h("strong", { class: daysTo(day) <= SOON ? "soon" : "" }, daysLeft(day));
  const line = h("p", { class: "clock" }, h("span", {}, clockName(id)), when);
  return h("li", {}, line, source(`${shown(day)}, by ${citation}`, verified));
}

function routeList({ lead, also, needs_consent: asked, citation, verified }) {
  const risky = new Set(asked.map(({ id }) => id));
  const list = (bodies) => h("ul", { class: "bodies" }, ...bodies.map((body) => bodyLine(body, risky.has(body.id))));
  const more = also.length > 0 ? [h("h3", {}, "Also"), list(also)] : [];
  const ask = asked.length > 0 && h("p", { class: "hint" }, h("span", { class: "ask-first" }, "Ask first"), ": nobody has shown that it shares nothing with immigration. The worker must say yes to it by name.");
  return h("div", {}, h("h3", {}, "First"), list(lead), ...more, citation && source(citation, verified), ask);
}

function bodyLine({ name, phone }, risky) {
  return h(
    "li",
    {},
    h("p", {}, name),
    h(
      "p",
      { class: "body-line" },
      phone && h("a", { href: `tel:${phone.replaceAll(/[^0-9+]/g, "")}`, class: "tel" }, phone),
      risky && h("span", { class: "ask-first" }, "Ask first"),
    ),
  );
}

function source(citation, verified) {
  const mark = verified
    ? h("span", { class: "verified" }, "Verified")
    : h("span", { class: "unverified" }, "Not verified: check the source");
  return h("p", { class: "source" }, h("cite", {}, citation), " ", mark);
}
