/** An internal note: sealed like everything else, for colleagues alone. */

import { newestKey, sealItem } from "../crypto/index.js";
import { post } from "./api.js";
import { nextSeq } from "./case_file.js";
import { composer } from "./compose.js";
import { h } from "./dom.js";

/** The section of the note. */
export function noteForm(file) {
  const { form } = composer({
    id: "note-text",
    label: "For colleagues only. The worker never sees it.",
    rows: "3",
    language: null,
    draft: `note|${file.case}`,
    button: "Seal the note",
    send: (text) => send(file, text),
    refused: () => null,
  });
  const heading = h("h2", { id: "note" }, "Internal note");
  return h("section", { class: "card note-box", "aria-labelledby": "note" }, heading, form);
}

async function send(file, text) {
  const { epoch, public: half } = newestKey(file.publics, file.keys);
  const seq = nextSeq(file);
  const box = await sealItem(file.case, { epoch, seq, direction: "own", part: "note" }, text, half);
  return post(`/api/cases/${file.case}/notes`, { seq, epoch, box });
}
