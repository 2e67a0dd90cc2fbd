/** Single-key shortcuts. They can be switched off (WCAG 2.1.4) and are silent while somebody types. */

import { button, fill, h } from "./dom.js";
import { ask } from "./notice.js";

const OFF = "desk.shortcuts.off";
const bound = new Map();

/** Bind keys until `signal` stops them. `keys` maps a key to `{what, run}`. */
export function bind(keys, signal) {
  Object.entries(keys).forEach(([key, action]) => bound.set(key, action));
  signal.addEventListener("abort", () => {
    Object.entries(keys).forEach(([key, action]) => bound.get(key) === action && bound.delete(key));
  });
}

/** Listen. Called once. */
export function listen() {
  bound.set("?", { what: "This list", run: help });
  document.addEventListener("keydown", (event) => {
    const action = bound.get(event.key);
    if (action && heard(event)) {
      event.preventDefault();
      action.run();
    }
  });
}

/** Show which keys do what on this screen. */
export function help() {
  const rows = [...bound].map(([key, { what }]) => h("tr", {}, h("td", {}, h("kbd", {}, key)), h("td", {}, what)));
  const head = h("tr", {}, h("th", { scope: "col" }, "Key"), h("th", { scope: "col" }, "Does"));
  const table = h("table", { class: "keys" }, h("thead", {}, head), h("tbody", {}, ...rows));
  const body = [h("p", {}, "Enter opens what has the focus. Shortcuts are silent while you type."), table, onOff()];
  return ask({ title: "Keyboard shortcuts", body, actions: [] });
}

function onOff() {
  const place = h("p", { class: "actions", "aria-live": "polite" });
  const draw = () => {
    const off = isOff();
    const change = () => {
      off ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1");
      draw();
      place.querySelector("button").focus();
    };
    const label = off ? "Switch shortcuts on" : "Switch shortcuts off";
    fill(place, h("span", {}, off ? "Shortcuts are off." : "Shortcuts are on."), button(label, change));
  };
  draw();
  return place;
}

function heard(event) {
  const typing = event.target.closest?.("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");
  const chord = event.ctrlKey || event.metaKey || event.altKey;
  return !typing && !chord && !isOff() && document.querySelector("dialog[open]") === null;
}

function isOff() {
  return localStorage.getItem(OFF) === "1";
}
