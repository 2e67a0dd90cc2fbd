/** A colleague made a new key: whoever can still read their cases gives them again, after comparing fingerprints. */

import { grant } from "../crypto/index.js";
import { get, post } from "./api.js";
import { plural } from "./dates.js";
import { announce, button, fill, h } from "./dom.js";
import { fingerprintBlock } from "./key_parts.js";
import { ask, notice } from "./notice.js";
import { state } from "./state.js";
import { withStepUp } from "./stepup.js";
import { shortName } from "./words.js";

/** A box for every colleague who waits for cases that I can give; null while the key is locked or nobody waits. */
export async function regrantOffers() {
  if (state.key === null) {
    return null;
  }
  const waiting = await get("/api/regrants");
  return waiting.length > 0 ? h("div", { class: "notices" }, ...waiting.map(offer)) : null;
}

function offer(colleague) {
  const name = shortName(colleague.email);
  const label = `Give ${name} their cases again (${colleague.cases.length})`;
  const box = notice("info", h("p", {}, `${name} made a new key and cannot read ${plural(colleague.cases.length, "case")} that you can.`));
  const start = button(label, async () => {
    if (await compared(colleague, label)) {
      await giveAll(colleague, box, name);
    }
  });
  box.firstChild.append(h("div", { class: "actions" }, start));
  return box;
}

/** Ask to compare the fingerprint by voice. True once the person says that it is the same. */
export async function compared({ email, fingerprint }, label) {
  const same = h("input", { type: "checkbox" });
  const body = [
    h("p", {}, `Call ${email}, on a number that you already know. Ask them to read the eight groups of their key.`),
    fingerprintBlock(fingerprint, `The desk says that the key of ${shortName(email)} is`),
    h("label", { class: "check" }, same, "We compared all eight groups by voice. They are the same."),
  ];
  const check = () => (same.checked ? "" : "Compare the groups first. If one differs, stop and tell your administrator.");
  const actions = [{ label, value: true, kind: "primary", check }];
  return (await ask({ title: "Compare the key first", body, actions })) === true;
}

async function giveAll(colleague, box, name) {
  let given = 0;
  try {
    for (const { id, epochs } of colleague.cases) {
      const wraps = await wrapsFor(id, epochs, colleague);
      const done = await withStepUp(() => post(`/api/cases/${id}/grants`, { reader: colleague.reader, wraps }));
      if (done === null) {
        break;
      }
      given += 1;
    }
    box.className = "notice good";
    fill(box.firstChild, h("p", {}, `${name} can read ${plural(given, "case")} again.`));
  } catch (fault) {
    box.className = "notice error";
    fill(box.firstChild, h("p", {}, `${plural(given, "case")} given, then it stopped: ${fault.message}`));
  }
  announce(box.textContent);
}

/** The wraps of a case for a colleague, made from my own. */
export function wrapsFor(caseId, epochs, colleague) {
  const one = async (wrap) => ({ epoch: wrap.epoch, box: await grant(caseId, wrap, state.me.reader, state.key, colleague) });
  return Promise.all(epochs.map(one));
}
