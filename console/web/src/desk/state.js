/** What the page knows while it is open: who is signed in, and the unlocked key. Nothing here is ever stored. */

import { Holder } from "../crypto/index.js";

const IDLE_MINUTES = 15;
const IDLE = IDLE_MINUTES * 60_000;
const WARNING = 60_000;
let touched = 0;

const holder = new Holder(() => document.dispatchEvent(new Event("desk:locked")), IDLE_MINUTES);

export const state = {
  /** The answer of /api/me. */
  me: null,
  /** The unlocked key, or null. */
  get key() {
    return holder.key;
  },
};

/** Keep the unlocked key for as long as somebody is here. */
export function unlock(key) {
  holder.hold(key);
  touched = Date.now();
  document.dispatchEvent(new Event("desk:unlocked"));
}

/** Forget the key now. */
export function lock() {
  holder.drop();
}

/** Somebody typed, clicked or scrolled. */
export function touch() {
  holder.touch();
  touched = Date.now();
}

/** Seconds until the key is forgotten, or null while there is none or more than a minute is left. */
export function secondsLeft() {
  const left = touched + IDLE - Date.now();
  return holder.key !== null && left <= WARNING ? Math.max(0, Math.ceil(left / 1_000)) : null;
}
