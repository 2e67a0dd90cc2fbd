/** One case: the conflict check first, then everything. */

import { makeCase } from "../crypto/index.js";
import { post } from "./api.js";
import { conflictView } from "./case_conflict.js";
import { newest, openFile } from "./case_file.js";
import { caseView } from "./case_view.js";
import { button, h } from "./dom.js";
import { watch } from "./live.js";
import { noticePlace } from "./notice.js";
import { show } from "./router.js";
import { bind } from "./shortcuts.js";

const CHECK_FIRST = "check_first";

/** /cases/<id> */
export async function caseScreen({ params: { id }, signal }) {
  const answer = await post(`/api/cases/${id}/open`).catch((fault) => {
    if (fault.code !== CHECK_FIRST) {
      throw fault;
    }
    return null;
  });
  if (answer === null) {
    return conflictView(await openFile(await post(`/api/cases/${id}/parties`)));
  }
  const file = await openFile(await inNewEpoch(id, answer));
  const news = noticePlace();
  watch(answer.mark, signal, () => tell(news), id);
  const view = caseView(file, news.element);
  bind(keysOf(view.element), signal);
  return view;
}

/** Somebody who could read this case left: begin a key that they never had, then open it again. */
async function inNewEpoch(id, answer) {
  if (answer.epoch_for.length === 0) {
    return answer;
  }
  const epoch = newest(answer).epoch + 1;
  const { public: half, wraps } = await makeCase(id, answer.epoch_for, epoch);
  await post(`/api/cases/${id}/epochs`, { epoch, public: half, wraps });
  return post(`/api/cases/${id}/open`);
}

function tell(news) {
  const again = button("Show it", () => show({ focus: true }), { class: "small" });
  news.say("info", h("p", {}, "Something changed in this case. ", again));
}

function keysOf(element) {
  const to = (selector) => () => element.querySelector(selector)?.focus();
  return {
    r: { what: "Write a reply", run: to("#reply-text") },
    n: { what: "Write an internal note", run: to("#note-text") },
  };
}
