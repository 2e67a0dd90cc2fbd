// src/desk/state.js
import { Holder } from "./crypto.js";
var IDLE_MINUTES = 15;
var IDLE = IDLE_MINUTES * 6e4;
var WARNING = 6e4;
var touched = 0;
var holder = new Holder(() => document.dispatchEvent(new Event("desk:locked")), IDLE_MINUTES);
var state = {
  /** The answer of /api/me. */
  me: null,
  /** The unlocked key, or null. */
  get key() {
    return holder.key;
  }
};
function unlock(key) {
  holder.hold(key);
  touched = Date.now();
  document.dispatchEvent(new Event("desk:unlocked"));
}
function lock() {
  holder.drop();
}
function touch() {
  holder.touch();
  touched = Date.now();
}
function secondsLeft() {
  const left = touched + IDLE - Date.now();
  return holder.key !== null && left <= WARNING ? Math.max(0, Math.ceil(left / 1e3)) : null;
}

// src/desk/api.js
var STEP_UP = "step_up";
var GENERAL = {
  0: "The desk cannot be reached. Check the connection and try again.",
  401: "You were signed out. Sign in again.",
  404: "This is not here, or not yours to see.",
  429: "Too many tries. Wait a minute."
};
var ApiFault = class extends Error {
  constructor(status, answer) {
    super(answer.say ?? GENERAL[status] ?? "That did not work. Try again; if it stays so, tell your administrator.");
    this.status = status;
    this.code = answer.error ?? "";
    this.answer = answer;
  }
};
function get(path) {
  return call("GET", path);
}
function post(path, body = {}) {
  return call("POST", path, body);
}
function put(path, body) {
  return call("PUT", path, body);
}
async function call(method, path, body) {
  const response = await fetch(path, options(method, body)).catch(() => null);
  if (response === null) {
    throw new ApiFault(0, {});
  }
  if (response.status === 304) {
    return null;
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw refused(response.status, answer);
  }
  return answer;
}
function options(method, body) {
  const headers = { Accept: "application/json" };
  if (body === void 0) {
    return { method, headers, redirect: "error" };
  }
  headers["Content-Type"] = "application/json";
  headers["X-CSRFToken"] = state.me?.csrf ?? "";
  return { method, headers, body: JSON.stringify(body), redirect: "error" };
}
function refused(status, answer) {
  const fault = new ApiFault(status, answer);
  if (status === 401 && fault.code !== STEP_UP) {
    document.dispatchEvent(new Event("desk:signed-out"));
  }
  return fault;
}

// src/desk/case.js
import { makeCase } from "./crypto.js";

// src/desk/case_file.js
import { openCase, openItem } from "./crypto.js";
var FACTS = "facts";
var AUTHORED = { "case.noted": "note", "case.replied": "reply" };
async function openFile(answer) {
  const keys = await openCase(answer, state.key);
  const items = await Promise.all(answer.items.map((item) => openOne(answer.case, item, keys)));
  return { ...answer, items: items.sort((one, other2) => one.seq - other2.seq), keys };
}
function factsOf(file2) {
  const found = file2.items.findLast((item) => item.part === FACTS && !item.failed);
  return found ? JSON.parse(found.text) : {};
}
function textsOf(file2, part) {
  return file2.items.filter((item) => item.part === part).map((item) => item.text ?? "(could not be opened)");
}
function damaged(file2) {
  return file2.items.filter((item) => item.failed);
}
function newest(file2) {
  const epoch = Math.max(...Object.keys(file2.publics).map(Number));
  return { epoch, public: file2.publics[epoch] };
}
function nextSeq(file2) {
  return 1 + Math.max(0, ...file2.items.map((item) => item.seq));
}
function authors(file2) {
  const known = /* @__PURE__ */ new Map();
  for (const [action, part] of Object.entries(AUTHORED)) {
    const written = file2.items.filter((item) => item.part === part).reverse();
    const logged2 = file2.log.filter((entry) => entry.action === action);
    written.forEach((item, at) => known.set(item.seq, logged2[at]?.email ?? null));
  }
  return known;
}
async function openOne(id, item, keys) {
  const { seq, direction, part, epoch } = item;
  try {
    return { seq, direction, part, epoch, ...await openItem(id, item, keys) };
  } catch {
    return { seq, direction, part, epoch, at: null, failed: true };
  }
}

// src/desk/dom.js
function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name2, value] of Object.entries(attributes)) {
    if (name2 === "on") {
      Object.entries(value).forEach(([event, listener]) => element.addEventListener(event, listener));
    } else if (value !== false && value !== null && value !== void 0) {
      element.setAttribute(name2, value === true ? "" : value);
    }
  }
  element.append(...kept(children));
  return element;
}
function fill(element, ...children) {
  element.replaceChildren(...kept(children));
  return element;
}
function button(label, onClick, attributes = {}) {
  return h("button", { type: "button", ...attributes, on: { click: onClick } }, label);
}
function field(label, control, hint = null) {
  const id = control.id ||= freshId();
  const note = hint && h("p", { class: "hint", id: `${id}-hint` }, hint);
  if (note) {
    control.setAttribute("aria-describedby", note.id);
  }
  return h("div", { class: "field" }, h("label", { for: id }, label), note, control);
}
function select(options2, chosen, attributes = {}) {
  const made = options2.map(([value, label]) => h("option", { value, selected: value === chosen }, label));
  return h("select", attributes, ...made);
}
function freshId() {
  freshId.last = (freshId.last ?? 0) + 1;
  return `f${freshId.last}`;
}
function announce(text) {
  fill(document.getElementById("announcer"), text);
}
function painted() {
  return new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
}
function download(name2, content, type) {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = h("a", { href: url, download: name2 });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1e3);
}
function kept(children) {
  return children.flat().filter((child) => child !== null && child !== void 0 && child !== false);
}

// src/desk/notice.js
function notice(kind, ...content) {
  return h("div", { class: `notice ${kind}`, role: kind === "error" ? "alert" : "status" }, h("div", {}, ...content));
}
function noticePlace() {
  const place2 = h("div", { class: "notices" });
  return {
    element: place2,
    say: (kind, ...content) => fill(place2, notice(kind, ...content)),
    clear: () => fill(place2)
  };
}
function ask({ title, body, actions }) {
  const heading2 = h("h2", { id: freshId() }, title);
  const missing2 = noticePlace();
  const dialog = h("dialog", { "aria-labelledby": heading2.id, class: "dialog" });
  const { promise, resolve } = Promise.withResolvers();
  const leave = (value) => {
    resolve(value);
    dialog.close();
  };
  const choose = ({ value, check }) => {
    const fault = check?.() ?? "";
    return fault ? missing2.say("error", fault) : leave(value);
  };
  const buttons = actions.map((action) => button(action.label, () => choose(action), { class: action.kind ?? "" }));
  const leaving2 = actions.length > 0 ? button("Go back", () => leave(null), { class: "quiet" }) : button("Close", () => leave(null));
  const row2 = h("div", { class: "actions" }, ...buttons, leaving2);
  dialog.append(heading2, h("div", { class: "dialog-body" }, ...body), missing2.element, row2);
  dialog.addEventListener("close", () => {
    resolve(null);
    dialog.remove();
  });
  document.body.append(dialog);
  dialog.showModal();
  return promise;
}

// src/desk/drafts.js
import { openDraft, sealDraft } from "./crypto.js";
var PAUSE = 400;
var turns = /* @__PURE__ */ new Map();
var fields = /* @__PURE__ */ new Map();
function keepWhileTyping(element, label, read) {
  let timer = null;
  const now = () => {
    clearTimeout(timer);
    return keep(label, read());
  };
  element.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(now, PAUSE);
  });
  element.addEventListener("focusout", now);
  fields.set(element, now);
  return now;
}
async function flush() {
  const waiting = [...fields].filter(([element]) => element.isConnected).map(([, now]) => now());
  fields.clear();
  await Promise.all(waiting);
}
async function keep(label, text) {
  const turn = (turns.get(label) ?? 0) + 1;
  turns.set(label, turn);
  if (!text) {
    return forget(label);
  }
  if (state.key !== null) {
    const box = await sealDraft(state.key, label, text);
    if (turn === turns.get(label)) {
      sessionStorage.setItem(place(label), box);
    }
  }
}
async function restore(label) {
  const box = sessionStorage.getItem(place(label));
  return box === null ? "" : openDraft(state.key, label, box).catch(() => "");
}
function forget(label) {
  turns.delete(label);
  sessionStorage.removeItem(place(label));
}
function place(label) {
  return `draft|${state.me.reader}|${label}`;
}

// src/desk/router.js
var routes = [];
var leaving = new AbortController();
function start(table) {
  routes = table;
  window.addEventListener("popstate", () => show());
  document.addEventListener("click", follow);
  return show({ focus: false });
}
function navigate(path) {
  document.querySelectorAll("main > .notice").forEach((flash) => flash.remove());
  history.pushState(null, "", path);
  return show();
}
async function show({ focus = true, top = true } = {}) {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  await flush();
  const place2 = document.getElementById("desk");
  place2.setAttribute("aria-busy", "true");
  const view = await built(signal);
  if (signal.aborted) {
    return;
  }
  document.title = `${view.title} · Amparo`;
  place2.removeAttribute("aria-busy");
  fill(place2, view.element);
  markCurrent();
  if (top) {
    window.scrollTo(0, 0);
  }
  if (focus) {
    place2.querySelector("h1")?.focus();
  }
}
function heading(...content) {
  return h("h1", { tabindex: "-1" }, ...content);
}
async function built(signal) {
  const found = match(location.pathname);
  if (found === null) {
    return { title: "Not here", element: h("div", {}, heading("This page is not here"), back()) };
  }
  try {
    return await found.screen({ params: found.params, query: new URLSearchParams(location.search), signal });
  } catch (fault) {
    const element = h("div", {}, heading("This cannot be shown"), notice("error", fault.message), back());
    return { title: "Not shown", element };
  }
}
function match(path) {
  for (const { pattern, screen } of routes) {
    const found = pattern.exec(path);
    if (found !== null) {
      return { screen, params: found.groups ?? {} };
    }
  }
  return null;
}
function follow(event) {
  const link = event.target.closest?.("a[href]");
  const plain2 = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (!link || !plain2 || link.target || link.origin !== location.origin || link.hasAttribute("download")) {
    return;
  }
  if (link.hash === "" && match(link.pathname) !== null) {
    event.preventDefault();
    navigate(link.pathname + link.search);
  }
}
function markCurrent() {
  for (const link of document.querySelectorAll("header nav a")) {
    const here = link.pathname === location.pathname;
    here ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current");
  }
}
function back() {
  return h("p", {}, h("a", { href: "/queue" }, "Go to the queue"));
}

// src/desk/words.js
var NAMES = new Intl.DisplayNames(["en"], { type: "language" });
var CALLED = { tl: "Tagalog" };
var URGENCY = { 1: "Today", 2: "This week", 3: "In turn" };
var STATUS = {
  received: "Received",
  accepted: "Accepted",
  declined: "Declined",
  closed: "Closed",
  withdrawn: "Withdrawn"
};
var STATUS_MEANS = {
  received: "We have it. Nobody has decided yet.",
  accepted: "We are working on it.",
  declined: "We cannot take it. Write where else to ask.",
  closed: "It is finished.",
  withdrawn: "The worker took it back."
};
var REPLY_STATE = {
  waiting: "Waiting for the worker's code",
  released: "Collected by the worker",
  taken_back: "Taken back before it was collected"
};
var NEXT = {
  received: ["accepted", "declined"],
  accepted: ["closed"],
  declined: ["closed"],
  closed: ["accepted"],
  withdrawn: []
};
var PROMISING = ["received", "accepted"];
var LOGGED = {
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
  "case.epoch": "renewed the key of the case"
};
function logged(action) {
  return LOGGED[action] ?? action;
}
function languageName(code) {
  return CALLED[code] ?? NAMES.of(code) ?? code;
}
function shortName(email) {
  return email.split("@")[0];
}

// src/desk/case_conflict.js
var NAMES2 = { employer: "Employer or boss", place: "Place" };
var TIES = "Family, friends, a client, a landlord, an employer of yours or of someone on your team, a case against you: all of these are ties.";
function conflictView(file2) {
  const place2 = noticePlace();
  const send3 = async (conflict) => {
    try {
      await post(`/api/cases/${file2.case}/check`, { conflict });
      await (conflict ? navigate("/queue") : show());
    } catch (fault) {
      place2.say("error", fault.message);
    }
  };
  const element = h(
    "div",
    { class: "sheet narrow conflict" },
    h("p", { class: "crumb" }, h("a", { href: "/queue" }, "Queue")),
    heading(file2.alias, h("span", { class: "after" }, " Conflict check")),
    h("p", {}, "You see only the names. The story stays closed until you have answered."),
    names(file2),
    h("h2", {}, "Do you or your team have a tie to these people?"),
    h("p", { class: "hint" }, TIES),
    place2.element,
    h(
      "div",
      { class: "actions" },
      button("No, open the case", () => send3(false), { class: "primary" }),
      button("Yes, I have a conflict", async () => await sure(file2) && send3(true), { class: "danger" })
    ),
    h("p", { class: "hint" }, "Your answer is kept in the log, with your name and the time.")
  );
  return { title: `${file2.alias}: conflict check`, element };
}
function names(file2) {
  const rows2 = Object.entries(NAMES2).flatMap(([part, label]) => {
    const texts = textsOf(file2, part);
    const shown2 = texts.length > 0 ? texts.map((text) => h("bdi", { lang: file2.language }, text)) : [h("span", { class: "none" }, "Not given")];
    return [h("dt", {}, label), h("dd", {}, ...shown2.map((text) => h("p", {}, text)))];
  });
  return h("dl", { class: "facts names", "aria-label": `Names, told in ${languageName(file2.language)}` }, ...rows2);
}
async function sure(file2) {
  const body = [h("p", {}, `You will not be able to open ${file2.alias} any more, and only colleagues without a tie can. Nobody is told the reason.`)];
  const actions = [{ label: "I have a conflict: close it to me", value: true, kind: "danger" }];
  return await ask({ title: "Close this case to you?", body, actions }) === true;
}

// src/desk/dates.js
var DAY = 864e5;
var MANY_DAYS = 365;
var SHORT = { day: "numeric", month: "short" };
var MOMENT = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };
function daysTo(day) {
  const now = /* @__PURE__ */ new Date();
  return Math.round((Date.parse(day) - Date.UTC(now.getFullYear(), now.getMonth(), now.getDate())) / DAY);
}
function age(day) {
  const days = -daysTo(day);
  return days <= 0 ? "today" : plural(days, "day");
}
function daysLeft(day) {
  const days = daysTo(day);
  if (days === 0) {
    return "today";
  }
  return days > 0 ? `in ${span(days)}` : `${plural(-days, "day")} ago`;
}
function shown(day) {
  const date = /* @__PURE__ */ new Date(`${day.slice(0, 10)}T12:00:00`);
  const year = date.getFullYear() === (/* @__PURE__ */ new Date()).getFullYear() ? {} : { year: "numeric" };
  return date.toLocaleDateString("en-GB", { ...SHORT, ...year });
}
function moment(date) {
  const at = new Date(date);
  const year = at.getFullYear() === (/* @__PURE__ */ new Date()).getFullYear() ? {} : { year: "numeric" };
  return at.toLocaleString("en-GB", { ...MOMENT, ...year });
}
function dayFromNow(days) {
  const date = new Date(Date.now() + days * DAY);
  return [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
}
function plural(count3, word) {
  return `${count3} ${word}${count3 === 1 ? "" : "s"}`;
}
function span(days) {
  if (days <= MANY_DAYS) {
    return plural(days, "day");
  }
  const months = Math.floor(days / 30.44);
  return months < 24 ? plural(months, "month") : plural(Math.floor(days / 365.25), "year");
}
function two(value) {
  return String(value).padStart(2, "0");
}

// src/desk/regrants.js
import { grant } from "./crypto.js";

// src/desk/key_parts.js
function fingerprintBlock(fingerprint2, label = "Fingerprint of your key") {
  const groups = fingerprint2.split("-").map((group) => h("span", {}, group));
  return h("figure", { class: "fingerprint" }, h("figcaption", {}, label), h("p", { class: "groups" }, ...groups));
}
function passphraseInput(autocomplete) {
  const input = h("input", { type: "password", autocomplete, spellcheck: "false", autocapitalize: "none", required: true });
  const toggle = h("input", { type: "checkbox" });
  toggle.addEventListener("change", () => {
    input.type = toggle.checked ? "text" : "password";
  });
  return { input, toggle: h("label", { class: "check" }, toggle, "Show what I type") };
}
async function behindBar(place2, text, work) {
  const bar = h("progress", { "aria-label": text });
  place2.say("info", h("p", {}, text), bar);
  await painted();
  const result = await work();
  place2.clear();
  return result;
}
function backupButton(file2) {
  return button("Download the key file as a back-up", () => download("amparo-key.json", file2, "application/json"));
}

// src/desk/stepup.js
async function withStepUp(action) {
  for (; ; ) {
    try {
      return await action();
    } catch (fault) {
      if (fault.code !== STEP_UP) {
        throw fault;
      }
    }
    if (await signInAgain() === null) {
      return null;
    }
  }
}
function signInAgain() {
  const link = h("a", { href: "/verify?next=/account", target: "_blank", rel: "noopener", class: "button" }, "Sign in again");
  const body = [
    h("p", {}, "For this the desk wants to be sure that it is you. The sign-in opens in a new tab; your key stays unlocked here."),
    h("p", {}, link)
  ];
  const actions = [{ label: "I have signed in: go on", value: "again", kind: "primary" }];
  return ask({ title: "Sign in again first", body, actions });
}

// src/desk/regrants.js
async function regrantOffers() {
  if (state.key === null) {
    return null;
  }
  const waiting = await get("/api/regrants");
  return waiting.length > 0 ? h("div", { class: "notices" }, ...waiting.map(offer)) : null;
}
function offer(colleague) {
  const name2 = shortName(colleague.email);
  const label = `Give ${name2} their cases again (${colleague.cases.length})`;
  const box = notice("info", h("p", {}, `${name2} made a new key and cannot read ${plural(colleague.cases.length, "case")} that you can.`));
  const start2 = button(label, async () => {
    if (await compared(colleague, label)) {
      await giveAll(colleague, box, name2);
    }
  });
  box.firstChild.append(h("div", { class: "actions" }, start2));
  return box;
}
async function compared({ email, fingerprint: fingerprint2 }, label) {
  const same = h("input", { type: "checkbox" });
  const body = [
    h("p", {}, `Call ${email}, on a number that you already know. Ask them to read the eight groups of their key.`),
    fingerprintBlock(fingerprint2, `The desk says that the key of ${shortName(email)} is`),
    h("label", { class: "check" }, same, "We compared all eight groups by voice. They are the same.")
  ];
  const check = () => same.checked ? "" : "Compare the groups first. If one differs, stop and tell your administrator.";
  const actions = [{ label, value: true, kind: "primary", check }];
  return await ask({ title: "Compare the key first", body, actions }) === true;
}
async function giveAll(colleague, box, name2) {
  let given2 = 0;
  try {
    for (const { id, epochs } of colleague.cases) {
      const wraps = await wrapsFor(id, epochs, colleague);
      const done = await withStepUp(() => post(`/api/cases/${id}/grants`, { reader: colleague.reader, wraps }));
      if (done === null) {
        break;
      }
      given2 += 1;
    }
    box.className = "notice good";
    fill(box.firstChild, h("p", {}, `${name2} can read ${plural(given2, "case")} again.`));
  } catch (fault) {
    box.className = "notice error";
    fill(box.firstChild, h("p", {}, `${plural(given2, "case")} given, then it stopped: ${fault.message}`));
  }
  announce(box.textContent);
}
function wrapsFor(caseId, epochs, colleague) {
  const one = async (wrap) => ({ epoch: wrap.epoch, box: await grant(caseId, wrap, state.me.reader, state.key, colleague) });
  return Promise.all(epochs.map(one));
}

// src/desk/reload.js
async function reload(selector) {
  await show({ focus: false, top: false });
  const found = document.querySelector(selector);
  if (found !== null && !found.matches("a, button, input, select, textarea, [tabindex]")) {
    found.setAttribute("tabindex", "-1");
  }
  found?.focus();
}

// src/desk/case_access.js
function accessSection(file2) {
  const readers = file2.colleagues.filter(({ holds }) => holds);
  const others = file2.colleagues.filter(({ holds }) => !holds);
  const place2 = noticePlace();
  return h(
    "section",
    { class: "card" },
    h("h2", { id: "access" }, "Who can read it"),
    h("ul", { class: "people" }, ...readers.map((reader) => h("li", {}, named(reader)))),
    others.length > 0 && h("h3", {}, "Give it to a colleague"),
    others.length > 0 && h("ul", { class: "people" }, ...others.map((other2) => h("li", {}, named(other2), giving(file2, other2, place2)))),
    place2.element
  );
}
function logSection(file2) {
  const rows2 = folded(file2.log).map(({ entry, times }) => {
    const often = times > 1 ? ` (${times} times)` : "";
    const who = entry.email ? shortName(entry.email) : "The hotline";
    return h("li", {}, `${who} ${logged(entry.action)}${often}`, h("time", { datetime: entry.at }, moment(entry.at)));
  });
  const summary = h("summary", {}, h("h2", {}, "Who did what"), h("span", { class: "after" }, plural(file2.log.length, "entry").replace("entrys", "entries")));
  return h("section", { class: "card" }, h("details", {}, summary, h("ol", { class: "log" }, ...rows2)));
}
function named({ staff, email }) {
  return h("span", {}, staff === state.me.staff ? `${shortName(email)} (you)` : shortName(email));
}
function giving(file2, colleague, place2) {
  const label = `Give ${shortName(colleague.email)} access`;
  return button(label, async () => {
    try {
      if (await compared(colleague, label) && await give(file2, colleague) !== null) {
        await reload("#access");
        announce(`${shortName(colleague.email)} can read this case now.`);
      }
    } catch (fault) {
      place2.say("error", fault.message);
    }
  }, { class: "small" });
}
function give(file2, colleague) {
  return withStepUp(async () => {
    const wraps = await wrapsFor(file2.case, file2.wraps, colleague);
    return post(`/api/cases/${file2.case}/grants`, { reader: colleague.reader, wraps });
  });
}
function folded(log) {
  const lines2 = [];
  for (const entry of log) {
    const last = lines2.at(-1);
    if (last && last.entry.who === entry.who && last.entry.action === entry.action) {
      last.times += 1;
    } else {
      lines2.push({ entry, times: 1 });
    }
  }
  return lines2;
}

// src/desk/case_advice.js
var ACRONYMS = /* @__PURE__ */ new Set(["osha", "mspa", "nlrb", "flsa", "eeoc", "ier"]);
var SOON = 30;
function adviceSections(file2) {
  const clocks = h("div", {}, h("p", { class: "none" }, "Working them out"));
  const bodies = h("div", {}, h("p", { class: "none" }, "Looking them up"));
  load(file2, clocks, bodies);
  return [
    h("section", { class: "card" }, h("h2", {}, "Deadlines"), clocks),
    h("section", { class: "card" }, h("h2", {}, "Who can help"), bodies)
  ];
}
function adviceFor(file2) {
  return post(`/api/cases/${file2.case}/advice`, { facts: factsOf(file2) });
}
function clockName(id) {
  const [first2, ...rest] = id.split("_");
  const start2 = ACRONYMS.has(first2) ? first2.toUpperCase() : first2[0].toUpperCase() + first2.slice(1);
  return [start2, ...rest].join(" ");
}
async function load(file2, clocks, bodies) {
  try {
    const { deadlines, route } = await adviceFor(file2);
    fill(clocks, clockList(deadlines));
    fill(bodies, routeList(route));
  } catch (fault) {
    fill(clocks, h("p", { class: "fault" }, fault.message));
    fill(bodies, h("p", { class: "fault" }, fault.message));
  }
}
function clockList(deadlines) {
  if (deadlines.length === 0) {
    return h("p", { class: "none" }, "No clock is known for this kind of report.");
  }
  const hint = "The earliest day on which each may run out. Never “too late”: a lawyer may know an exception.";
  return h("div", {}, h("ol", { class: "clocks" }, ...deadlines.map(clock)), h("p", { class: "hint" }, hint));
}
function clock({ id, day, citation, verified }) {
  const when = h("strong", { class: daysTo(day) <= SOON ? "soon" : "" }, daysLeft(day));
  const line3 = h("p", { class: "clock" }, h("span", {}, clockName(id)), when);
  return h("li", {}, line3, source(`${shown(day)}, by ${citation}`, verified));
}
function routeList({ lead, also, needs_consent: asked2, citation, verified }) {
  const risky = new Set(asked2.map(({ id }) => id));
  const list = (bodies) => h("ul", { class: "bodies" }, ...bodies.map((body) => bodyLine(body, risky.has(body.id))));
  const more = also.length > 0 ? [h("h3", {}, "Also"), list(also)] : [];
  const ask2 = asked2.length > 0 && h("p", { class: "hint" }, h("span", { class: "ask-first" }, "Ask first"), ": nobody has shown that it shares nothing with immigration. The worker must say yes to it by name.");
  return h("div", {}, h("h3", {}, "First"), list(lead), ...more, citation && source(citation, verified), ask2);
}
function bodyLine({ name: name2, phone }, risky) {
  return h(
    "li",
    {},
    h("p", {}, name2),
    h(
      "p",
      { class: "body-line" },
      phone && h("a", { href: `tel:${phone.replaceAll(/[^0-9+]/g, "")}`, class: "tel" }, phone),
      risky && h("span", { class: "ask-first" }, "Ask first")
    )
  );
}
function source(citation, verified) {
  const mark = verified ? h("span", { class: "verified" }, "Verified") : h("span", { class: "unverified" }, "Not verified: check the source");
  return h("p", { class: "source" }, h("cite", {}, citation), " ", mark);
}

// src/desk/facts.json
var facts_default = {
  kind: {
    label: "What it is about",
    codes: {
      pay: "Pay",
      papers: "Papers held back",
      threats: "Threats, or fired",
      housing: "Housing or rides",
      hurt: "Hurt, or not safe",
      touched: "Touched or insulted",
      fees: "Recruiter fees",
      other: "Something else"
    }
  },
  when: {
    label: "Last time it happened",
    codes: {
      week: "This week",
      month: "This month",
      year: "This year",
      earlier: "Earlier than this year",
      unsure: "Not sure when"
    }
  },
  count: {
    label: "Workers it hurts",
    codes: {
      one: "Only this worker",
      few: "A few, up to five",
      some: "Up to twenty",
      many: "More than twenty"
    }
  },
  wish: {
    label: "What the worker wants",
    codes: {
      advice: "Only advice",
      tip: "A tip, no name",
      secret: "A complaint, name kept secret",
      named: "A complaint with their name"
    }
  },
  safe: {
    label: "Safe to write on this phone",
    codes: {
      safe: "Yes",
      unsafe: "No: another phone is better"
    }
  },
  visa: {
    label: "Visa",
    codes: {
      h2a: "H-2A (farm work)",
      h2b: "H-2B (other seasonal work)",
      j1: "J-1 (exchange)",
      a3: "A-3 (household of a diplomat)",
      g5: "G-5 (household of an official)",
      b1: "B-1",
      tn: "TN",
      h1b: "H-1B",
      other: "Another one",
      unsure: "Not sure"
    }
  },
  code: {
    label: "Way to come back",
    codes: {
      receipt: "A code of 16 digits",
      pin: "A secret number"
    }
  },
  employer: {
    label: "Employer or boss",
    codes: {
      skip: "Not given"
    }
  },
  place: {
    label: "Place",
    codes: {
      skip: "Not given"
    }
  },
  story: {
    label: "Story",
    codes: {
      done: "Told"
    }
  },
  confirm: {
    label: "At the end",
    codes: {
      file: "Sent",
      keep: "Kept for later",
      erase: "Erased"
    }
  }
};

// src/desk/facts.js
function factWord(fact, code) {
  return facts_default[fact]?.codes[code] ?? code;
}

// src/desk/case_facts.js
var NAMES3 = ["employer", "place"];
var CODED = ["kind", "when", "count", "wish", "visa", "safe"];
function factsSection(file2) {
  return h("section", { class: "card" }, h("h2", {}, "Facts"), h("dl", { class: "facts" }, ...rows(file2)));
}
function factLines(file2) {
  const facts = factsOf(file2);
  const names2 = NAMES3.map((part) => [facts_default[part].label, textsOf(file2, part).join("; ")]);
  const coded = CODED.filter((fact) => fact in facts).map((fact) => [facts_default[fact].label, factWord(fact, facts[fact])]);
  return [...names2, ...coded];
}
function rows(file2) {
  return factLines(file2).map(([label, text]) => {
    const shown2 = text ? h("bdi", {}, text) : h("span", { class: "none" }, "Not given");
    return h("div", {}, h("dt", {}, label), h("dd", {}, shown2));
  });
}

// src/desk/segments.js
var BASIC = new Set(
  `@£$¥èéùìòÇ
Øø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà`
);
var EXTENDED = new Set("\f^{}\\[~]|€");
function measure(text) {
  const letters = [...text];
  const rare = [...new Set(letters.filter((letter) => !BASIC.has(letter) && !EXTENDED.has(letter)))];
  if (rare.length > 0) {
    const widths2 = letters.map((letter) => letter.codePointAt(0) > 65535 ? 2 : 1);
    return { encoding: "UCS-2", characters: sum(widths2), segments: count(widths2, 70, 67), rare };
  }
  const widths = letters.map((letter) => EXTENDED.has(letter) ? 2 : 1);
  return { encoding: "GSM-7", characters: sum(widths), segments: count(widths, 160, 153), rare };
}
function count(widths, single, part) {
  if (sum(widths) <= single) {
    return 1;
  }
  let [parts, used] = [1, 0];
  for (const width of widths) {
    [parts, used] = used + width > part ? [parts + 1, width] : [parts, used + width];
  }
  return parts;
}
function sum(widths) {
  return widths.reduce((total, width) => total + width, 0);
}

// src/desk/case_timeline.js
var EVENTS = /* @__PURE__ */ new Set([
  "case.epoch",
  "case.granted",
  "case.unlinked",
  "case.withdrawn",
  "case.erasure_asked",
  "case.erasure_undone"
]);
function timeline(file2) {
  const told = file2.items.filter(({ part }) => part === "story").length;
  const count3 = h("span", { class: "after" }, ` ${plural(told, "message")} from the worker, in ${languageName(file2.language)}`);
  const heading2 = h("h2", { id: "timeline" }, "Story and timeline", count3);
  return h("section", { "aria-labelledby": "timeline" }, heading2, h("ol", { class: "timeline" }, ...entries(file2)));
}
function happened(file2) {
  const known = authors(file2);
  const replies = new Map(file2.replies.map((reply) => [reply.seq, reply]));
  let last = 0;
  const items = file2.items.filter(({ part }) => part === "story" || part === "reply" || part === "note").map((item) => {
    last = item.at?.getTime() ?? last;
    return { at: last, kind: item.part, who: known.get(item.seq), text: item.text, item, reply: replies.get(item.seq) };
  });
  const steps = file2.steps.map((step, first2) => ({ at: endOf(step.day, first2 === 0), kind: "step", step }));
  const events = file2.log.filter(({ action }) => EVENTS.has(action)).map((entry) => ({ at: Date.parse(entry.at), kind: "event", who: entry.email, text: logged(entry.action) }));
  return [...items, ...steps, ...events].sort((one, other2) => one.at - other2.at);
}
function entries(file2) {
  return happened(file2).map((entry) => {
    const body = entry.kind === "step" || entry.kind === "event" ? line(entry) : bubble(file2, entry);
    return h("li", { class: `entry ${entry.kind}`, tabindex: "-1" }, ...body);
  });
}
function line(entry) {
  if (entry.kind === "event") {
    return [h("p", {}, time(entry.at), `${person(entry.who)} ${entry.text}`)];
  }
  const { status, day, promised } = entry.step;
  const promise = promised && `, a message promised by ${shown(promised)}`;
  return [h("p", {}, h("time", { datetime: day }, shown(day)), h("strong", {}, STATUS[status]), promise)];
}
function bubble(file2, entry) {
  const who = { story: "Worker", reply: `${person(entry.who)} to the worker`, note: `${person(entry.who)}: internal note` }[entry.kind];
  const words3 = entry.item.failed ? notice("error", `Item ${entry.item.seq} could not be opened.`) : h("p", { class: "words-of", lang: entry.kind === "note" ? null : file2.language, dir: "auto" }, entry.text);
  const meta = h("p", { class: "meta" }, h("span", { class: "who" }, who), entry.item.failed ? null : time(entry.at));
  return [meta, words3, entry.reply && replyLine(file2, entry)];
}
function replyLine(file2, { reply, text }) {
  const length = text && h("span", {}, plural(measure(text).segments, "text message"));
  const state2 = h("span", { class: `reply-state ${reply.state}` }, REPLY_STATE[reply.state]);
  const back3 = reply.state === "waiting" && button("Take it back", () => takeBack(file2, reply), { class: "small" });
  return h("p", { class: "reply-line" }, state2, length, back3);
}
async function takeBack(file2, reply) {
  try {
    await post(`/api/cases/${file2.case}/replies/${reply.id}/take-back`);
    await reload("#timeline");
    announce("The reply was taken back. The worker will not get it.");
  } catch (fault) {
    await reload("#timeline");
    announce(fault.message);
  }
}
function time(at) {
  return h("time", { datetime: new Date(at).toISOString() }, moment(at));
}
function person(email) {
  return email ? shortName(email) : "The hotline";
}
function endOf(day, first2) {
  return (/* @__PURE__ */ new Date(`${day}T${first2 ? "00:00:00" : "23:59:59"}`)).getTime();
}

// src/desk/case_export.js
function exportButton(file2) {
  return button("Export", () => exported(file2).catch((fault) => ask({ title: "No file was made", body: [h("p", {}, fault.message)], actions: [] })));
}
async function exported(file2) {
  const kind = await ask({
    title: `Export ${file2.alias}`,
    body: [
      h("p", {}, "The file holds everything in clear words. Whoever gets it can read it: keep it where the worker's boss cannot look."),
      h("p", {}, "The log keeps your name and the time.")
    ],
    actions: [
      { label: "Text to print", value: "text", kind: "primary" },
      { label: "Data (JSON)", value: "json" }
    ]
  });
  if (kind === null || await withStepUp(() => post(`/api/cases/${file2.case}/exports`)) === null) {
    return;
  }
  const advice = await adviceFor(file2);
  if (kind === "text") {
    download(`${file2.alias}.txt`, asText(file2, advice), "text/plain;charset=utf-8");
  } else {
    download(`${file2.alias}.json`, JSON.stringify(asData(file2, advice), null, 2), "application/json");
  }
  announce("The file was saved by your browser.");
}
function asData(file2, advice) {
  const { alias, team, language, urgency, status, opened, next_deadline: due } = file2;
  const parties = { employer: textsOf(file2, "employer"), place: textsOf(file2, "place") };
  const lines2 = happened(file2).map(lineData);
  const made = { exported_at: (/* @__PURE__ */ new Date()).toISOString(), exported_by: state.me.email };
  const clear = { alias, team, state: file2.state, language, urgency, status, opened, next_deadline: due };
  return { ...made, ...clear, facts: factsOf(file2), parties, timeline: lines2, ...advice };
}
function lineData({ at, kind, who, text, item, reply, step }) {
  if (kind === "step") {
    return { kind, ...step };
  }
  return { kind, at: new Date(at).toISOString(), who: who ?? null, text: text ?? null, seq: item?.seq, opened: !item?.failed, reply: reply?.state };
}
function asText(file2, { deadlines, route }) {
  const clear = [
    ["Look at it", URGENCY[file2.urgency]],
    ["Status", STATUS[file2.status]],
    ["Language", languageName(file2.language)],
    ["State", file2.state ?? "not known"],
    ["Opened", file2.opened]
  ];
  const clocks = deadlines.map((clock2) => `${clock2.day}  ${clockName(clock2.id)} (${clock2.citation}${clock2.verified ? "" : "; NOT VERIFIED"})`);
  const bodies = [...route.lead, ...route.also].map(({ name: name2, phone }) => [name2, phone].filter(Boolean).join(", "));
  const head2 = `${file2.alias}
Made by ${state.me.email} on ${(/* @__PURE__ */ new Date()).toISOString().slice(0, 16).replace("T", " ")} UTC. Confidential.`;
  const parts = [head2, pairs(clear), "FACTS", pairs(factLines(file2).map(([label, text]) => [label, text || "not given"]))];
  const advice = ["DEADLINES (earliest days)", clocks.join("\n"), "WHO CAN HELP", bodies.join("\n")];
  return [...parts, ...advice, "STORY AND TIMELINE", ...happened(file2).map(lineText)].join("\n\n") + "\n";
}
function lineText({ at, kind, who, text, item, reply, step }) {
  if (kind === "step") {
    return `${step.day}  Status: ${STATUS[step.status]}${step.promised ? `, promised ${step.promised}` : ""}`;
  }
  const person2 = shortName(who ?? "the hotline");
  const name2 = { story: "Worker", reply: `Reply by ${person2}`, note: `Note by ${person2}`, event: person2 }[kind];
  const sent = reply ? ` (${REPLY_STATE[reply.state]})` : "";
  return `${moment(at)}  ${name2}${sent}:
${item?.failed ? `(item ${item.seq} could not be opened)` : text}`;
}
function pairs(rows2) {
  return rows2.map(([label, text]) => `${label}: ${text}`).join("\n");
}

// src/desk/case_manage.js
var LONGEST_PROMISE = 60;
var STAY = { received: "Received: keep, with a new promise", accepted: "Accepted: keep, with a new promise" };
function statusSection(file2) {
  const choices = choicesOf(file2.status);
  const promise = file2.steps.findLast((step) => step.promised)?.promised;
  const promised = promise && h("p", {}, "We promised to write by ", h("strong", {}, shown(promise)), ".");
  const body = choices.length > 0 ? statusForm(file2, choices) : h("p", { class: "hint" }, STATUS_MEANS[file2.status]);
  return h("section", { class: "card" }, h("h2", { id: "status" }, "Status"), promised, body);
}
function choicesOf(status) {
  const onward = NEXT[status].map((next) => [next, STATUS[next]]);
  return PROMISING.includes(status) ? [...onward, [status, STAY[status]]] : onward;
}
function statusForm(file2, choices) {
  const next = select(choices, choices[0][0]);
  const limits = { min: dayFromNow(0), max: dayFromNow(LONGEST_PROMISE) };
  const day = h("input", { type: "date", ...limits });
  const told = h("p", { class: "hint", "aria-live": "polite" });
  const dayField = field("Promise to write by", day, "The worker can ask for this day with the code.");
  const draw2 = () => {
    fill(told, `The worker hears: “${STATUS_MEANS[next.value]}”`);
    dayField.hidden = !PROMISING.includes(next.value);
    day.required = next.value === file2.status;
  };
  next.addEventListener("change", draw2);
  draw2();
  const send3 = () => post(`/api/cases/${file2.case}/status`, { status: next.value, promised: !dayField.hidden && day.value || null });
  return saving([field("New status", next), told, dayField], "Save the status", send3, "#status");
}
function assignSection(file2) {
  const people = file2.colleagues.filter(({ holds }) => holds).map(({ staff, email }) => [String(staff), nameOf(staff, email)]);
  const chosen = String(file2.assigned?.staff ?? "");
  const who = select([["", "Nobody yet"], ...people], chosen);
  const send3 = () => post(`/api/cases/${file2.case}/assign`, { staff: who.value ? Number(who.value) : null });
  const hint = "Only colleagues who can read the case stand here.";
  const form2 = saving([field("Assigned to", who, hint)], "Save", send3, "#assign");
  return h("section", { class: "card" }, h("h2", { id: "assign" }, "Who answers"), form2);
}
function nameOf(staff, email) {
  return staff === state.me.staff ? `${shortName(email)} (you)` : shortName(email);
}
function saving(parts, label, send3, after) {
  const place2 = noticePlace();
  const form2 = h("form", { class: "stack" }, ...parts, place2.element, h("button", { type: "submit" }, label));
  form2.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await send3();
      await reload(after);
    } catch (fault) {
      place2.say("error", fault.message);
    }
  });
  return form2;
}

// src/desk/case_note.js
import { newestKey, sealItem } from "./crypto.js";

// src/desk/compose.js
var WROTE_FIRST = "somebody wrote first";
function composer({ id, label, rows: rows2, language, draft, extra, button: name2, hint, send: send3, refused: refused2 }) {
  const area = h("textarea", { id, rows: rows2, lang: language, dir: "auto", required: true });
  const place2 = noticePlace();
  const submit = h("button", { type: "submit", class: "primary" }, name2);
  const said = hint && h("p", { class: "hint", id: `${id}-said` }, hint);
  if (said) {
    submit.setAttribute("aria-describedby", said.id);
  }
  const keep2 = keepWhileTyping(area, draft, () => area.value);
  const parts = [extra?.above, h("label", { for: id }, label), area, extra?.below, place2.element];
  const form2 = h("form", { class: "stack" }, ...parts, h("div", { class: "actions" }, submit, said));
  form2.addEventListener("submit", async (event) => {
    event.preventDefault();
    submit.disabled = true;
    await keep2();
    await deliver().catch((fault) => (refused2(fault) ?? [fault.message]).forEach((text) => place2.say("error", text)));
    submit.disabled = false;
  });
  async function deliver() {
    try {
      await send3(area.value);
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
    place2.say("warning", "Somebody wrote first. The new lines are above; your text is still here. Read them, then send again.");
  });
  restore(draft).then((text) => {
    if (text && !area.value) {
      area.value = text;
      area.dispatchEvent(new Event("input"));
    }
  });
  return { form: form2, area };
}

// src/desk/case_note.js
function noteForm(file2) {
  const { form: form2 } = composer({
    id: "note-text",
    label: "For colleagues only. The worker never sees it.",
    rows: "3",
    language: null,
    draft: `note|${file2.case}`,
    button: "Seal the note",
    send: (text) => send(file2, text),
    refused: () => null
  });
  const heading2 = h("h2", { id: "note" }, "Internal note");
  return h("section", { class: "card note-box", "aria-labelledby": "note" }, heading2, form2);
}
async function send(file2, text) {
  const { epoch, public: half } = newestKey(file2.publics, file2.keys);
  const seq = nextSeq(file2);
  const box = await sealItem(file2.case, { epoch, seq, direction: "own", part: "note" }, text, half);
  return post(`/api/cases/${file2.case}/notes`, { seq, epoch, box });
}

// src/desk/case_reply.js
import { newestKey as newestKey2, sealItem as sealItem2, sealReply } from "./crypto.js";

// src/desk/canned.json
var canned_default = {
  status: "draft: no reviewer yet, en is the source",
  names: {
    received: "We have your report",
    facts: "We need more facts",
    hours: "Call us in office hours",
    referral: "Somebody else can help",
    closed: "We have finished"
  },
  texts: {
    en: {
      received: "We have read what you wrote. Thank you. We are working on it and will write to you here. You can add more at any time.",
      facts: "We need to know more to help you. On which day did it happen? How many hours did you work and how much were you paid? Write what you remember.",
      hours: "We would like to talk with you. You can call us on a work day from 9 to 5. You do not have to say your name. Write to us if another time is safer for you.",
      referral: "We cannot do this ourselves, but somebody else can. If you agree, we tell you whom to call and what to say. We send them nothing unless you say so.",
      closed: "We have finished what we could do. If something changes or somebody troubles you because of this, write to us again with your code."
    },
    es: {
      received: "Leímos lo que escribiste. Gracias. Estamos trabajando en esto y te vamos a escribir aquí. Puedes agregar más cuando quieras.",
      facts: "Necesitamos saber más para ayudarte. ¿Qué día pasó? ¿Cuántas horas trabajaste y cuánto te pagaron? Escribe lo que recuerdes.",
      hours: "Queremos hablar contigo. Puedes llamarnos en un día de trabajo de 9 a 5. No tienes que decir tu nombre. Escríbenos si otra hora es más segura para ti.",
      referral: "Esto no lo podemos hacer nosotros, pero otros sí. Si quieres, te decimos a quién llamar y qué decir. No les mandamos nada si tú no lo pides.",
      closed: "Terminamos lo que podíamos hacer. Si algo cambia o alguien te molesta por esto, escríbenos otra vez con tu código."
    },
    ht: {
      received: "Nou li sa ou ekri a. Mèsi. N ap travay sou sa epi n ap ekri ou isit la. Ou ka ajoute plis lè ou vle.",
      facts: "Nou bezwen konnen plis pou nou ede ou. Ki jou sa te rive? Konbyen èdtan ou te travay epi konbyen yo te peye ou? Ekri sa ou sonje.",
      hours: "Nou ta renmen pale avèk ou. Ou ka rele nou yon jou travay, soti 9 è rive 5 è. Ou pa bezwen di non ou. Ekri nou si yon lòt lè pi an sekirite pou ou.",
      referral: "Nou menm nou pa ka fè sa, men gen lòt moun ki kapab. Si ou dakò, n ap di ou ki moun pou rele ak kisa pou di. Nou p ap voye anyen ba yo si ou pa di wi.",
      closed: "Nou fini sa nou te ka fè. Si yon bagay chanje oswa si yon moun anmède ou poutèt sa, ekri nou ankò ak kòd ou a."
    },
    tl: {
      received: "Nabasa namin ang isinulat mo. Salamat. Inaasikaso namin ito at susulat kami sa iyo dito. Puwede kang magdagdag kahit kailan.",
      facts: "Kailangan namin ng dagdag na detalye para matulungan ka. Anong araw ito nangyari? Ilang oras kang nagtrabaho at magkano ang ibinayad sa iyo? Isulat ang naaalala mo.",
      hours: "Gusto ka naming makausap. Puwede kang tumawag sa araw ng trabaho, mula 9 hanggang 5. Hindi mo kailangang sabihin ang pangalan mo. Sumulat ka kung mas ligtas sa iyo ang ibang oras.",
      referral: "Hindi namin ito kayang gawin, pero may iba na kaya. Kung payag ka, sasabihin namin kung sino ang tatawagan at kung ano ang sasabihin. Wala kaming ipapadala sa kanila kung hindi mo gusto.",
      closed: "Tapos na ang kaya naming gawin. Kung may magbago o may manggulo sa iyo dahil dito, sumulat ka ulit gamit ang code mo."
    }
  }
};

// src/desk/canned.js
var CANNED_NAMES = canned_default.names;
var CANNED = canned_default.texts;

// src/desk/plain.js
var LOOKALIKES = {
  "“": '"',
  "”": '"',
  "„": '"',
  "«": '"',
  "»": '"',
  "‘": "'",
  "’": "'",
  "‚": "'",
  "′": "'",
  "`": "'",
  "´": "'",
  "–": "-",
  "—": "-",
  "‑": "-",
  "−": "-",
  "…": "...",
  "•": "-",
  "·": "-",
  " ": " ",
  " ": " ",
  " ": " ",
  "​": "",
  "‍": "",
  "\uFEFF": "",
  "	": " ",
  ç: "c",
  œ: "oe",
  Œ: "OE",
  ª: "a",
  º: "o",
  "×": "x",
  "½": "1/2"
};
function plain(text) {
  return [...text.normalize("NFC")].map((letter) => fold(LOOKALIKES[letter] ?? letter)).join("");
}
function fold(letter) {
  if (measure(letter).rare.length === 0) {
    return letter;
  }
  const base = letter.normalize("NFD").replaceAll(/\p{M}/gu, "");
  return base && measure(base).rare.length === 0 ? base : letter;
}

// src/desk/case_reply.js
var LONGEST = 1600;
var SENT = "The phone gets only: “You have 1 message. Send your code.”, and that only if the worker allowed it. The reply waits, sealed, for the code.";
var GONE = "This worker cannot be reached any more: they sent STOP, asked for erasure, their contact has expired, or the report was taken by phone or in person.";
var INSTEAD = "Write an internal note instead. If the worker writes again, this box opens by itself.";
function replyForm(file2) {
  const heading2 = h("h2", { id: "reply" }, "Reply to the worker");
  const body = file2.reachable ? writing(file2) : notice("warning", h("p", {}, GONE), h("p", {}, INSTEAD));
  return h("section", { class: "card reply-box", "aria-labelledby": "reply" }, heading2, body);
}
function writing(file2) {
  const name2 = languageName(file2.language);
  const meter = h("div", { class: "meter" });
  const ready = h("div", { class: "canned" });
  const made = composer({
    id: "reply-text",
    label: `Your reply, in ${name2}`,
    rows: "5",
    language: file2.language,
    draft: `reply|${file2.case}`,
    extra: { above: ready, below: meter },
    button: "Seal and leave it",
    hint: SENT,
    send: (text) => send2(file2, text),
    refused: (fault) => fault.status === 410 ? [`${GONE} ${INSTEAD} Your text is kept in this box.`] : null
  });
  fill(ready, ...canned(file2.language, made.area));
  const count3 = () => fill(meter, ...measured(made.area));
  made.area.addEventListener("input", count3);
  count3();
  return made.form;
}
async function send2(file2, text) {
  const size = measure(text);
  if (size.characters > LONGEST) {
    throw new Error(`This is too long: at most ${LONGEST} characters leave in one reply. Send it in two.`);
  }
  const { epoch, public: half } = newestKey2(file2.publics, file2.keys);
  const seq = nextSeq(file2);
  const key = await get("/api/reply-key");
  const box = await sealReply(key, text);
  const copy = await sealItem2(file2.case, { epoch, seq, direction: "out", part: "reply" }, text, half);
  return post(`/api/cases/${file2.case}/replies`, { key: key.id, box, segments: size.segments, copy: { seq, epoch, box: copy } });
}
function measured(area) {
  const size = measure(area.value);
  const line3 = `${plural(size.characters, "character")}, ${plural(size.segments, "text message")} (${size.encoding})`;
  const parts = [h("p", { "aria-live": "polite" }, line3)];
  const folded2 = plain(area.value);
  const cheaper = measure(folded2);
  if (size.rare.length > 0 && cheaper.segments < size.segments) {
    const use = () => {
      area.value = folded2;
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
  if (texts === void 0) {
    return [];
  }
  const options2 = Object.keys(texts).map((name2) => [name2, CANNED_NAMES[name2]]);
  const choice2 = select([["", "Choose a ready text"], ...options2], "", { "aria-label": "Ready text" });
  const insert = button("Put it in", () => {
    if (choice2.value) {
      area.value = [area.value.trim(), texts[choice2.value]].filter(Boolean).join("\n");
      area.dispatchEvent(new Event("input", { bubbles: true }));
      area.focus();
    }
  });
  return [choice2, insert, h("p", { class: "hint" }, "Ready texts are drafts that no native speaker has checked. Read and change them.")];
}

// src/desk/queue_table.js
var SOON2 = 7;
var COLUMNS = ["Look at it", "Case", "Next deadline", "Waiting", "Language", "State", "Status", "Who answers"];
function caseTable(cases) {
  const heads = COLUMNS.map((name2) => h("th", { scope: "col", role: "columnheader" }, name2));
  const head2 = h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, ...heads));
  const body = h("tbody", { role: "rowgroup" }, ...cases.map(row));
  const caption = h("caption", { class: "visually-hidden" }, "Cases, most urgent first");
  return h("table", { class: "cases", role: "table" }, caption, head2, body);
}
function urgencyBadge(urgency) {
  return h("span", { class: `badge urgency-${urgency}` }, URGENCY[urgency]);
}
function deadline(day) {
  if (day === null) {
    return h("span", { class: "none" }, "None known");
  }
  const soon = daysTo(day) <= SOON2;
  return h("span", { class: soon ? "soon" : "" }, h("strong", {}, daysLeft(day)), " ", h("small", {}, shown(day)));
}
function row(found) {
  const cells = [
    urgencyBadge(found.urgency),
    name(found),
    deadline(found.next_deadline),
    age(found.opened),
    languageName(found.language),
    found.state ?? h("span", { class: "none" }, "Not known"),
    h("span", { class: `status status-${found.status}` }, STATUS[found.status]),
    assignee(found.assigned)
  ];
  return h("tr", { role: "row" }, ...cells.map((cell, at) => h("td", { role: "cell", "data-label": COLUMNS[at] }, cell)));
}
function name(found) {
  const link = h("a", { href: `/cases/${found.id}` }, found.alias);
  const tag = found.checked === null ? "New" : found.changed && "Changed";
  return h("span", { class: "name" }, link, tag && h("span", { class: "tag" }, tag));
}
function assignee(assigned) {
  if (assigned === null) {
    return h("span", { class: "none" }, "Nobody yet");
  }
  return assigned.staff === state.me.staff ? h("strong", {}, "You") : shortName(assigned.email);
}

// src/desk/case_view.js
function caseView(file2, news) {
  const main = h("div", { class: "case-main" }, news, faults(file2), timeline(file2), replyForm(file2), noteForm(file2));
  const known = h("div", { class: "case-known" }, factsSection(file2));
  const advice = h("div", { class: "case-advice" }, adviceSections(file2));
  const around = h(
    "div",
    { class: "case-around" },
    statusSection(file2),
    assignSection(file2),
    accessSection(file2),
    logSection(file2)
  );
  const element = h("article", { class: "case" }, head(file2), known, main, advice, around);
  return { title: file2.alias, element };
}
function head(file2) {
  return h(
    "header",
    { class: "case-head" },
    h("p", { class: "crumb" }, h("a", { href: "/queue" }, "Queue")),
    h("div", { class: "case-title" }, heading(file2.alias), exportButton(file2)),
    h(
      "ul",
      { class: "case-line", "aria-label": "In short" },
      ...[
        [urgencyBadge(file2.urgency)],
        [h("span", { class: `status status-${file2.status}` }, STATUS[file2.status])],
        [languageName(file2.language)],
        [file2.state ?? "State not known"],
        ["Waiting: ", age(file2.opened)],
        ["Next deadline: ", deadline(file2.next_deadline)]
      ].map((content) => h("li", {}, ...content))
    )
  );
}
function faults(file2) {
  const broken = damaged(file2);
  const closed = file2.wraps.filter(({ epoch }) => !file2.keys.has(epoch));
  if (broken.length === 0 && closed.length === 0) {
    return null;
  }
  const numbers = broken.map(({ seq }) => seq).join(", ");
  const many = broken.length === 1 ? "Item" : "Items";
  return notice(
    "error",
    broken.length > 0 && h("p", {}, h("strong", {}, `${many} ${numbers} could not be opened.`), " They are shown where they stand. Ask a colleague whether theirs open, and tell your administrator."),
    closed.length > 0 && h("p", {}, "A key of this case does not belong to it. Do not write here; tell your administrator now.")
  );
}

// src/desk/live.js
var EVERY = 4e3;
function watch(mark, signal, onChange, caseId = null) {
  const only = caseId === null ? "" : `&case=${caseId}`;
  const timer = setInterval(async () => {
    if (document.hidden || watch.busy) {
      return;
    }
    watch.busy = true;
    try {
      const answer = await get(`/api/changes?mark=${mark}${only}`);
      if (answer === null || signal.aborted) {
        return;
      }
      mark = answer.mark;
      await onChange();
    } catch (fault) {
      if (fault.status === 401) {
        clearInterval(timer);
      }
    } finally {
      watch.busy = false;
    }
  }, EVERY);
  signal.addEventListener("abort", () => clearInterval(timer));
}

// src/desk/shortcuts.js
var OFF = "desk.shortcuts.off";
var bound = /* @__PURE__ */ new Map();
function bind(keys, signal) {
  Object.entries(keys).forEach(([key, action]) => bound.set(key, action));
  signal.addEventListener("abort", () => {
    Object.entries(keys).forEach(([key, action]) => bound.get(key) === action && bound.delete(key));
  });
}
function listen() {
  bound.set("?", { what: "This list", run: help });
  document.addEventListener("keydown", (event) => {
    const action = bound.get(event.key);
    if (action && heard(event)) {
      event.preventDefault();
      action.run();
    }
  });
}
function help() {
  const rows2 = [...bound].map(([key, { what }]) => h("tr", {}, h("td", {}, h("kbd", {}, key)), h("td", {}, what)));
  const head2 = h("tr", {}, h("th", { scope: "col" }, "Key"), h("th", { scope: "col" }, "Does"));
  const table = h("table", { class: "keys" }, h("thead", {}, head2), h("tbody", {}, ...rows2));
  const body = [h("p", {}, "Enter opens what has the focus. Shortcuts are silent while you type."), table, onOff()];
  return ask({ title: "Keyboard shortcuts", body, actions: [] });
}
function onOff() {
  const place2 = h("p", { class: "actions", "aria-live": "polite" });
  const draw2 = () => {
    const off = isOff();
    const change = () => {
      off ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1");
      draw2();
      place2.querySelector("button").focus();
    };
    const label = off ? "Switch shortcuts on" : "Switch shortcuts off";
    fill(place2, h("span", {}, off ? "Shortcuts are off." : "Shortcuts are on."), button(label, change));
  };
  draw2();
  return place2;
}
function heard(event) {
  const typing = event.target.closest?.("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");
  const chord = event.ctrlKey || event.metaKey || event.altKey;
  return !typing && !chord && !isOff() && document.querySelector("dialog[open]") === null;
}
function isOff() {
  return localStorage.getItem(OFF) === "1";
}

// src/desk/case.js
var CHECK_FIRST = "check_first";
async function caseScreen({ params: { id }, signal }) {
  const answer = await post(`/api/cases/${id}/open`).catch((fault) => {
    if (fault.code !== CHECK_FIRST) {
      throw fault;
    }
    return null;
  });
  if (answer === null) {
    return conflictView(await openFile(await post(`/api/cases/${id}/parties`)));
  }
  const file2 = await openFile(await inNewEpoch(id, answer));
  const news = noticePlace();
  watch(answer.mark, signal, () => tell(news), id);
  const view = caseView(file2, news.element);
  bind(keysOf(view.element), signal);
  return view;
}
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
    n: { what: "Write an internal note", run: to("#note-text") }
  };
}

// src/desk/key.js
import { fingerprint } from "./crypto.js";

// src/desk/key_make.js
import { makeKeyFile, openKeyFile, words } from "./crypto.js";

// src/desk/strength.js
var WORDS = 5;
var LETTERS = 16;
function isStrong(passphrase) {
  const words3 = new Set(passphrase.trim().toLowerCase().split(/\s+/).filter((word) => word.length > 1));
  return words3.size >= WORDS || passphrase.length >= LETTERS && new Set(passphrase).size >= LETTERS / 2;
}
function missing(first2, second) {
  if (!isStrong(first2)) {
    return `Make it longer: at least ${WORDS} different words, or ${LETTERS} characters.`;
  }
  return first2 === second ? "" : "The two are not the same. Type it again in the second field.";
}

// src/desk/key_make.js
function makeForm(onMade) {
  const first2 = passphraseInput("new-password");
  const again = passphraseInput("new-password").input;
  const paper = h("input", { type: "checkbox", required: true });
  const place2 = noticePlace();
  const submit = h("button", { type: "submit", class: "primary" }, "Make my key");
  const form2 = h(
    "form",
    { class: "stack" },
    offer2(),
    field("Passphrase", first2.input, "At least 5 words, or 16 characters. Your own or the words above."),
    field("The same passphrase again", again),
    first2.toggle,
    h("label", { class: "check" }, paper, "I have it on paper, in a place that locks"),
    noReset(),
    place2.element,
    h("div", { class: "actions" }, submit)
  );
  form2.addEventListener("submit", async (event) => {
    event.preventDefault();
    const fault = missing(first2.input.value, again.value);
    if (fault) {
      place2.say("error", fault);
      return;
    }
    submit.disabled = true;
    await make(first2.input.value, place2, onMade).catch((problem) => place2.say("error", problem.message));
    submit.disabled = false;
  });
  return form2;
}
async function make(passphrase, place2, onMade) {
  const text = "Making your key. This takes a few seconds, so that nobody can try passphrases quickly.";
  const made = await behindBar(place2, text, () => makeKeyFile(passphrase));
  const me = await withStepUp(() => put("/api/key", { file: made.file, public: made.public }));
  if (me === null) {
    throw new Error("The key was not kept. Sign in again, then make it once more.");
  }
  state.me = me;
  unlock(await behindBar(place2, "Unlocking it", () => openKeyFile(made.file, passphrase)));
  announce("Your key is made and unlocked.");
  onMade(made);
}
function madeView(made) {
  return h(
    "div",
    { class: "stack" },
    h("p", {}, "Now do two things:"),
    h(
      "ol",
      { class: "steps" },
      h("li", {}, "Read these eight groups to a colleague by phone. The colleague compares them with what the desk shows there."),
      h("li", {}, "Save the key file on a stick or disk that you lock away. It opens only with your passphrase.")
    ),
    fingerprintBlock(made.fingerprint),
    h("div", { class: "actions" }, backupButton(made.file), h("a", { href: "/queue", class: "button primary" }, "Go to the queue"))
  );
}
function offer2() {
  const shown2 = h("p", { class: "words", "aria-live": "polite" }, words());
  const other2 = button("Other words", () => fill(shown2, words()), { class: "quiet" });
  return h("div", { class: "offer" }, h("p", { class: "label" }, "Six words made for you"), shown2, other2);
}
function noReset() {
  return h(
    "div",
    { class: "notice warning" },
    h("p", {}, h("strong", {}, "Nobody can reset this passphrase, "), "not your administrator and not we. If it is lost, you make a new key, and a colleague gives you your cases again.")
  );
}

// src/desk/key_unlock.js
import { openKeyFile as openKeyFile2 } from "./crypto.js";
var SAY = {
  wrong_passphrase: "This passphrase does not open your key. Check capital letters and the keyboard language, and show what you type. Nothing is locked: try as often as you need."
};
function gated(screen) {
  return (context) => state.key === null ? unlockScreen() : screen(context);
}
function unlockForm(onDone) {
  return passphraseForm("Unlock", () => state.me.key.file, onDone);
}
function loadForm(onDone) {
  const chosen = h("input", { type: "file", accept: ".json,application/json,text/plain", required: true });
  const hint = "The file that `amparo keys new` wrote, or the back-up that you saved here.";
  const read = async () => (await chosen.files[0].text()).trim() + "\n";
  return passphraseForm("Load and unlock", read, onDone, field("Key file", chosen, hint), register);
}
function unlockScreen() {
  const { file: file2 } = state.me.key;
  const form2 = file2 ? unlockForm(show) : h("p", {}, h("a", { href: "/key", class: "button primary" }, "Set up your key"));
  const text = file2 ? "What workers write opens only in this page, with your passphrase." : "You have no key here yet. Without it nothing that workers write can be opened.";
  const element = h("div", { class: "sheet narrow" }, heading("Unlock your key"), h("p", {}, text), form2);
  return { title: "Unlock your key", element };
}
function passphraseForm(label, read, onDone, before = null, opened = null) {
  const { input, toggle } = passphraseInput("current-password");
  const place2 = noticePlace();
  const submit = h("button", { type: "submit", class: "primary" }, label);
  const row2 = h("div", { class: "actions" }, submit, toggle);
  const form2 = h("form", { class: "stack" }, before, field("Passphrase of your key", input), place2.element, row2);
  form2.addEventListener("submit", async (event) => {
    event.preventDefault();
    submit.disabled = true;
    try {
      const file2 = await read();
      const key = await behindBar(place2, "Unlocking. This takes a second or two.", () => openKeyFile2(file2, input.value));
      await opened?.(file2);
      unlock(key);
      onDone();
    } catch (fault) {
      place2.say("error", SAY[fault.code] ?? `${fault.message}.`);
      input.select();
    } finally {
      submit.disabled = false;
    }
  });
  return form2;
}
async function register(file2) {
  const { public: known, file: kept2 } = state.me.key;
  const mine = JSON.parse(file2).public;
  if (known && known !== mine) {
    throw new Error("This is another key than the one your team knows you by. Load the file of that key");
  }
  if (!kept2) {
    const me = await withStepUp(() => put("/api/key", { file: file2, public: mine }));
    if (me === null) {
      throw new Error("The key file was not kept: it needs a fresh sign-in");
    }
    state.me = me;
  }
}

// src/desk/key.js
var LOST = "Ask your administrator for a reset of your key. Then you make a new one here, and a colleague compares its fingerprint with you and gives you your cases again.";
async function keyScreen() {
  const { public: known, file: file2, replace } = state.me.key;
  const kept2 = file2 ? locked : elsewhere;
  const parts = state.key ? await unlocked() : known && !replace ? await kept2() : first(replace);
  return { title: "Your key", element: h("div", { class: "sheet narrow" }, heading("Your key"), ...parts) };
}
function first(replace) {
  const place2 = h("div", { class: "stack" });
  const made = (key) => {
    fill(place2, madeView(key));
    place2.querySelector("button").focus();
  };
  const intro = replace ? "Your key was reset. Make a new one; a colleague then compares its fingerprint with you and gives you your cases again." : "What workers write is sealed to your key. It is made here, in your browser, and the server never sees it open.";
  fill(place2, h("p", {}, intro), h("h2", {}, "Make a key"), makeForm(made), ...other());
  return [place2];
}
async function locked() {
  return [
    h("p", {}, "Your key is locked. Unlock it to open cases; after 15 idle minutes the page forgets it again."),
    unlockForm(show),
    await print(),
    h("details", {}, h("summary", {}, "I have lost the passphrase"), h("p", {}, LOST))
  ];
}
async function elsewhere() {
  const text = "Your team knows the public half of your key; the key itself is in a file that you have.";
  return [h("p", {}, text), loadForm(show), await print()];
}
async function unlocked() {
  const row2 = [button("Lock now", lock, { class: "primary" }), state.me.key.file ? backupButton(state.me.key.file) : null];
  return [h("p", {}, "Your key is unlocked in this page. It locks after 15 idle minutes."), await print(), h("div", { class: "actions" }, ...row2)];
}
function other() {
  return [h("h2", {}, "Or load a key file"), h("p", {}, "If your key was made with the command-line tool."), loadForm(show)];
}
async function print() {
  return fingerprintBlock(await fingerprint(state.me.key.public));
}

// src/desk/key_status.js
var SIGNS_OF_LIFE = ["pointerdown", "keydown", "wheel", "touchstart"];
function keepKeyStatus() {
  const place2 = h("div", { class: "key-status" });
  const countdown = h("div", { class: "countdown", hidden: true });
  document.querySelector("header").append(place2);
  document.body.append(countdown);
  for (const event of ["desk:unlocked", "desk:locked"]) {
    document.addEventListener(event, () => draw(place2));
  }
  for (const sign of SIGNS_OF_LIFE) {
    document.addEventListener(sign, touch, { passive: true, capture: true });
  }
  setInterval(() => count2(countdown), 1e3);
  draw(place2);
}
function draw(place2) {
  if (state.key === null) {
    fill(place2, h("a", { href: "/key", class: "lock" }, "Key locked"));
  } else {
    fill(place2, h("a", { href: "/key", class: "lock open" }, "Key unlocked"), button("Lock", lock, { class: "small" }));
  }
}
function count2(place2) {
  const left = secondsLeft();
  place2.hidden = left === null;
  if (left === null) {
    place2.replaceChildren();
    return;
  }
  if (place2.childElementCount === 0) {
    fill(place2, h("p", {}), button("Stay unlocked", touch, { class: "primary" }));
  }
  fill(place2.firstChild, `You have been away. The key locks in ${left} seconds.`);
  if (left === 60 || left === 15) {
    announce(`The key locks in ${left} seconds. Press any key to stay unlocked.`);
  }
}

// src/desk/queue_filters.js
var VIEWS = { open: "All open", urgent: "Urgent", mine: "Mine", closed: "Closed" };
var ASKS = {
  open: { status: "open" },
  urgent: { status: "open", urgency: "1" },
  mine: { status: "open", mine: "1" },
  closed: { status: "closed" }
};
var PAUSE2 = 250;
function readWish(query) {
  const view = query.get("view");
  return { view: view in VIEWS ? view : "open", language: query.get("language") ?? "", q: query.get("q") ?? "" };
}
function toAddress({ view, language, q }) {
  const query = new URLSearchParams(given({ view: view === "open" ? "" : view, language, q }));
  return query.size > 0 ? `/queue?${query}` : "/queue";
}
function toApi({ view, language, q }, after = null) {
  return new URLSearchParams(given({ ...ASKS[view], language, q, after }));
}
function filters(wish, onChange) {
  const numbers = {};
  const change = (name2, value) => {
    wish[name2] = value;
    return onChange();
  };
  const views = Object.entries(VIEWS).map(([view, label]) => {
    numbers[view] = h("span", { class: "count" });
    const input = h("input", { type: "radio", name: "view", value: view, checked: wish.view === view });
    input.addEventListener("change", () => change("view", view));
    return h("label", { class: "chip" }, input, h("span", {}, label, " ", numbers[view]));
  });
  const search = searchBox(wish.q, (value) => change("q", value));
  const element = h(
    "form",
    { class: "filters", role: "search", "aria-label": "Filter the queue", on: { submit: (event) => event.preventDefault() } },
    h("fieldset", { class: "chips" }, h("legend", { class: "visually-hidden" }, "Show"), ...views),
    languages(wish.language, (value) => change("language", value)),
    h("label", { class: "inline" }, h("span", {}, "Case name"), search)
  );
  return { element, search, count: (counts) => Object.keys(counts).forEach((view) => fill(numbers[view], String(counts[view]))) };
}
function languages(chosen, onChange) {
  const options2 = Object.keys(CANNED).map((code) => [code, languageName(code)]);
  const control = select([["", "All languages"], ...options2], chosen);
  control.addEventListener("change", () => onChange(control.value));
  return h("label", { class: "inline" }, h("span", {}, "Language"), control);
}
function searchBox(value, onChange) {
  let timer = null;
  const box = h("input", { type: "search", value, placeholder: "KTR-4821", autocomplete: "off", spellcheck: "false", size: "12" });
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => onChange(box.value.trim()), PAUSE2);
  });
  return box;
}
function given(values) {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value));
}

// src/desk/queue.js
var NOTHING = {
  open: "No report waits. New ones appear here by themselves.",
  urgent: "Nothing urgent waits.",
  mine: "No case is assigned to you.",
  closed: "No case is closed yet."
};
async function queueScreen({ query, signal }) {
  const wish = readWish(query);
  const first2 = await get(`/api/cases?${toApi(wish)}`);
  const list = new List(wish, first2);
  watch(first2.mark, signal, () => list.freshen());
  bind(list.keys(), signal);
  const head2 = h("div", { class: "page-head" }, heading("Queue"), list.summary, button("Keyboard shortcuts", help, { class: "quiet small" }));
  const above = h("div", { class: "notices" }, keyNotice(), lonelyNotice(), await regrantOffers());
  const element = h("div", { class: "queue" }, head2, above, list.filters.element, list.element);
  return { title: "Queue", element };
}
var List = class {
  constructor(wish, page) {
    this.wish = wish;
    this.summary = h("p", { class: "summary" });
    this.news = noticePlace();
    this.place = h("div");
    this.element = h("section", { "aria-label": "Cases" }, this.news.element, this.place);
    this.filters = filters(wish, () => this.reload());
    this.take(page);
  }
  take(page) {
    this.cases = page.cases;
    this.next = page.next;
    this.counts(page.counts);
    this.draw();
  }
  counts(counts) {
    this.filters.count(counts);
    fill(this.summary, `${plural(counts.open, "open case")}, ${counts.urgent} urgent, ${counts.mine} yours`);
  }
  async reload() {
    history.replaceState(null, "", toAddress(this.wish));
    this.news.clear();
    this.take(await this.page());
    announce(`${plural(this.cases.length, "case")} shown`);
  }
  async more() {
    const page = await this.page(this.next);
    const first2 = page.cases[0];
    this.cases = [...this.cases, ...page.cases];
    this.next = page.next;
    this.draw();
    this.place.querySelector(`a[href="/cases/${first2?.id}"]`)?.focus();
  }
  /** Something changed: known rows are renewed in place, new ones wait while somebody is in the list. */
  async freshen() {
    const page = await this.page();
    const known = new Set(this.cases.map(({ id }) => id));
    const fresh2 = page.cases.filter(({ id }) => !known.has(id));
    const here = this.place.querySelector("tbody:hover, tbody:focus-within") !== null;
    if (fresh2.length > 0) {
      const show2 = () => {
        this.news.clear();
        this.merge(page, known);
        this.place.querySelector("tbody a")?.focus();
      };
      this.news.say("info", `${fresh2.length} new`, here ? button(`Show ${fresh2.length} new`, show2, { class: "small" }) : null);
    }
    this.counts(page.counts);
    this.merge(here ? { ...page, cases: page.cases.filter(({ id }) => known.has(id)) } : page, known);
  }
  merge(page, known) {
    const newest2 = new Set(page.cases.map(({ id }) => id));
    const whole = this.next === null || known.size <= page.cases.length;
    const kept2 = whole ? [] : this.cases.slice(page.cases.length).filter(({ id }) => !newest2.has(id));
    this.cases = [...page.cases, ...kept2];
    this.next = whole ? page.next : this.next;
    this.draw();
  }
  draw() {
    const focused = document.activeElement?.getAttribute("href");
    const empty = this.wish.q ? "No case of yours has this name." : NOTHING[this.wish.view];
    const table = this.cases.length > 0 ? caseTable(this.cases) : h("p", { class: "empty" }, empty);
    const more = this.next && button("Show more", () => this.more(), { class: "more" });
    fill(this.place, table, more);
    if (focused) {
      this.place.querySelector(`a[href="${CSS.escape(focused).replaceAll("\\", "")}"]`)?.focus({ preventScroll: true });
    }
  }
  page(after = null) {
    return get(`/api/cases?${toApi(this.wish, after)}`);
  }
  keys() {
    return {
      j: { what: "Next case", run: () => this.step(1) },
      k: { what: "Case before", run: () => this.step(-1) },
      "/": { what: "Search by case name", run: () => this.filters.search.focus() }
    };
  }
  step(by) {
    const links = [...this.place.querySelectorAll("tbody a")];
    const at = links.indexOf(document.activeElement);
    links[Math.min(links.length - 1, Math.max(0, at + by))]?.focus();
  }
};
function lonelyNotice() {
  const text = "Your team has fewer than two readers with a key. One lost passphrase would lose its cases: tell your administrator.";
  return state.me.two_readers ? null : notice("warning", h("p", {}, text));
}
function keyNotice() {
  const { public: known, file: file2 } = state.me.key;
  if (state.key !== null) {
    return null;
  }
  const [text, label] = known || file2 ? ["Your key is locked: you see the list, not what is in it.", "Unlock"] : ["You have no key yet, so no report can be sealed to you.", "Make your key"];
  return notice("warning", h("p", {}, text, " ", h("a", { href: "/key" }, label)));
}

// src/desk/states.js
var NAMES4 = "AL Alabama|AK Alaska|AS American Samoa|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|DC District of Columbia|FL Florida|GA Georgia|GU Guam|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas|KY Kentucky|LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|MO Missouri|MT Montana|NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|NC North Carolina|ND North Dakota|MP Northern Mariana Islands|OH Ohio|OK Oklahoma|OR Oregon|PA Pennsylvania|PR Puerto Rico|RI Rhode Island|SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah|VT Vermont|VI US Virgin Islands|VA Virginia|WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming";
var STATES = NAMES4.split("|").map((entry) => [entry.slice(0, 2), entry.slice(3)]);

// src/desk/report_steps.js
var PAUSE3 = 400;
function startStep(interview) {
  const { answers } = interview;
  const language = select(Object.keys(CANNED).map((code) => [code, languageName(code)]), answers.language);
  const place2 = select([["", "Not known yet"], ...STATES], answers.state ?? "");
  language.addEventListener("change", () => interview.note("language", language.value));
  place2.addEventListener("change", () => interview.note("state", place2.value));
  return form(
    interview,
    heading("A report by phone or in person"),
    h("p", {}, "Ask the questions in order and read the choices out. Everything is sealed in this page before it leaves it. Do not ask for the name of the worker or for papers."),
    field("Language of the worker", language, "Replies are written in it."),
    field("State of the job", place2)
  );
}
function questionStep(interview, question) {
  return question.part ? wordsStep(interview, question) : choiceStep(interview, question);
}
function choiceStep(interview, { fact, ask: ask2, hint, optional, codes }) {
  const take = async (code) => {
    await interview.note(fact, code);
    interview.go(interview.at + 1);
  };
  const keys = Object.fromEntries(codes.map((code, at) => [String(at + 1), { what: factWord(fact, code), run: () => take(code) }]));
  bind(keys, interview.step.signal);
  const choices = codes.map((code, at) => {
    const chosen = interview.answers[fact] === code;
    const label = [h("kbd", {}, String(at + 1)), " ", factWord(fact, code)];
    return h("li", {}, button(label, () => take(code), { class: "choice", "aria-pressed": String(chosen) }));
  });
  const skip = () => take("");
  return h(
    "div",
    { class: "stack" },
    heading(ask2),
    hint && h("p", { class: "hint" }, hint),
    h("ol", { class: "choices" }, ...choices),
    h("div", { class: "actions" }, back2(interview), optional && button("Leave it out", skip, { class: "quiet" }))
  );
}
function wordsStep(interview, { part, ask: ask2, hint, rows: rows2, optional }) {
  const area = h("textarea", { rows: rows2, lang: interview.answers.language, dir: "auto", required: !optional });
  area.value = interview.answers[part] ?? "";
  let timer = null;
  area.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => interview.note(part, area.value.trim()), PAUSE3);
  });
  area.addEventListener("focusout", () => interview.note(part, area.value.trim()));
  interview.step.signal.addEventListener("abort", () => clearTimeout(timer));
  return form(interview, heading(ask2), field("The answer", area, hint));
}
function form(interview, ...content) {
  const go = h("button", { type: "submit", class: "primary" }, "Go on");
  const row2 = h("div", { class: "actions" }, go, interview.at > 0 && back2(interview));
  const submit = (event) => {
    event.preventDefault();
    interview.go(interview.at + 1);
  };
  return h("form", { class: "stack", on: { submit } }, ...content, row2);
}
function back2(interview) {
  return button("Back", () => interview.go(interview.at - 1));
}

// src/desk/report_questions.js
var choice = (fact, ask2, hint = "", optional = true) => ({ fact, ask: ask2, hint, optional, codes: Object.keys(facts_default[fact].codes) });
var words2 = (part, ask2, hint, rows2, optional) => ({ fact: part, part, ask: ask2, hint, rows: rows2, optional });
var QUESTIONS = [
  choice("safe", "Is it safe for you to talk now?", "If not: agree on another time or phone first."),
  words2("story", "What happened?", "In the worker's own words, in their language if you can write it. Do not correct.", "10", false),
  choice("kind", "What is it most about?", "", false),
  words2("employer", "Who is the boss or company?", "Every name the worker knows: the one on the pay slip, the one on the truck.", "2", true),
  words2("place", "Where is it?", "Town and state, camp or farm. Not where the worker lives, unless it is the problem.", "2", true),
  choice("when", "When was the last time?"),
  choice("count", "How many workers does it hurt?"),
  choice("wish", "What do you want?", "Read all four. Advice alone is fine.")
];
function factsFrom(answers) {
  const facts = { story: "done", code: "receipt" };
  for (const { fact, part } of QUESTIONS) {
    if (!part && answers[fact]) {
      facts[fact] = answers[fact];
    }
    if ((part === "employer" || part === "place") && !answers[part]) {
      facts[part] = "skip";
    }
  }
  return answers.state ? { ...facts, state: answers.state } : facts;
}

// src/desk/report_send.js
import { makeCase as makeCase2, newReceipt, sealItem as sealItem3, sealReceipt } from "./crypto.js";
var OTHER_TEAM = "other_team";
var FIRST_EPOCH = 1;
function readersOf(team = "") {
  return get(`/api/readers?team=${encodeURIComponent(team)}`);
}
async function file(answers, team = "") {
  const sealed = await sealReport(answers, await readersOf(team));
  try {
    const filed2 = await post("/api/reports", sealed.body);
    return { ...filed2, receipt: sealed.receipt };
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
  const { public: half, wraps } = await makeCase2(id, readers);
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
    receipt: await sealReceipt(hour, id, receipt)
  };
  return { body, receipt };
}
function sealItems(id, half, answers, facts) {
  const told = QUESTIONS.filter(({ part }) => part && answers[part]).map(({ part }) => [part, answers[part]]);
  const texts = [...told, ["facts", JSON.stringify(facts)]];
  const one = async ([part, text], at) => {
    const seq = at + 1;
    return { seq, part, box: await sealItem3(id, { epoch: FIRST_EPOCH, seq, direction: "in", part }, text, half) };
  };
  return Promise.all(texts.map(one));
}

// src/desk/report_review.js
function reviewStep(interview) {
  const place2 = noticePlace();
  const who = h("p", { class: "hint" }, "Looking up who will be able to read it");
  readersOf().then(
    ({ team, readers }) => fill(who, readableBy(team, readers)),
    (fault) => place2.say("error", fault.message)
  );
  const send3 = button("Seal and file", () => filed(interview, place2, send3), { class: "primary" });
  const again = button("Back", () => interview.go(interview.at - 1));
  return h(
    "div",
    { class: "stack" },
    heading("Read it back to the worker"),
    h("dl", { class: "facts review" }, ...lines(interview).flat()),
    who,
    place2.element,
    h("div", { class: "actions" }, send3, again)
  );
}
function lines(interview) {
  const { answers } = interview;
  const first2 = line2("Language", languageName(answers.language), () => interview.go(0));
  const rest = QUESTIONS.map(({ fact, part }, at) => {
    const text = part ? answers[part] : answers[fact] && factWord(fact, answers[fact]);
    return line2(facts_default[fact].label, text, () => interview.go(at + 1));
  });
  return [first2, ...rest];
}
function line2(label, text, change) {
  const shown2 = text ? h("bdi", { class: "words-of" }, text) : h("span", { class: "none" }, "Left out");
  const edit = button("Change", change, { class: "small", "aria-label": `Change: ${label}` });
  return [h("dt", {}, label), h("dd", {}, shown2, edit)];
}
function readableBy(team, readers) {
  const offline = readers.filter(({ name: name2 }) => name2.startsWith("recovery:")).length;
  const people = plural(readers.length - offline, "reader");
  return `Only ${people} of the team ${team}${offline > 0 ? " and the recovery key kept offline" : ""} will be able to read it.`;
}
async function filed(interview, place2, send3) {
  send3.disabled = true;
  try {
    const { alias, id, receipt } = await file(interview.answers);
    interview.drop();
    fill(interview.place, receiptView(alias, id, receipt));
    interview.place.querySelector("h1").focus();
    announce("The report is filed.");
  } catch (fault) {
    send3.disabled = false;
    place2.say("error", fault.message);
  }
}
function receiptView(alias, id, receipt) {
  const groups = receipt.split(" ");
  return h(
    "div",
    { class: "stack receipt" },
    heading("Filed. Now the code"),
    h("p", {}, h("strong", {}, "Read it to the worker slowly, twice."), " It is shown once and kept nowhere: with it the worker can ask how the case stands and get your replies."),
    h("p", { class: "groups" }, ...groups.map((group) => h("span", {}, group))),
    readBack(groups.join("")),
    h("p", { class: "on-paper" }, "Keep this number where nobody else sees it. Send it to the hotline to hear how your case stands."),
    h(
      "div",
      { class: "actions no-print" },
      button("Print the code", () => window.print()),
      h("a", { href: `/cases/${id}`, class: "button" }, `Open ${alias}`),
      h("a", { href: "/queue", class: "button primary" }, "The worker has it: finish")
    )
  );
}
function readBack(digits) {
  const input = h("input", { type: "text", inputmode: "numeric", autocomplete: "off", maxlength: "19" });
  const result = h("p", { role: "status" });
  input.addEventListener("input", () => {
    const heard2 = input.value.replaceAll(/\D/g, "");
    const done = heard2.length === digits.length;
    fill(result, done ? heard2 === digits ? "The same: the worker has it right." : "Not the same: read it once more." : "");
    result.className = done ? heard2 === digits ? "ok" : "fault" : "";
  });
  const box = field("Let the worker read it back, and type what you hear", input);
  return h("div", { class: "no-print" }, box, result);
}

// src/desk/report.js
var DRAFT = "report";
var STEPS = QUESTIONS.length + 2;
async function reportScreen({ signal }) {
  const kept2 = await restore(DRAFT);
  const interview = new Interview(kept2 ? JSON.parse(kept2) : fresh(), signal);
  if (kept2) {
    interview.news.say("info", h("p", {}, "You had begun this report. It was kept sealed in this tab."));
  }
  interview.draw();
  return { title: "New report", element: h("div", { class: "sheet narrow report" }, interview.news.element, interview.place) };
}
var Interview = class {
  constructor({ at, answers }, signal) {
    this.at = at;
    this.answers = answers;
    this.signal = signal;
    this.news = noticePlace();
    this.place = h("div");
    this.step = new AbortController();
    signal.addEventListener("abort", () => this.step.abort());
  }
  /** Note an answer without moving. */
  note(name2, value) {
    this.answers[name2] = value;
    return keep(DRAFT, JSON.stringify({ at: this.at, answers: this.answers }));
  }
  /** Go to a step, and put the focus on its question. */
  go(at) {
    this.at = at;
    keep(DRAFT, JSON.stringify({ at, answers: this.answers }));
    this.news.clear();
    this.draw();
    this.place.querySelector("h1").focus();
  }
  /** Nothing of it is kept any more. */
  drop() {
    forget(DRAFT);
    this.answers = fresh().answers;
  }
  draw() {
    this.step.abort();
    this.step = new AbortController();
    const number = `Step ${this.at + 1} of ${STEPS}`;
    const bar = h("progress", { max: String(STEPS), value: String(this.at + 1), "aria-label": number });
    fill(this.place, h("p", { class: "crumb" }, `New report. ${number}`), bar, this.screen());
  }
  screen() {
    if (this.at === 0) {
      return startStep(this);
    }
    return this.at > QUESTIONS.length ? reviewStep(this) : questionStep(this, QUESTIONS[this.at - 1]);
  }
};
function fresh() {
  return { at: 0, answers: { language: "es" } };
}

// src/desk/main.js
var ROUTES = [
  { pattern: /^\/(queue)?$/, screen: queueScreen },
  { pattern: /^\/cases\/(?<id>[0-9a-f-]{36})$/, screen: gated(caseScreen) },
  { pattern: /^\/reports\/new$/, screen: gated(reportScreen) },
  { pattern: /^\/key$/, screen: keyScreen }
];
async function begin() {
  document.addEventListener("desk:signed-out", signedOut);
  try {
    state.me = await get("/api/me");
  } catch (fault) {
    fill(document.getElementById("desk"), notice("error", fault.message));
    return;
  }
  keepKeyStatus();
  listen();
  bind({ g: { what: "Go to the queue", run: () => document.querySelector('header a[href="/queue"]').click() } }, new AbortController().signal);
  document.addEventListener("desk:locked", relock);
  await start(ROUTES);
}
async function relock() {
  document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
  await show();
  announce("Your key is locked. What you were writing is kept sealed in this tab.");
}
async function signedOut() {
  if (signedOut.asking) {
    return;
  }
  signedOut.asking = true;
  await flush();
  lock();
  await asked();
  signedOut.asking = false;
}
async function asked() {
  const here = encodeURIComponent(location.pathname + location.search);
  const text = "Your session ended. What you were writing is kept sealed in this tab: it comes back when you have signed in and unlocked your key.";
  const answer = await ask({
    title: "Sign in again",
    body: [h("p", {}, text)],
    actions: [{ label: "Sign in", value: "go", kind: "primary" }]
  });
  if (answer === "go") {
    location.assign(`/login?next=${here}`);
  }
}
begin();
