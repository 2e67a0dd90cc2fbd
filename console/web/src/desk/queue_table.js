/** The cases as a table; the style sheet makes cards of the rows on narrow screens, so the roles are said aloud. */

import { age, daysLeft, daysTo, shown } from "./dates.js";
import { h } from "./dom.js";
import { state } from "./state.js";
import { languageName, shortName, STATUS, URGENCY } from "./words.js";

const SOON = 7;
const COLUMNS = ["Look at it", "Case", "Next deadline", "Waiting", "Language", "State", "Status", "Who answers"];

/** A table of cases, each row one link. */
export function caseTable(cases) {
  const heads = COLUMNS.map((name) => h("th", { scope: "col", role: "columnheader" }, name));
  const head = h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, ...heads));
  const body = h("tbody", { role: "rowgroup" }, ...cases.map(row));
  const caption = h("caption", { class: "visually-hidden" }, "Cases, most urgent first");
  return h("table", { class: "cases", role: "table" }, caption, head, body);
}

/** The badge of an urgency: a word and a shape, never colour alone. */
export function urgencyBadge(urgency) {
  return h("span", { class: `badge urgency-${urgency}` }, URGENCY[urgency]);
}

/** When the next clock may run out, in words. */
export function deadline(day) {
  if (day === null) {
    return h("span", { class: "none" }, "None known");
  }
  const soon = daysTo(day) <= SOON;
  return h("span", { class: soon ? "soon" : "" }, h("strong", {}, daysLeft(day)), " ", h("small", {}, shown(day)));
}

function row(found) {
  const cells = [
    urgencyBadge(found.urgency),
    name(found),
    deadline(found.next_deadline),
    age(found.opened),
    languageName(found.language),
    found.state ?? h("span", { class: "none" }, "Not known"),
    h("span", { class: `status status-${found.status}` }, STATUS[found.status]),
    assignee(found.assigned),
  ];
  return h("tr", { role: "row" }, ...cells.map((cell, at) => h("td", { role: "cell", "data-label": COLUMNS[at] }, cell)));
}

function name(found) {
  const link = h("a", { href: `/cases/${found.id}` }, found.alias);
  const tag = found.checked === null ? "New" : found.changed && "Changed";
  return h("span", { class: "name" }, link, tag && h("span", { class: "tag" }, tag));
}

function assignee(assigned) {
  if (assigned === null) {
    return h("span", { class: "none" }, "Nobody yet");
  }
  return assigned.staff === state.me.staff ? h("strong", {}, "You") : shortName(assigned.email);
}
