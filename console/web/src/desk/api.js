/** The console's JSON: same origin, CSRF token on every write, faults with a code and what to do next. */

import { state } from "./state.js";

/** The code of an answer that wants a fresh sign-in before the same call is made again. */
export const STEP_UP = "step_up";

const GENERAL = {
  0: "The desk cannot be reached. Check the connection and try again.",
  401: "You were signed out. Sign in again.",
  404: "This is not here, or not yours to see.",
  429: "Too many tries. Wait a minute.",
};

/** An answer that is not a success. `code` names it for the page, `message` tells people what to do. */
class ApiFault extends Error {
  constructor(status, answer) {
    super(answer.say ?? GENERAL[status] ?? "That did not work. Try again; if it stays so, tell your administrator.");
    this.status = status;
    this.code = answer.error ?? "";
    this.answer = answer;
  }
}

/** GET; null when nothing changed (304). */
export function get(path) {
  return call("GET", path);
}

/** POST with a JSON body. */
export function post(path, body = {}) {
  return call("POST", path, body);
}

/** PUT with a JSON body. */
export function put(path, body) {
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
  if (body === undefined) {
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
