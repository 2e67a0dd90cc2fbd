/** Boxes that say something, and the dialog that asks something. */

import { button, fill, freshId, h } from "./dom.js";

/** A message of the page. `kind` is info, good, warning or error; an error interrupts people who hear the page. */
export function notice(kind, ...content) {
  return h("div", { class: `notice ${kind}`, role: kind === "error" ? "alert" : "status" }, h("div", {}, ...content));
}

/** An empty place for notices, with `say(kind, ...content)` and `clear()`. */
export function noticePlace() {
  const place = h("div", { class: "notices" });
  return {
    element: place,
    say: (kind, ...content) => fill(place, notice(kind, ...content)),
    clear: () => fill(place),
  };
}

/**
 * Ask in a dialog. `actions` are `{label, value, kind, check}`: `check()` says what is missing, or "".
 * Resolves to the value of the action, null when the person left the dialog.
 */
export function ask({ title, body, actions }) {
  const heading = h("h2", { id: freshId() }, title);
  const missing = noticePlace();
  const dialog = h("dialog", { "aria-labelledby": heading.id, class: "dialog" });
  const { promise, resolve } = Promise.withResolvers();
  const leave = (value) => {
    resolve(value);
    dialog.close();
  };
  const choose = ({ value, check }) => {
    const fault = check?.() ?? "";
    return fault ? missing.say("error", fault) : leave(value);
  };
  const buttons = actions.map((action) => button(action.label, () => choose(action), { class: action.kind ?? "" }));
  const leaving = actions.length > 0 ? button("Go back", () => leave(null), { class: "quiet" }) : button("Close", () => leave(null));
  const row = h("div", { class: "actions" }, ...buttons, leaving);
  dialog.append(heading, h("div", { class: "dialog-body" }, ...body), missing.element, row);
  dialog.addEventListener("close", () => {
    resolve(null);
    dialog.remove();
  });
  document.body.append(dialog);
  dialog.showModal();
  return promise;
}
