/** What a reply and a note share: a text area whose words are kept sealed, and sending that never loses them. */

import { h } from "./dom.js";
import { forget, keepWhileTyping, restore } from "./drafts.js";
import { noticePlace } from "./notice.js";
import { reload } from "./reload.js";

const WROTE_FIRST = "somebody wrote first";

/**
 * A form around a text area. `send(text)` posts it; `extra` stands between area and button.
 * After sending the case is shown anew; when somebody wrote first too, with the words still in the field.
 */
export function composer({ id, label, rows, language, draft, extra, button: name, hint, send, refused }) {
  const area = h("textarea", { id, rows, lang: language, dir: "auto", required: true });
  const place = noticePlace();
  const submit = h("button", { type: "submit", class: "primary" }, name);
  const said = hint && h("p", { class: "hint", id: `${id}-said` }, hint);
  if (said) {
    submit.setAttribute("aria-describedby", said.id);
  }
  const keep = keepWhileTyping(area, draft, () => area.value);
  const parts = [extra?.above, h("label", { for: id }, label), area, extra?.below, place.element];
  const form = h("form", { class: "stack" }, ...parts, h("div", { class: "actions" }, submit, said));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    submit.disabled = true;
    await keep();
    await deliver().catch((fault) => (refused(fault) ?? [fault.message]).forEach((text) => place.say("error", text)));
    submit.disabled = false;
  });
  async function deliver() {
    try {
      await send(area.value);
    } catch (fault) {
      if (fault.code !== WROTE_FIRST) {
        throw fault;
      }
      await reload(`#${id}`);
      document.querySelector(`#${id}`)?.dispatchEvent(new CustomEvent("desk:wrote-first"));
      return;
    }
    forget(draft);
    area.value = "";
    await reload(".timeline > li:last-child");
  }
  area.addEventListener("desk:wrote-first", () => {
    place.say("warning", "Somebody wrote first. The new lines are above; your text is still here. Read them, then send again.");
  });
  restore(draft).then((text) => {
    if (text && !area.value) {
      area.value = text;
      area.dispatchEvent(new Event("input"));
    }
  });
  return { form, area };
}
