/** The last screens of the interview: read back, seal and file, and the receipt, once. */

import { announce, button, field, fill, h } from "./dom.js";
import { plural } from "./dates.js";
import { FACTS, factWord } from "./facts.js";
import { noticePlace } from "./notice.js";
import { QUESTIONS } from "./report_questions.js";
import { file, readersOf } from "./report_send.js";
import { heading } from "./router.js";
import { languageName } from "./words.js";

/** Everything that was answered, to be read back; then it is sealed. */
export function reviewStep(interview) {
  const place = noticePlace();
  const who = h("p", { class: "hint" }, "Looking up who will be able to read it");
  readersOf().then(
    ({ team, readers }) => fill(who, readableBy(team, readers)),
    (fault) => place.say("error", fault.message),
  );
  const send = button("Seal and file", () => filed(interview, place, send), { class: "primary" });
  const again = button("Back", () => interview.go(interview.at - 1));
  return h(
    "div",
    { class: "stack" },
    heading("Read it back to the worker"),
    h("dl", { class: "facts review" }, ...lines(interview).flat()),
    who,
    place.element,
    h("div", { class: "actions" }, send, again),
  );
}

function lines(interview) {
  const { answers } = interview;
  const first = line("Language", languageName(answers.language), () => interview.go(0));
  const rest = QUESTIONS.map(({ fact, part }, at) => {
    const text = part ? answers[part] : answers[fact] && factWord(fact, answers[fact]);
    return line(FACTS[fact].label, text, () => interview.go(at + 1));
  });
  return [first, ...rest];
}

function line(label, text, change) {
  const shown = text ? h("bdi", { class: "words-of" }, text) : h("span", { class: "none" }, "Left out");
  const edit = button("Change", change, { class: "small", "aria-label": `Change: ${label}` });
  return [h("dt", {}, label), h("dd", {}, shown, edit)];
}

function readableBy(team, readers) {
  const offline = readers.filter(({ name }) => name.startsWith("recovery:")).length;
  const people = plural(readers.length - offline, "reader");
  return `Only ${people} of the team ${team}${offline > 0 ? " and the recovery key kept offline" : ""} will be able to read it.`;
}

async function filed(interview, place, send) {
  send.disabled = true;
  try {
    const { alias, id, receipt } = await file(interview.answers);
    interview.drop();
    fill(interview.place, receiptView(alias, id, receipt));
    interview.place.querySelector("h1").focus();
    announce("The report is filed.");
  } catch (fault) {
    send.disabled = false;
    place.say("error", fault.message);
  }
}

function receiptView(alias, id, receipt) {
  const groups = receipt.split(" ");
  return h(
    "div",
    { class: "stack receipt" },
    heading("Filed. Now the code"),
    h("p", {}, h("strong", {}, "Read it to the worker slowly, twice."), " It is shown once and kept nowhere: with it the worker can ask how the case stands and get your replies."),
    h("p", { class: "groups" }, ...groups.map((group) => h("span", {}, group))),
    readBack(groups.join("")),
    h("p", { class: "on-paper" }, "Keep this number where nobody else sees it. Send it to the hotline to hear how your case stands."),
    h(
      "div",
      { class: "actions no-print" },
      button("Print the code", () => window.print()),
      h("a", { href: `/cases/${id}`, class: "button" }, `Open ${alias}`),
      h("a", { href: "/queue", class: "button primary" }, "The worker has it: finish"),
    ),
  );
}

/** The worker reads it back; staff type what they hear. */
function readBack(digits) {
  const input = h("input", { type: "text", inputmode: "numeric", autocomplete: "off", maxlength: "19" });
  const result = h("p", { role: "status" });
  input.addEventListener("input", () => {
    const heard = input.value.replaceAll(/\D/g, "");
    const done = heard.length === digits.length;
    fill(result, done ? (heard === digits ? "The same: the worker has it right." : "Not the same: read it once more.") : "");
    result.className = done ? (heard === digits ? "ok" : "fault") : "";
  });
  const box = field("Let the worker read it back, and type what you hear", input);
  return h("div", { class: "no-print" }, box, result);
}
