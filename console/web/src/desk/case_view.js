/** The opened case: what happened on the left, facts and clocks and people on the right. */

import { damaged } from "./case_file.js";
import { accessSection, logSection } from "./case_access.js";
import { adviceSections } from "./case_advice.js";
import { exportButton } from "./case_export.js";
import { factsSection } from "./case_facts.js";
import { assignSection, statusSection } from "./case_manage.js";
import { noteForm } from "./case_note.js";
import { replyForm } from "./case_reply.js";
import { timeline } from "./case_timeline.js";
import { age } from "./dates.js";
import { h } from "./dom.js";
import { notice } from "./notice.js";
import { deadline, urgencyBadge } from "./queue_table.js";
import { heading } from "./router.js";
import { languageName, STATUS } from "./words.js";

/** The screen of a case. */
export function caseView(file, news) {
  const main = h("div", { class: "case-main" }, news, faults(file), timeline(file), replyForm(file), noteForm(file));
  const known = h("div", { class: "case-known" }, factsSection(file));
  const advice = h("div", { class: "case-advice" }, adviceSections(file));
  const around = h(
    "div",
    { class: "case-around" },
    statusSection(file),
    assignSection(file),
    accessSection(file),
    logSection(file),
  );
  const element = h("article", { class: "case" }, head(file), known, main, advice, around);
  return { title: file.alias, element };
}

function head(file) {
  return h(
    "header",
    { class: "case-head" },
    h("p", { class: "crumb" }, h("a", { href: "/queue" }, "Queue")),
    h("div", { class: "case-title" }, heading(file.alias), exportButton(file)),
    h(
      "ul",
      { class: "case-line", "aria-label": "In short" },
      ...[
        [urgencyBadge(file.urgency)],
        [h("span", { class: `status status-${file.status}` }, STATUS[file.status])],
        [languageName(file.language)],
        [file.state ?? "State not known"],
        ["Waiting: ", age(file.opened)],
        ["Next deadline: ", deadline(file.next_deadline)],
      ].map((content) => h("li", {}, ...content)),
    ),
  );
}

function faults(file) {
  const broken = damaged(file);
  const closed = file.wraps.filter(({ epoch }) => !file.keys.has(epoch));
  if (broken.length === 0 && closed.length === 0) {
    return null;
  }
  const numbers = broken.map(({ seq }) => seq).join(", ");
  const many = broken.length === 1 ? "Item" : "Items";
  return notice(
    "error",
    broken.length > 0 && h("p", {}, h("strong", {}, `${many} ${numbers} could not be opened.`), " They are shown where they stand. Ask a colleague whether theirs open, and tell your administrator."),
    closed.length > 0 && h("p", {}, "A key of this case does not belong to it. Do not write here; tell your administrator now."),
  );
}
