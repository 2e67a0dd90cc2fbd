/** The reply: sealed in the page for the sender, with a copy for the case. The phone never gets the words unasked. */

import { newestKey, sealItem, sealReply } from "../crypto/index.js";
import { get, post } from "./api.js";
import { CANNED, CANNED_NAMES } from "./canned.js";
import { nextSeq } from "./case_file.js";
import { composer } from "./compose.js";
import { plural } from "./dates.js";
import { button, fill, h, select } from "./dom.js";
import { notice } from "./notice.js";
import { plain } from "./plain.js";
import { measure } from "./segments.js";
import { languageName } from "./words.js";

const LONGEST = 1600;
const SENT = "The phone gets only: “You have 1 message. Send your code.”, and that only if the worker allowed it. The reply waits, sealed, for the code.";
const GONE = "This worker cannot be reached any more: they sent STOP, asked for erasure, their contact has expired, or the report was taken by phone or in person.";
const INSTEAD = "Write an internal note instead. If the worker writes again, this box opens by itself.";

/** The section of the reply. */
export function replyForm(file) {
  const heading = h("h2", { id: "reply" }, "Reply to the worker");
  const body = file.reachable ? writing(file) : notice("warning", h("p", {}, GONE), h("p", {}, INSTEAD));
  return h("section", { class: "card reply-box", "aria-labelledby": "reply" }, heading, body);
}

function writing(file) {
  const name = languageName(file.language);
  const meter = h("div", { class: "meter" });
  const ready = h("div", { class: "canned" });
  const made = composer({
    id: "reply-text",
    label: `Your reply, in ${name}`,
    rows: "5",
    language: file.language,
    draft: `reply|${file.case}`,
    extra: { above: ready, below: meter },
    button: "Seal and leave it",
    hint: SENT,
    send: (text) => send(file, text),
    refused: (fault) => (fault.status === 410 ? [`${GONE} ${INSTEAD} Your text is kept in this box.`] : null),
  });
  fill(ready, ...canned(file.language, made.area));
  const count = () => fill(meter, ...measured(made.area));
  made.area.addEventListener("input", count);
  count();
  return made.form;
}

async function send(file, text) {
  const size = measure(text);
  if (size.characters > LONGEST) {
    throw new Error(`This is too long: at most ${LONGEST} characters leave in one reply. Send it in two.`);
  }
  const { epoch, public: half } = newestKey(file.publics, file.keys);
  const seq = nextSeq(file);
  const key = await get("/api/reply-key");
  const box = await sealReply(key, text);
  const copy = await sealItem(file.case, { epoch, seq, direction: "out", part: "reply" }, text, half);
  return post(`/api/cases/${file.case}/replies`, { key: key.id, box, segments: size.segments, copy: { seq, epoch, box: copy } });
}

function measured(area) {
  const size = measure(area.value);
  const line = `${plural(size.characters, "character")}, ${plural(size.segments, "text message")} (${size.encoding})`;
  const parts = [h("p", { "aria-live": "polite" }, line)];
  const folded = plain(area.value);
  const cheaper = measure(folded);
  if (size.rare.length > 0 && cheaper.segments < size.segments) {
    const use = () => {
      area.value = folded;
      area.dispatchEvent(new Event("input", { bubbles: true }));
      area.focus();
    };
    const why = `${size.rare.slice(0, 6).join(" ")} make a text hold only 70 characters.`;
    parts.push(h("p", {}, why, " ", button(`Write them plainly: ${plural(cheaper.segments, "text message")}`, use, { class: "small" })));
  }
  return parts;
}

function canned(language, area) {
  const texts = CANNED[language];
  if (texts === undefined) {
    return [];
  }
  const options = Object.keys(texts).map((name) => [name, CANNED_NAMES[name]]);
  const choice = select([["", "Choose a ready text"], ...options], "", { "aria-label": "Ready text" });
  const insert = button("Put it in", () => {
    if (choice.value) {
      area.value = [area.value.trim(), texts[choice.value]].filter(Boolean).join("\n");
      area.dispatchEvent(new Event("input", { bubbles: true }));
      area.focus();
    }
  });
  return [choice, insert, h("p", { class: "hint" }, "Ready texts are drafts that no native speaker has checked. Read and change them.")];
}
