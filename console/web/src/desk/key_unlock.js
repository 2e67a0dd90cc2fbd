/** Unlock with the passphrase, and load a key file that was made elsewhere. */

import { openKeyFile } from "../crypto/index.js";
import { put } from "./api.js";
import { field, h } from "./dom.js";
import { behindBar, passphraseInput } from "./key_parts.js";
import { noticePlace } from "./notice.js";
import { heading, show } from "./router.js";
import { state, unlock } from "./state.js";
import { withStepUp } from "./stepup.js";

const SAY = {
  wrong_passphrase:
    "This passphrase does not open your key. Check capital letters and the keyboard language, and show what you type. Nothing is locked: try as often as you need.",
};

/** A screen that needs the unlocked key: while there is none, it asks for the passphrase in its place. */
export function gated(screen) {
  return (context) => (state.key === null ? unlockScreen() : screen(context));
}

/** The form for the key file that the server keeps. `onDone()` comes after the key is unlocked. */
export function unlockForm(onDone) {
  return passphraseForm("Unlock", () => state.me.key.file, onDone);
}

/** The form for a key file from this computer. It may be kept on the server, which cannot open it. */
export function loadForm(onDone) {
  const chosen = h("input", { type: "file", accept: ".json,application/json,text/plain", required: true });
  const hint = "The file that `amparo keys new` wrote, or the back-up that you saved here.";
  const read = async () => (await chosen.files[0].text()).trim() + "\n";
  return passphraseForm("Load and unlock", read, onDone, field("Key file", chosen, hint), register);
}

function unlockScreen() {
  const { file } = state.me.key;
  const form = file
    ? unlockForm(show)
    : h("p", {}, h("a", { href: "/key", class: "button primary" }, "Set up your key"));
  const text = file
    ? "What workers write opens only in this page, with your passphrase."
    : "You have no key here yet. Without it nothing that workers write can be opened.";
  const element = h("div", { class: "sheet narrow" }, heading("Unlock your key"), h("p", {}, text), form);
  return { title: "Unlock your key", element };
}

function passphraseForm(label, read, onDone, before = null, opened = null) {
  const { input, toggle } = passphraseInput("current-password");
  const place = noticePlace();
  const submit = h("button", { type: "submit", class: "primary" }, label);
  const row = h("div", { class: "actions" }, submit, toggle);
  const form = h("form", { class: "stack" }, before, field("Passphrase of your key", input), place.element, row);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    submit.disabled = true;
    try {
      const file = await read();
      const key = await behindBar(place, "Unlocking. This takes a second or two.", () => openKeyFile(file, input.value));
      await opened?.(file);
      unlock(key);
      onDone();
    } catch (fault) {
      place.say("error", SAY[fault.code] ?? `${fault.message}.`);
      input.select();
    } finally {
      submit.disabled = false;
    }
  });
  return form;
}

/** Keep a loaded file on the server, unless that has one already or knows another key. */
async function register(file) {
  const { public: known, file: kept } = state.me.key;
  const mine = JSON.parse(file).public;
  if (known && known !== mine) {
    throw new Error("This is another key than the one your team knows you by. Load the file of that key");
  }
  if (!kept) {
    const me = await withStepUp(() => put("/api/key", { file, public: mine }));
    if (me === null) {
      throw new Error("The key file was not kept: it needs a fresh sign-in");
    }
    state.me = me;
  }
}
