/** The lock in the header, and the countdown of the last idle minute. */

import { announce, button, fill, h } from "./dom.js";
import { lock, secondsLeft, state, touch } from "./state.js";

const SIGNS_OF_LIFE = ["pointerdown", "keydown", "wheel", "touchstart"];

/** Show in the header whether the key is unlocked; count the last minute down. */
export function keepKeyStatus() {
  const place = h("div", { class: "key-status" });
  const countdown = h("div", { class: "countdown", hidden: true });
  document.querySelector("header").append(place);
  document.body.append(countdown);
  for (const event of ["desk:unlocked", "desk:locked"]) {
    document.addEventListener(event, () => draw(place));
  }
  for (const sign of SIGNS_OF_LIFE) {
    document.addEventListener(sign, touch, { passive: true, capture: true });
  }
  setInterval(() => count(countdown), 1_000);
  draw(place);
}

function draw(place) {
  if (state.key === null) {
    fill(place, h("a", { href: "/key", class: "lock" }, "Key locked"));
  } else {
    fill(place, h("a", { href: "/key", class: "lock open" }, "Key unlocked"), button("Lock", lock, { class: "small" }));
  }
}

function count(place) {
  const left = secondsLeft();
  place.hidden = left === null;
  if (left === null) {
    place.replaceChildren();
    return;
  }
  if (place.childElementCount === 0) {
    fill(place, h("p", {}), button("Stay unlocked", touch, { class: "primary" }));
  }
  fill(place.firstChild, `You have been away. The key locks in ${left} seconds.`);
  if (left === 60 || left === 15) {
    announce(`The key locks in ${left} seconds. Press any key to stay unlocked.`);
  }
}
