/** The questions of a report by phone or in person: those of intake/interview.py, to be read out. A test compares. */

import { FACTS } from "./facts.js";

/** A question with digits: `fact`, what to ask, whether it may be left out. */
const choice = (fact, ask, hint = "", optional = true) => ({ fact, ask, hint, optional, codes: Object.keys(FACTS[fact].codes) });

/** A question answered in words, sealed under `part`. */
const words = (part, ask, hint, rows, optional) => ({ fact: part, part, ask, hint, rows, optional });

export const QUESTIONS = [
  choice("safe", "Is it safe for you to talk now?", "If not: agree on another time or phone first."),
  words("story", "What happened?", "In the worker's own words, in their language if you can write it. Do not correct.", "10", false),
  choice("kind", "What is it most about?", "", false),
  words("employer", "Who is the boss or company?", "Every name the worker knows: the one on the pay slip, the one on the truck.", "2", true),
  words("place", "Where is it?", "Town and state, camp or farm. Not where the worker lives, unless it is the problem.", "2", true),
  choice("when", "When was the last time?"),
  choice("count", "How many workers does it hurt?"),
  choice("wish", "What do you want?", "Read all four. Advice alone is fine."),
];

/** The facts as they are sealed: codes alone, with what was told and what was left out. */
export function factsFrom(answers) {
  const facts = { story: "done", code: "receipt" };
  for (const { fact, part } of QUESTIONS) {
    if (!part && answers[fact]) {
      facts[fact] = answers[fact];
    }
    if ((part === "employer" || part === "place") && !answers[part]) {
      facts[part] = "skip";
    }
  }
  return answers.state ? { ...facts, state: answers.state } : facts;
}
