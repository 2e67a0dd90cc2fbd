/** The screens of the interview: the start, a question with digits, a question in words. */

import { CANNED } from "./canned.js";
import { button, field, h, select } from "./dom.js";
import { factWord } from "./facts.js";
import { heading } from "./router.js";
import { bind } from "./shortcuts.js";
import { STATES } from "./states.js";
import { languageName } from "./words.js";

const PAUSE = 400;

/** Language of the worker, and state of the job. */
export function startStep(interview) {
  const { answers } = interview;
  const language = select(Object.keys(CANNED).map((code) => [code, languageName(code)]), answers.language);
  const place = select([["", "Not known yet"], ...STATES], answers.state ?? "");
  language.addEventListener("change", () => interview.note("language", language.value));
  place.addEventListener("change", () => interview.note("state", place.value));
  return form(
    interview,
    heading("A report by phone or in person"),
    h("p", {}, "Ask the questions in order and read the choices out. Everything is sealed in this page before it leaves it. Do not ask for the name of the worker or for papers."),
    field("Language of the worker", language, "Replies are written in it."),
    field("State of the job", place),
  );
}

/** One question. */
export function questionStep(interview, question) {
  return question.part ? wordsStep(interview, question) : choiceStep(interview, question);
}

function choiceStep(interview, { fact, ask, hint, optional, codes }) {
  const take = async (code) => {
    await interview.note(fact, code);
    interview.go(interview.at + 1);
  };
  const keys = Object.fromEntries(codes.map((code, at) => [String(at + 1), { what: factWord(fact, code), run: () => take(code) }]));
  bind(keys, interview.step.signal);
  const choices = codes.map((code, at) => {
    const chosen = interview.answers[fact] === code;
    const label = [h("kbd", {}, String(at + 1)), " ", factWord(fact, code)];
    return h("li", {}, button(label, () => take(code), { class: "choice", "aria-pressed": String(chosen) }));
  });
  const skip = () => take("");
  return h(
    "div",
    { class: "stack" },
    heading(ask),
    hint && h("p", { class: "hint" }, hint),
    h("ol", { class: "choices" }, ...choices),
    h("div", { class: "actions" }, back(interview), optional && button("Leave it out", skip, { class: "quiet" })),
  );
}

function wordsStep(interview, { part, ask, hint, rows, optional }) {
  const area = h("textarea", { rows, lang: interview.answers.language, dir: "auto", required: !optional });
  area.value = interview.answers[part] ?? "";
  let timer = null;
  area.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => interview.note(part, area.value.trim()), PAUSE);
  });
  area.addEventListener("focusout", () => interview.note(part, area.value.trim()));
  interview.step.signal.addEventListener("abort", () => clearTimeout(timer));
  return form(interview, heading(ask), field("The answer", area, hint));
}

function form(interview, ...content) {
  const go = h("button", { type: "submit", class: "primary" }, "Go on");
  const row = h("div", { class: "actions" }, go, interview.at > 0 && back(interview));
  const submit = (event) => {
    event.preventDefault();
    interview.go(interview.at + 1);
  };
  return h("form", { class: "stack", on: { submit } }, ...content, row);
}

function back(interview) {
  return button("Back", () => interview.go(interview.at - 1));
}
