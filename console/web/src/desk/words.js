/** Codes of the desk in the words of caseworkers. Codes of facts are in facts.js. */

const NAMES = new Intl.DisplayNames(["en"], { type: "language" });
const CALLED = { tl: "Tagalog" };

export const URGENCY = { 1: "Today", 2: "This week", 3: "In turn" };

export const STATUS = {
  received: "Received",
  accepted: "Accepted",
  declined: "Declined",
  closed: "Closed",
  withdrawn: "Withdrawn",
};

/** What each status tells the worker who asks with the code. */
export const STATUS_MEANS = {
  received: "We have it. Nobody has decided yet.",
  accepted: "We are working on it.",
  declined: "We cannot take it. Write where else to ask.",
  closed: "It is finished.",
  withdrawn: "The worker took it back.",
};

export const REPLY_STATE = {
  waiting: "Waiting for the worker's code",
  released: "Collected by the worker",
  taken_back: "Taken back before it was collected",
};

/** Which status may follow which (intake/desk/writing.py); received and accepted may also get a new promise. */
export const NEXT = {
  received: ["accepted", "declined"],
  accepted: ["closed"],
  declined: ["closed"],
  closed: ["accepted"],
  withdrawn: [],
};
export const PROMISING = ["received", "accepted"];

const LOGGED = {
  "case.filed": "filed the report",
  "case.parties": "saw the party names",
  "case.checked": "answered the conflict check",
  "case.read": "opened the case",
  "case.noted": "wrote an internal note",
  "case.replied": "left a reply",
  "case.reply_taken_back": "took a reply back",
  "case.status": "changed the status or promise",
  "case.assigned": "changed who answers for it",
  "case.granted": "gave a colleague access",
  "case.exported": "made a file of the case",
  "case.epoch": "renewed the key of the case",
};

/** An action of the log in words; an unknown one stays visible under its own name. */
export function logged(action) {
  return LOGGED[action] ?? action;
}

/** "Haitian Creole" for `ht`. */
export function languageName(code) {
  return CALLED[code] ?? NAMES.of(code) ?? code;
}

/** The part of an address before the @: enough to tell colleagues apart in a list. */
export function shortName(email) {
  return email.split("@")[0];
}
