/** Grants, exports and a new key need a fresh sign-in. It happens in another tab: leaving this page would forget the key. */

import { STEP_UP } from "./api.js";
import { h } from "./dom.js";
import { ask } from "./notice.js";

/** Do `action`; when the server wants a fresh sign-in first, ask for it and try again. Null when given up. */
export async function withStepUp(action) {
  for (;;) {
    try {
      return await action();
    } catch (fault) {
      if (fault.code !== STEP_UP) {
        throw fault;
      }
    }
    if ((await signInAgain()) === null) {
      return null;
    }
  }
}

function signInAgain() {
  const link = h("a", { href: "/verify?next=/account", target: "_blank", rel: "noopener", class: "button" }, "Sign in again");
  const body = [
    h("p", {}, "For this the desk wants to be sure that it is you. The sign-in opens in a new tab; your key stays unlocked here."),
    h("p", {}, link),
  ];
  const actions = [{ label: "I have signed in: go on", value: "again", kind: "primary" }];
  return ask({ title: "Sign in again first", body, actions });
}
