/** A file of the case, made in the page. The server only writes down that it was made. */

import { post } from "./api.js";
import { adviceFor, clockName } from "./case_advice.js";
import { factLines } from "./case_facts.js";
import { factsOf, textsOf } from "./case_file.js";
import { happened } from "./case_timeline.js";
import { moment } from "./dates.js";
import { announce, button, download, h } from "./dom.js";
import { ask } from "./notice.js";
import { state } from "./state.js";
import { withStepUp } from "./stepup.js";
import { languageName, REPLY_STATE, shortName, STATUS, URGENCY } from "./words.js";

/** The button of the export. */
export function exportButton(file) {
  return button("Export", () => exported(file).catch((fault) => ask({ title: "No file was made", body: [h("p", {}, fault.message)], actions: [] })));
}

async function exported(file) {
  const kind = await ask({
    title: `Export ${file.alias}`,
    body: [
      h("p", {}, "The file holds everything in clear words. Whoever gets it can read it: keep it where the worker's boss cannot look."),
      h("p", {}, "The log keeps your name and the time."),
    ],
    actions: [
      { label: "Text to print", value: "text", kind: "primary" },
      { label: "Data (JSON)", value: "json" },
    ],
  });
  if (kind === null || (await withStepUp(() => post(`/api/cases/${file.case}/exports`))) === null) {
    return;
  }
  const advice = await adviceFor(file);
  if (kind === "text") {
    download(`${file.alias}.txt`, asText(file, advice), "text/plain;charset=utf-8");
  } else {
    download(`${file.alias}.json`, JSON.stringify(asData(file, advice), null, 2), "application/json");
  }
  announce("The file was saved by your browser.");
}

function asData(file, advice) {
  const { alias, team, language, urgency, status, opened, next_deadline: due } = file;
  const parties = { employer: textsOf(file, "employer"), place: textsOf(file, "place") };
  const lines = happened(file).map(lineData);
  const made = { exported_at: new Date().toISOString(), exported_by: state.me.email };
  const clear = { alias, team, state: file.state, language, urgency, status, opened, next_deadline: due };
  return { ...made, ...clear, facts: factsOf(file), parties, timeline: lines, ...advice };
}

function lineData({ at, kind, who, text, item, reply, step }) {
  if (kind === "step") {
    return { kind, ...step };
  }
  return { kind, at: new Date(at).toISOString(), who: who ?? null, text: text ?? null, seq: item?.seq, opened: !item?.failed, reply: reply?.state };
}

function asText(file, { deadlines, route }) {
  const clear = [
    ["Look at it", URGENCY[file.urgency]],
    ["Status", STATUS[file.status]],
    ["Language", languageName(file.language)],
    ["State", file.state ?? "not known"],
    ["Opened", file.opened],
  ];
  const clocks = deadlines.map((clock) => `${clock.day}  ${clockName(clock.id)} (${clock.citation}${clock.verified ? "" : "; NOT VERIFIED"})`);
  const bodies = [...route.lead, ...route.also].map(({ name, phone }) => [name, phone].filter(Boolean).join(", "));
  const head = `${file.alias}\nMade by ${state.me.email} on ${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC. Confidential.`;
  const parts = [head, pairs(clear), "FACTS", pairs(factLines(file).map(([label, text]) => [label, text || "not given"]))];
  const advice = ["DEADLINES (earliest days)", clocks.join("\n"), "WHO CAN HELP", bodies.join("\n")];
  return [...parts, ...advice, "STORY AND TIMELINE", ...happened(file).map(lineText)].join("\n\n") + "\n";
}

function lineText({ at, kind, who, text, item, reply, step }) {
  if (kind === "step") {
    return `${step.day}  Status: ${STATUS[step.status]}${step.promised ? `, promised ${step.promised}` : ""}`;
  }
  const person = shortName(who ?? "the hotline");
  const name = { story: "Worker", reply: `Reply by ${person}`, note: `Note by ${person}`, event: person }[kind];
  const sent = reply ? ` (${REPLY_STATE[reply.state]})` : "";
  return `${moment(at)}  ${name}${sent}:\n${item?.failed ? `(item ${item.seq} could not be opened)` : text}`;
}

function pairs(rows) {
  return rows.map(([label, text]) => `${label}: ${text}`).join("\n");
}
