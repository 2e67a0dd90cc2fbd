/** Make a key: the passphrase never leaves the page, the server gets a file that it cannot open. */

import { makeKeyFile, openKeyFile, words } from "../crypto/index.js";
import { put } from "./api.js";
import { announce, button, field, fill, h } from "./dom.js";
import { backupButton, behindBar, fingerprintBlock, passphraseInput } from "./key_parts.js";
import { noticePlace } from "./notice.js";
import { state, unlock } from "./state.js";
import { withStepUp } from "./stepup.js";
import { missing } from "./strength.js";

/** The form that makes a key; `onMade()` is called once the key is kept and unlocked. */
export function makeForm(onMade) {
  const first = passphraseInput("new-password");
  const again = passphraseInput("new-password").input;
  const paper = h("input", { type: "checkbox", required: true });
  const place = noticePlace();
  const submit = h("button", { type: "submit", class: "primary" }, "Make my key");
  const form = h(
    "form",
    { class: "stack" },
    offer(),
    field("Passphrase", first.input, "At least 5 words, or 16 characters. Your own or the words above."),
    field("The same passphrase again", again),
    first.toggle,
    h("label", { class: "check" }, paper, "I have it on paper, in a place that locks"),
    noReset(),
    place.element,
    h("div", { class: "actions" }, submit),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const fault = missing(first.input.value, again.value);
    if (fault) {
      place.say("error", fault);
      return;
    }
    submit.disabled = true;
    await make(first.input.value, place, onMade).catch((problem) => place.say("error", problem.message));
    submit.disabled = false;
  });
  return form;
}

async function make(passphrase, place, onMade) {
  const text = "Making your key. This takes a few seconds, so that nobody can try passphrases quickly.";
  const made = await behindBar(place, text, () => makeKeyFile(passphrase));
  const me = await withStepUp(() => put("/api/key", { file: made.file, public: made.public }));
  if (me === null) {
    throw new Error("The key was not kept. Sign in again, then make it once more.");
  }
  state.me = me;
  unlock(await behindBar(place, "Unlocking it", () => openKeyFile(made.file, passphrase)));
  announce("Your key is made and unlocked.");
  onMade(made);
}

/** What to do right after: compare, and keep a copy. */
export function madeView(made) {
  return h(
    "div",
    { class: "stack" },
    h("p", {}, "Now do two things:"),
    h(
      "ol",
      { class: "steps" },
      h("li", {}, "Read these eight groups to a colleague by phone. The colleague compares them with what the desk shows there."),
      h("li", {}, "Save the key file on a stick or disk that you lock away. It opens only with your passphrase."),
    ),
    fingerprintBlock(made.fingerprint),
    h("div", { class: "actions" }, backupButton(made.file), h("a", { href: "/queue", class: "button primary" }, "Go to the queue")),
  );
}

function offer() {
  const shown = h("p", { class: "words", "aria-live": "polite" }, words());
  const other = button("Other words", () => fill(shown, words()), { class: "quiet" });
  return h("div", { class: "offer" }, h("p", { class: "label" }, "Six words made for you"), shown, other);
}

function noReset() {
  return h(
    "div",
    { class: "notice warning" },
    h("p", {}, h("strong", {}, "Nobody can reset this passphrase, "), "not your administrator and not we. If it is lost, you make a new key, and a colleague gives you your cases again."),
  );
}
