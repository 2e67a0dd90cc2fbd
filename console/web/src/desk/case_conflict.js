/** Before the story: the names alone, and the question whether this reader has a tie to them. */

import { post } from "./api.js";
import { textsOf } from "./case_file.js";
import { button, h } from "./dom.js";
import { ask, noticePlace } from "./notice.js";
import { heading, navigate, show } from "./router.js";
import { languageName } from "./words.js";

const NAMES = { employer: "Employer or boss", place: "Place" };
const TIES = "Family, friends, a client, a landlord, an employer of yours or of someone on your team, a case against you: all of these are ties.";

/** The screen of the check. */
export function conflictView(file) {
  const place = noticePlace();
  const send = async (conflict) => {
    try {
      await post(`/api/cases/${file.case}/check`, { conflict });
      await (conflict ? navigate("/queue") : show());
    } catch (fault) {
      place.say("error", fault.message);
    }
  };
  const element = h(
    "div",
    { class: "sheet narrow conflict" },
    h("p", { class: "crumb" }, h("a", { href: "/queue" }, "Queue")),
    heading(file.alias, h("span", { class: "after" }, " Conflict check")),
    h("p", {}, "You see only the names. The story stays closed until you have answered."),
    names(file),
    h("h2", {}, "Do you or your team have a tie to these people?"),
    h("p", { class: "hint" }, TIES),
    place.element,
    h(
      "div",
      { class: "actions" },
      button("No, open the case", () => send(false), { class: "primary" }),
      button("Yes, I have a conflict", async () => (await sure(file)) && send(true), { class: "danger" }),
    ),
    h("p", { class: "hint" }, "Your answer is kept in the log, with your name and the time."),
  );
  return { title: `${file.alias}: conflict check`, element };
}

function names(file) {
  const rows = Object.entries(NAMES).flatMap(([part, label]) => {
    const texts = textsOf(file, part);
    const shown = texts.length > 0 ? texts.map((text) => h("bdi", { lang: file.language }, text)) : [h("span", { class: "none" }, "Not given")];
    return [h("dt", {}, label), h("dd", {}, ...shown.map((text) => h("p", {}, text)))];
  });
  return h("dl", { class: "facts names", "aria-label": `Names, told in ${languageName(file.language)}` }, ...rows);
}

async function sure(file) {
  const body = [h("p", {}, `You will not be able to open ${file.alias} any more, and only colleagues without a tie can. Nobody is told the reason.`)];
  const actions = [{ label: "I have a conflict: close it to me", value: true, kind: "danger" }];
  return (await ask({ title: "Close this case to you?", body, actions })) === true;
}
