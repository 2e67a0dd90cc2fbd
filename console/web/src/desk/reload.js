/** After a change of a case: open it again, and leave the focus where the person was working. */

import { show } from "./router.js";

/** Show the present screen anew without moving the page; then focus what `selector` finds. */
export async function reload(selector) {
  await show({ focus: false, top: false });
  const found = document.querySelector(selector);
  if (found !== null && !found.matches("a, button, input, select, textarea, [tabindex]")) {
    found.setAttribute("tabindex", "-1");
  }
  found?.focus();
}
