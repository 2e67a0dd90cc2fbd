/** Asks every four seconds whether anything changed, while the page is looked at. */

import { get } from "./api.js";

const EVERY = 4_000;

/** Call `onChange()` after every change on the desk, or of one case alone, until `signal` stops it. */
export function watch(mark, signal, onChange, caseId = null) {
  const only = caseId === null ? "" : `&case=${caseId}`;
  const timer = setInterval(async () => {
    if (document.hidden || watch.busy) {
      return;
    }
    watch.busy = true;
    try {
      const answer = await get(`/api/changes?mark=${mark}${only}`);
      if (answer === null || signal.aborted) {
        return;
      }
      mark = answer.mark;
      await onChange();
    } catch (fault) {
      if (fault.status === 401) {
        clearInterval(timer);
      }
    } finally {
      watch.busy = false;
    }
  }, EVERY);
  signal.addEventListener("abort", () => clearInterval(timer));
}
