/** Everything in one line of time: what the worker told, replies and where they are, notes, steps, who did what. */

import { post } from "./api.js";
import { authors } from "./case_file.js";
import { moment, plural, shown } from "./dates.js";
import { announce, button, h } from "./dom.js";
import { notice } from "./notice.js";
import { reload } from "./reload.js";
import { measure } from "./segments.js";
import { languageName, logged, REPLY_STATE, shortName, STATUS } from "./words.js";

const EVENTS = new Set([
  "case.epoch",
  "case.granted",
  "case.unlinked",
  "case.withdrawn",
  "case.erasure_asked",
  "case.erasure_undone",
]);

/** The section of story and timeline. */
export function timeline(file) {
  const told = file.items.filter(({ part }) => part === "story").length;
  const count = h("span", { class: "after" }, ` ${plural(told, "message")} from the worker, in ${languageName(file.language)}`);
  const heading = h("h2", { id: "timeline" }, "Story and timeline", count);
  return h("section", { "aria-labelledby": "timeline" }, heading, h("ol", { class: "timeline" }, ...entries(file)));
}

/** What happened as `{at, kind, who, text, item, reply, step}`, oldest first: for the page and for the printed file. */
export function happened(file) {
  const known = authors(file);
  const replies = new Map(file.replies.map((reply) => [reply.seq, reply]));
  let last = 0;
  const items = file.items
    .filter(({ part }) => part === "story" || part === "reply" || part === "note")
    .map((item) => {
      last = item.at?.getTime() ?? last;
      return { at: last, kind: item.part, who: known.get(item.seq), text: item.text, item, reply: replies.get(item.seq) };
    });
  const steps = file.steps.map((step, first) => ({ at: endOf(step.day, first === 0), kind: "step", step }));
  const events = file.log
    .filter(({ action }) => EVENTS.has(action))
    .map((entry) => ({ at: Date.parse(entry.at), kind: "event", who: entry.email, text: logged(entry.action) }));
  return [...items, ...steps, ...events].sort((one, other) => one.at - other.at);
}

function entries(file) {
  return happened(file).map((entry) => {
    const body = entry.kind === "step" || entry.kind === "event" ? line(entry) : bubble(file, entry);
    return h("li", { class: `entry ${entry.kind}`, tabindex: "-1" }, ...body);
  });
}

function line(entry) {
  if (entry.kind === "event") {
    return [h("p", {}, time(entry.at), `${person(entry.who)} ${entry.text}`)];
  }
  const { status, day, promised } = entry.step;
  const promise = promised && `, a message promised by ${shown(promised)}`;
  return [h("p", {}, h("time", { datetime: day }, shown(day)), h("strong", {}, STATUS[status]), promise)];
}

function bubble(file, entry) {
  const who = { story: "Worker", reply: `${person(entry.who)} to the worker`, note: `${person(entry.who)}: internal note` }[entry.kind];
  const words = entry.item.failed
    ? notice("error", `Item ${entry.item.seq} could not be opened.`)
    : h("p", { class: "words-of", lang: entry.kind === "note" ? null : file.language, dir: "auto" }, entry.text);
  const meta = h("p", { class: "meta" }, h("span", { class: "who" }, who), entry.item.failed ? null : time(entry.at));
  return [meta, words, entry.reply && replyLine(file, entry)];
}

function replyLine(file, { reply, text }) {
  const length = text && h("span", {}, plural(measure(text).segments, "text message"));
  const state = h("span", { class: `reply-state ${reply.state}` }, REPLY_STATE[reply.state]);
  const back = reply.state === "waiting" && button("Take it back", () => takeBack(file, reply), { class: "small" });
  return h("p", { class: "reply-line" }, state, length, back);
}

async function takeBack(file, reply) {
  try {
    await post(`/api/cases/${file.case}/replies/${reply.id}/take-back`);
    await reload("#timeline");
    announce("The reply was taken back. The worker will not get it.");
  } catch (fault) {
    await reload("#timeline");
    announce(fault.message);
  }
}

function time(at) {
  return h("time", { datetime: new Date(at).toISOString() }, moment(at));
}

function person(email) {
  return email ? shortName(email) : "The hotline";
}

/** A step knows its day alone: the first stands before what happened that day, the others after. */
function endOf(day, first) {
  return new Date(`${day}T${first ? "00:00:00" : "23:59:59"}`).getTime();
}
