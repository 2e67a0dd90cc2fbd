/** Who can read the case, giving it to a colleague, and who did what. */

import { post } from "./api.js";
import { moment, plural } from "./dates.js";
import { announce, button, h } from "./dom.js";
import { noticePlace } from "./notice.js";
import { compared, wrapsFor } from "./regrants.js";
import { reload } from "./reload.js";
import { state } from "./state.js";
import { withStepUp } from "./stepup.js";
import { logged, shortName } from "./words.js";

/** The section of access. */
export function accessSection(file) {
  const readers = file.colleagues.filter(({ holds }) => holds);
  const others = file.colleagues.filter(({ holds }) => !holds);
  const place = noticePlace();
  return h(
    "section",
    { class: "card" },
    h("h2", { id: "access" }, "Who can read it"),
    h("ul", { class: "people" }, ...readers.map((reader) => h("li", {}, named(reader)))),
    others.length > 0 && h("h3", {}, "Give it to a colleague"),
    others.length > 0 && h("ul", { class: "people" }, ...others.map((other) => h("li", {}, named(other), giving(file, other, place)))),
    place.element,
  );
}

/** The section of the log: folded, newest first. */
export function logSection(file) {
  const rows = folded(file.log).map(({ entry, times }) => {
    const often = times > 1 ? ` (${times} times)` : "";
    const who = entry.email ? shortName(entry.email) : "The hotline";
    return h("li", {}, `${who} ${logged(entry.action)}${often}`, h("time", { datetime: entry.at }, moment(entry.at)));
  });
  const summary = h("summary", {}, h("h2", {}, "Who did what"), h("span", { class: "after" }, plural(file.log.length, "entry").replace("entrys", "entries")));
  return h("section", { class: "card" }, h("details", {}, summary, h("ol", { class: "log" }, ...rows)));
}

function named({ staff, email }) {
  return h("span", {}, staff === state.me.staff ? `${shortName(email)} (you)` : shortName(email));
}

function giving(file, colleague, place) {
  const label = `Give ${shortName(colleague.email)} access`;
  return button(label, async () => {
    try {
      if ((await compared(colleague, label)) && (await give(file, colleague)) !== null) {
        await reload("#access");
        announce(`${shortName(colleague.email)} can read this case now.`);
      }
    } catch (fault) {
      place.say("error", fault.message);
    }
  }, { class: "small" });
}

function give(file, colleague) {
  return withStepUp(async () => {
    const wraps = await wrapsFor(file.case, file.wraps, colleague);
    return post(`/api/cases/${file.case}/grants`, { reader: colleague.reader, wraps });
  });
}

/** The same deed of the same person several times in a row is one line, with its last time. */
function folded(log) {
  const lines = [];
  for (const entry of log) {
    const last = lines.at(-1);
    if (last && last.entry.who === entry.who && last.entry.action === entry.action) {
      last.times += 1;
    } else {
      lines.push({ entry, times: 1 });
    }
  }
  return lines;
}
