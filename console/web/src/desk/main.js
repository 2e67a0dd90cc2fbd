/** The desk: one page whose address decides the screen. */

import { get } from "./api.js";
import { caseScreen } from "./case.js";
import { announce, fill, h } from "./dom.js";
import { flush } from "./drafts.js";
import { keyScreen } from "./key.js";
import { keepKeyStatus } from "./key_status.js";
import { gated } from "./key_unlock.js";
import { ask, notice } from "./notice.js";
import { queueScreen } from "./queue.js";
import { reportScreen } from "./report.js";
import { show, start } from "./router.js";
import { bind, listen } from "./shortcuts.js";
import { lock, state } from "./state.js";

const ROUTES = [
  { pattern: /^\/(queue)?$/, screen: queueScreen },
  { pattern: /^\/cases\/(?<id>[0-9a-f-]{36})$/, screen: gated(caseScreen) },
  { pattern: /^\/reports\/new$/, screen: gated(reportScreen) },
  { pattern: /^\/key$/, screen: keyScreen },
];

async function begin() {
  document.addEventListener("desk:signed-out", signedOut);
  try {
    state.me = await get("/api/me");
  } catch (fault) {
    fill(document.getElementById("desk"), notice("error", fault.message));
    return;
  }
  keepKeyStatus();
  listen();
  bind({ g: { what: "Go to the queue", run: () => document.querySelector('header a[href="/queue"]').click() } }, new AbortController().signal);
  document.addEventListener("desk:locked", relock);
  await start(ROUTES);
}

/** The key is gone: what it had opened leaves the page at once. */
async function relock() {
  document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
  await show();
  announce("Your key is locked. What you were writing is kept sealed in this tab.");
}

/** Whoever was signed out, perhaps because their access ended, keeps no open case on the screen: the key goes first. */
async function signedOut() {
  if (signedOut.asking) {
    return;
  }
  signedOut.asking = true;
  await flush();
  lock();
  await asked();
  signedOut.asking = false;
}

async function asked() {
  const here = encodeURIComponent(location.pathname + location.search);
  const text = "Your session ended. What you were writing is kept sealed in this tab: it comes back when you have signed in and unlocked your key.";
  const answer = await ask({
    title: "Sign in again",
    body: [h("p", {}, text)],
    actions: [{ label: "Sign in", value: "go", kind: "primary" }],
  });
  if (answer === "go") {
    location.assign(`/login?next=${here}`);
  }
}

begin();
