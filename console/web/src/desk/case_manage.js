/** Where the case stands, what was promised, and who answers for it. */

import { post } from "./api.js";
import { dayFromNow, shown } from "./dates.js";
import { field, fill, h, select } from "./dom.js";
import { noticePlace } from "./notice.js";
import { reload } from "./reload.js";
import { state } from "./state.js";
import { NEXT, PROMISING, shortName, STATUS, STATUS_MEANS } from "./words.js";

const LONGEST_PROMISE = 60;
const STAY = { received: "Received: keep, with a new promise", accepted: "Accepted: keep, with a new promise" };

/** The section of the status. */
export function statusSection(file) {
  const choices = choicesOf(file.status);
  const promise = file.steps.findLast((step) => step.promised)?.promised;
  const promised = promise && h("p", {}, "We promised to write by ", h("strong", {}, shown(promise)), ".");
  const body = choices.length > 0 ? statusForm(file, choices) : h("p", { class: "hint" }, STATUS_MEANS[file.status]);
  return h("section", { class: "card" }, h("h2", { id: "status" }, "Status"), promised, body);
}

function choicesOf(status) {
  const onward = NEXT[status].map((next) => [next, STATUS[next]]);
  return PROMISING.includes(status) ? [...onward, [status, STAY[status]]] : onward;
}

function statusForm(file, choices) {
  const next = select(choices, choices[0][0]);
  const limits = { min: dayFromNow(0), max: dayFromNow(LONGEST_PROMISE) };
  const day = h("input", { type: "date", ...limits });
  const told = h("p", { class: "hint", "aria-live": "polite" });
  const dayField = field("Promise to write by", day, "The worker can ask for this day with the code.");
  const draw = () => {
    fill(told, `The worker hears: “${STATUS_MEANS[next.value]}”`);
    dayField.hidden = !PROMISING.includes(next.value);
    day.required = next.value === file.status;
  };
  next.addEventListener("change", draw);
  draw();
  const send = () => post(`/api/cases/${file.case}/status`, { status: next.value, promised: (!dayField.hidden && day.value) || null });
  return saving([field("New status", next), told, dayField], "Save the status", send, "#status");
}

/** The section of who answers. */
export function assignSection(file) {
  const people = file.colleagues.filter(({ holds }) => holds).map(({ staff, email }) => [String(staff), nameOf(staff, email)]);
  const chosen = String(file.assigned?.staff ?? "");
  const who = select([["", "Nobody yet"], ...people], chosen);
  const send = () => post(`/api/cases/${file.case}/assign`, { staff: who.value ? Number(who.value) : null });
  const hint = "Only colleagues who can read the case stand here.";
  const form = saving([field("Assigned to", who, hint)], "Save", send, "#assign");
  return h("section", { class: "card" }, h("h2", { id: "assign" }, "Who answers"), form);
}

function nameOf(staff, email) {
  return staff === state.me.staff ? `${shortName(email)} (you)` : shortName(email);
}

function saving(parts, label, send, after) {
  const place = noticePlace();
  const form = h("form", { class: "stack" }, ...parts, place.element, h("button", { type: "submit" }, label));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await send();
      await reload(after);
    } catch (fault) {
      place.say("error", fault.message);
    }
  });
  return form;
}
