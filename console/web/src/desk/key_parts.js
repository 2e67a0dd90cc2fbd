/** Pieces that the screens of the key share: the fingerprint, the passphrase field, the wait. */

import { button, download, h, painted } from "./dom.js";

/** The fingerprint, big, in groups that can be read out. */
export function fingerprintBlock(fingerprint, label = "Fingerprint of your key") {
  const groups = fingerprint.split("-").map((group) => h("span", {}, group));
  return h("figure", { class: "fingerprint" }, h("figcaption", {}, label), h("p", { class: "groups" }, ...groups));
}

/** A passphrase field that can be shown while typing. */
export function passphraseInput(autocomplete) {
  const input = h("input", { type: "password", autocomplete, spellcheck: "false", autocapitalize: "none", required: true });
  const toggle = h("input", { type: "checkbox" });
  toggle.addEventListener("change", () => {
    input.type = toggle.checked ? "text" : "password";
  });
  return { input, toggle: h("label", { class: "check" }, toggle, "Show what I type") };
}

/** Run slow work behind a moving bar; the page is painted before the work blocks it. */
export async function behindBar(place, text, work) {
  const bar = h("progress", { "aria-label": text });
  place.say("info", h("p", {}, text), bar);
  await painted();
  const result = await work();
  place.clear();
  return result;
}

/** A button that saves the key file. The file is of no use without the passphrase. */
export function backupButton(file) {
  return button("Download the key file as a back-up", () => download("amparo-key.json", file, "application/json"));
}
