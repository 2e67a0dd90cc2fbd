/** Sealing a report in the page: a fresh pair for the case, every text to it, the receipt to the hour. */

import { makeCase, newReceipt, sealItem, sealReceipt } from "../crypto/index.js";
import { get, post } from "./api.js";
import { factsFrom, QUESTIONS } from "./report_questions.js";

const OTHER_TEAM = "other_team";
const FIRST_EPOCH = 1;

/** Who a report would be sealed to: `{team, readers}`. */
export function readersOf(team = "") {
  return get(`/api/readers?team=${encodeURIComponent(team)}`);
}

/** File a report. Gives `{alias, id, receipt}`; the receipt is nowhere else. */
export async function file(answers, team = "") {
  const sealed = await sealReport(answers, await readersOf(team));
  try {
    const filed = await post("/api/reports", sealed.body);
    return { ...filed, receipt: sealed.receipt };
  } catch (fault) {
    if (fault.code === OTHER_TEAM && !team) {
      return file(answers, fault.answer.team);
    }
    throw fault;
  }
}

async function sealReport(answers, { team, readers }) {
  const id = crypto.randomUUID();
  const receipt = newReceipt();
  const { public: half, wraps } = await makeCase(id, readers);
  const facts = factsFrom(answers);
  const hour = await get("/api/hour");
  const body = {
    case_id: id,
    public: half,
    team,
    language: answers.language,
    state: answers.state || null,
    facts,
    wraps,
    items: await sealItems(id, half, answers, facts),
    receipt: await sealReceipt(hour, id, receipt),
  };
  return { body, receipt };
}

function sealItems(id, half, answers, facts) {
  const told = QUESTIONS.filter(({ part }) => part && answers[part]).map(({ part }) => [part, answers[part]]);
  const texts = [...told, ["facts", JSON.stringify(facts)]];
  const one = async ([part, text], at) => {
    const seq = at + 1;
    return { seq, part, box: await sealItem(id, { epoch: FIRST_EPOCH, seq, direction: "in", part }, text, half) };
  };
  return Promise.all(texts.map(one));
}
