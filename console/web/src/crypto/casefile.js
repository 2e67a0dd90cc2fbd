/** What a reader does with a case: the same bytes as intake/sealing.py. Boxes and public halves are base64 here. */

import { fromBase64, pad, text, toBase64, unpad, utf8 } from "./bytes.js";
import { importKey, newPair, seal, unseal } from "./envelope.js";
import { BadInput, CannotOpen } from "./errors.js";

const FIRST_EPOCH = 1;

/** The 32 hexadecimal digits of a case id. */
export function caseHex(id) {
  const hex = String(id).replaceAll("-", "").toLowerCase();
  if (!/^[0-9a-f]{32}$/.test(hex)) {
    throw new BadInput("this is not the id of a case");
  }
  return hex;
}

/**
 * The keys of a case by epoch, from the answer of the server. A wrap that does not open, or not to its public half,
 * is left out: the texts of its epoch then fail to open one by one, and `newestKey` seals nothing to it.
 */
export async function openCase({ case: id, reader, wraps, publics }, key) {
  const keys = new Map();
  for (const { epoch, box } of wraps) {
    try {
      keys.set(epoch, await openWrap(id, epoch, reader, box, key, publics[epoch]));
    } catch (fault) {
      if (!(fault instanceof CannotOpen || fault instanceof BadInput)) {
        throw fault;
      }
    }
  }
  return keys;
}

async function openWrap(id, epoch, reader, box, key, publicText) {
  const raw = await unwrapped(id, epoch, reader, box, key);
  try {
    return await importKey(raw, fromBase64(publicText));
  } finally {
    raw.fill(0);
  }
}

/**
 * `{epoch, public}` that new texts are sealed to: the newest of `publics`. Throws CannotOpen unless its key is among
 * the opened `keys`: a public half that somebody swapped or added must not get a text.
 */
export function newestKey(publics, keys) {
  const epoch = Math.max(...Object.keys(publics).map(Number));
  const key = keys.get(epoch);
  if (key === undefined || toBase64(key.public) !== publics[epoch]) {
    throw new CannotOpen("the newest key of this case is not one that you can open, so nothing is sealed to it");
  }
  return { epoch, public: publics[epoch] };
}

/** One text of a case: `{at, text}`. `item` is `{seq, epoch, direction, part, box}`. */
export async function openItem(id, item, keys) {
  const key = keys.get(item.epoch);
  if (key === undefined) {
    throw new CannotOpen("there is no wrap for this epoch");
  }
  return told(text(unpad(await unseal(fromBase64(item.box), key, itemInfo(id, item)))));
}

/** Seal one text to the public half of an epoch. `place` is `{epoch, seq, direction, part}`. */
export async function sealItem(id, place, plain, publicText, at = new Date()) {
  const content = JSON.stringify({ at: at.toISOString(), text: wellFormed(plain) });
  return sealed(pad(utf8(content)), publicText, itemInfo(id, place));
}

/** Seal a reply to the pair that only the sender can open. `replyKey` is `{id, public}`. */
export async function sealReply(replyKey, plain) {
  return sealed(pad(utf8(plain)), replyKey.public, utf8(`amparo|reply|${number(replyKey.id)}`));
}

/** A new pair of a case: its public half, and its private half wrapped to every reader, then forgotten. */
export async function makeCase(id, readers, epoch = FIRST_EPOCH) {
  const pair = await newPair();
  try {
    const wraps = {};
    for (const reader of readers) {
      const name = reader.reader ?? reader.name;
      wraps[name] = await sealed(pair.private, reader.public, wrapInfo(id, epoch, name));
    }
    return { public: toBase64(pair.public), wraps };
  } finally {
    pair.private.fill(0);
  }
}

/** Wrap one epoch of a case, which `from` can read with `key`, to a colleague `{reader, public}`. */
export async function grant(id, { epoch, box }, from, key, to) {
  const raw = await unwrapped(id, epoch, from, box, key);
  try {
    return await sealed(raw, to.public, wrapInfo(id, epoch, to.reader));
  } finally {
    raw.fill(0);
  }
}

/** A text kept in the page, sealed to one's own key; `label` says what it is of. */
export async function sealDraft(key, label, plain) {
  return toBase64(await seal(pad(utf8(plain)), key.public, utf8(`amparo|page|${label}`)));
}

/** What `sealDraft` kept. Throws CannotOpen. */
export async function openDraft(key, label, box) {
  return text(unpad(await unseal(fromBase64(box), key, utf8(`amparo|page|${label}`))));
}

// whoever has the public half can seal anything to it: what comes out is checked before a page shows it
function told(content) {
  try {
    const { at, text: said } = JSON.parse(content);
    const moment = new Date(at);
    if (typeof said === "string" && typeof at === "string" && !Number.isNaN(moment.getTime())) {
      return { at: moment, text: said };
    }
  } catch {
    // falls through: not JSON is as bad as the wrong JSON
  }
  throw new CannotOpen("what was sealed is not a text of a case");
}

// half an emoji, cut off by a form field, would be a string that Python cannot encode
function wellFormed(plain) {
  return text(utf8(plain));
}

function unwrapped(id, epoch, reader, box, key) {
  return unseal(fromBase64(box), key, wrapInfo(id, epoch, reader));
}

async function sealed(plain, publicText, info) {
  return toBase64(await seal(plain, fromBase64(publicText), info));
}

function itemInfo(id, { epoch, seq, direction, part }) {
  return utf8(`amparo|item|${caseHex(id)}|${number(epoch)}|${number(seq)}|${direction}|${part}`);
}

function wrapInfo(id, epoch, reader) {
  return utf8(`amparo|wrap|${caseHex(id)}|${number(epoch)}|${reader}`);
}

function number(value) {
  if (!Number.isSafeInteger(value)) {
    throw new BadInput("this is not a whole number");
  }
  return value;
}
