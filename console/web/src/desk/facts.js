/** The coded facts of a report in plain words (facts.json): the codes are those of intake/interview.py and facts.py. */

import FACTS from "./facts.json";

export { FACTS };

/** A code in words; one that nobody mapped stays visible as it is. */
export function factWord(fact, code) {
  return FACTS[fact]?.codes[code] ?? code;
}
