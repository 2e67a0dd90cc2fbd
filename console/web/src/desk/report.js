/** A new report by phone or in person: one question at a time, read out by staff, sealed here. */

import { fill, h } from "./dom.js";
import { forget, keep, restore } from "./drafts.js";
import { noticePlace } from "./notice.js";
import { questionStep, startStep } from "./report_steps.js";
import { QUESTIONS } from "./report_questions.js";
import { reviewStep } from "./report_review.js";

const DRAFT = "report";
const STEPS = QUESTIONS.length + 2;

/** /reports/new */
export async function reportScreen({ signal }) {
  const kept = await restore(DRAFT);
  const interview = new Interview(kept ? JSON.parse(kept) : fresh(), signal);
  if (kept) {
    interview.news.say("info", h("p", {}, "You had begun this report. It was kept sealed in this tab."));
  }
  interview.draw();
  return { title: "New report", element: h("div", { class: "sheet narrow report" }, interview.news.element, interview.place) };
}

/** Where the interview stands. The answers are kept sealed after every change. */
class Interview {
  constructor({ at, answers }, signal) {
    this.at = at;
    this.answers = answers;
    this.signal = signal;
    this.news = noticePlace();
    this.place = h("div");
    this.step = new AbortController();
    signal.addEventListener("abort", () => this.step.abort());
  }

  /** Note an answer without moving. */
  note(name, value) {
    this.answers[name] = value;
    return keep(DRAFT, JSON.stringify({ at: this.at, answers: this.answers }));
  }

  /** Go to a step, and put the focus on its question. */
  go(at) {
    this.at = at;
    keep(DRAFT, JSON.stringify({ at, answers: this.answers }));
    this.news.clear();
    this.draw();
    this.place.querySelector("h1").focus();
  }

  /** Nothing of it is kept any more. */
  drop() {
    forget(DRAFT);
    this.answers = fresh().answers;
  }

  draw() {
    this.step.abort();
    this.step = new AbortController();
    const number = `Step ${this.at + 1} of ${STEPS}`;
    const bar = h("progress", { max: String(STEPS), value: String(this.at + 1), "aria-label": number });
    fill(this.place, h("p", { class: "crumb" }, `New report. ${number}`), bar, this.screen());
  }

  screen() {
    if (this.at === 0) {
      return startStep(this);
    }
    return this.at > QUESTIONS.length ? reviewStep(this) : questionStep(this, QUESTIONS[this.at - 1]);
  }
}

function fresh() {
  return { at: 0, answers: { language: "es" } };
}
