/** The screen of the key: make, load, unlock, compare, lock. */

import { fingerprint } from "../crypto/index.js";
import { button, fill, h } from "./dom.js";
import { backupButton, fingerprintBlock } from "./key_parts.js";
import { madeView, makeForm } from "./key_make.js";
import { loadForm, unlockForm } from "./key_unlock.js";
import { heading, show } from "./router.js";
import { lock, state } from "./state.js";

const LOST =
  "Ask your administrator for a reset of your key. Then you make a new one here, and a colleague compares its " +
  "fingerprint with you and gives you your cases again.";

/** /key */
export async function keyScreen() {
  const { public: known, file, replace } = state.me.key;
  const kept = file ? locked : elsewhere;
  const parts = state.key ? await unlocked() : known && !replace ? await kept() : first(replace);
  return { title: "Your key", element: h("div", { class: "sheet narrow" }, heading("Your key"), ...parts) };
}

function first(replace) {
  const place = h("div", { class: "stack" });
  const made = (key) => {
    fill(place, madeView(key));
    place.querySelector("button").focus();
  };
  const intro = replace
    ? "Your key was reset. Make a new one; a colleague then compares its fingerprint with you and gives you your cases again."
    : "What workers write is sealed to your key. It is made here, in your browser, and the server never sees it open.";
  fill(place, h("p", {}, intro), h("h2", {}, "Make a key"), makeForm(made), ...other());
  return [place];
}

async function locked() {
  return [
    h("p", {}, "Your key is locked. Unlock it to open cases; after 15 idle minutes the page forgets it again."),
    unlockForm(show),
    await print(),
    h("details", {}, h("summary", {}, "I have lost the passphrase"), h("p", {}, LOST)),
  ];
}

async function elsewhere() {
  const text = "Your team knows the public half of your key; the key itself is in a file that you have.";
  return [h("p", {}, text), loadForm(show), await print()];
}

async function unlocked() {
  const row = [button("Lock now", lock, { class: "primary" }), state.me.key.file ? backupButton(state.me.key.file) : null];
  return [h("p", {}, "Your key is unlocked in this page. It locks after 15 idle minutes."), await print(), h("div", { class: "actions" }, ...row)];
}

function other() {
  return [h("h2", {}, "Or load a key file"), h("p", {}, "If your key was made with the command-line tool."), loadForm(show)];
}

async function print() {
  return fingerprintBlock(await fingerprint(state.me.key.public));
}
