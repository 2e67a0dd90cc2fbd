/** One page, many addresses: the unlocked key survives while people move about. Deep links and "back" work. */

import { fill, h } from "./dom.js";
import { flush } from "./drafts.js";
import { notice } from "./notice.js";

let routes = [];
let leaving = new AbortController();

/** Begin to answer addresses. Each route is `{pattern, screen}`; a screen gives `{title, element}`. */
export function start(table) {
  routes = table;
  window.addEventListener("popstate", () => show());
  document.addEventListener("click", follow);
  return show({ focus: false });
}

/** Go to an address of the desk. What the server said on the way in has been read by then. */
export function navigate(path) {
  document.querySelectorAll("main > .notice").forEach((flash) => flash.remove());
  history.pushState(null, "", path);
  return show();
}

/** Build the screen of the present address. What the one before had running is told to stop by its signal. */
export async function show({ focus = true, top = true } = {}) {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  await flush();
  const place = document.getElementById("desk");
  place.setAttribute("aria-busy", "true");
  const view = await built(signal);
  if (signal.aborted) {
    return;
  }
  document.title = `${view.title} · Amparo`;
  place.removeAttribute("aria-busy");
  fill(place, view.element);
  markCurrent();
  if (top) {
    window.scrollTo(0, 0);
  }
  if (focus) {
    place.querySelector("h1")?.focus();
  }
}

/** The heading of a screen; it takes the focus when the screen is shown. */
export function heading(...content) {
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
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (!link || !plain || link.target || link.origin !== location.origin || link.hasAttribute("download")) {
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
