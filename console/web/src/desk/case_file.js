/** Opens what the server handed out, in the page. What does not open is named, never hidden. */

import { openCase, openItem } from "../crypto/index.js";
import { state } from "./state.js";

const FACTS = "facts";
const AUTHORED = { "case.noted": "note", "case.replied": "reply" };

/** The items of an answer, each with `text` or `failed`, plus keys by epoch. */
export async function openFile(answer) {
  const keys = await openCase(answer, state.key);
  const items = await Promise.all(answer.items.map((item) => openOne(answer.case, item, keys)));
  return { ...answer, items: items.sort((one, other) => one.seq - other.seq), keys };
}

/** The coded facts of an opened case; empty when they were not told or do not open. */
export function factsOf(file) {
  const found = file.items.findLast((item) => item.part === FACTS && !item.failed);
  return found ? JSON.parse(found.text) : {};
}

/** The texts of one part: opened ones, then a word for each that did not open. */
export function textsOf(file, part) {
  return file.items.filter((item) => item.part === part).map((item) => item.text ?? "(could not be opened)");
}

/** The items that did not open. */
export function damaged(file) {
  return file.items.filter((item) => item.failed);
}

/** The epoch that everything new is sealed to, and its public half. */
export function newest(file) {
  const epoch = Math.max(...Object.keys(file.publics).map(Number));
  return { epoch, public: file.publics[epoch] };
}

/** The place of the next item. */
export function nextSeq(file) {
  return 1 + Math.max(0, ...file.items.map((item) => item.seq));
}

/** Who wrote which note and reply: the log and the items have the same order, told back from the end. */
export function authors(file) {
  const known = new Map();
  for (const [action, part] of Object.entries(AUTHORED)) {
    const written = file.items.filter((item) => item.part === part).reverse();
    const logged = file.log.filter((entry) => entry.action === action);
    written.forEach((item, at) => known.set(item.seq, logged[at]?.email ?? null));
  }
  return known;
}

async function openOne(id, item, keys) {
  const { seq, direction, part, epoch } = item;
  try {
    return { seq, direction, part, epoch, ...(await openItem(id, item, keys)) };
  } catch {
    return { seq, direction, part, epoch, at: null, failed: true };
  }
}
