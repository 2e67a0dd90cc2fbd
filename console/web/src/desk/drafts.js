/** Text that is being written survives a lost session: sealed to the writer's own key, in this tab alone. */

import { openDraft, sealDraft } from "../crypto/index.js";
import { state } from "./state.js";

const PAUSE = 400;
const turns = new Map();
const fields = new Map();

/** Keep what `read()` gives whenever `element` hears input; the last words go at once when the field is left. */
export function keepWhileTyping(element, label, read) {
  let timer = null;
  const now = () => {
    clearTimeout(timer);
    return keep(label, read());
  };
  element.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(now, PAUSE);
  });
  element.addEventListener("focusout", now);
  fields.set(element, now);
  return now;
}

/** Seal at once what stands in the fields of the page: it is about to be built anew. */
export async function flush() {
  const waiting = [...fields].filter(([element]) => element.isConnected).map(([, now]) => now());
  fields.clear();
  await Promise.all(waiting);
}

/** Seal a text under a label; an empty one forgets it. */
export async function keep(label, text) {
  const turn = (turns.get(label) ?? 0) + 1;
  turns.set(label, turn);
  if (!text) {
    return forget(label);
  }
  if (state.key !== null) {
    const box = await sealDraft(state.key, label, text);
    if (turn === turns.get(label)) {
      sessionStorage.setItem(place(label), box);
    }
  }
}

/** The text under a label; "" when there is none that this key opens. */
export async function restore(label) {
  const box = sessionStorage.getItem(place(label));
  return box === null ? "" : openDraft(state.key, label, box).catch(() => "");
}

/** The text was sent, or is not wanted any more. */
export function forget(label) {
  turns.delete(label);
  sessionStorage.removeItem(place(label));
}

function place(label) {
  return `draft|${state.me.reader}|${label}`;
}
