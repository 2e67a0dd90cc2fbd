/** The queue: the cases this reader holds a key to, most urgent first, kept fresh without moving anybody's focus. */

import { get } from "./api.js";
import { announce, button, fill, h } from "./dom.js";
import { plural } from "./dates.js";
import { watch } from "./live.js";
import { notice, noticePlace } from "./notice.js";
import { filters, readWish, toAddress, toApi } from "./queue_filters.js";
import { caseTable } from "./queue_table.js";
import { regrantOffers } from "./regrants.js";
import { heading } from "./router.js";
import { bind, help } from "./shortcuts.js";
import { state } from "./state.js";

const NOTHING = {
  open: "No report waits. New ones appear here by themselves.",
  urgent: "Nothing urgent waits.",
  mine: "No case is assigned to you.",
  closed: "No case is closed yet.",
};

/** /queue */
export async function queueScreen({ query, signal }) {
  const wish = readWish(query);
  const first = await get(`/api/cases?${toApi(wish)}`);
  const list = new List(wish, first);
  watch(first.mark, signal, () => list.freshen());
  bind(list.keys(), signal);
  const head = h("div", { class: "page-head" }, heading("Queue"), list.summary, button("Keyboard shortcuts", help, { class: "quiet small" }));
  const above = h("div", { class: "notices" }, keyNotice(), lonelyNotice(), await regrantOffers());
  const element = h("div", { class: "queue" }, head, above, list.filters.element, list.element);
  return { title: "Queue", element };
}

/** The list as it stands: what was asked for, the rows, and how many came since. */
class List {
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
    const first = page.cases[0];
    this.cases = [...this.cases, ...page.cases];
    this.next = page.next;
    this.draw();
    this.place.querySelector(`a[href="/cases/${first?.id}"]`)?.focus();
  }

  /** Something changed: known rows are renewed in place, new ones wait while somebody is in the list. */
  async freshen() {
    const page = await this.page();
    const known = new Set(this.cases.map(({ id }) => id));
    const fresh = page.cases.filter(({ id }) => !known.has(id));
    const here = this.place.querySelector("tbody:hover, tbody:focus-within") !== null;
    if (fresh.length > 0) {
      const show = () => {
        this.news.clear();
        this.merge(page, known);
        this.place.querySelector("tbody a")?.focus();
      };
      this.news.say("info", `${fresh.length} new`, here ? button(`Show ${fresh.length} new`, show, { class: "small" }) : null);
    }
    this.counts(page.counts);
    this.merge(here ? { ...page, cases: page.cases.filter(({ id }) => known.has(id)) } : page, known);
  }

  merge(page, known) {
    const newest = new Set(page.cases.map(({ id }) => id));
    const whole = this.next === null || known.size <= page.cases.length;
    const kept = whole ? [] : this.cases.slice(page.cases.length).filter(({ id }) => !newest.has(id));
    this.cases = [...page.cases, ...kept];
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
      "/": { what: "Search by case name", run: () => this.filters.search.focus() },
    };
  }

  step(by) {
    const links = [...this.place.querySelectorAll("tbody a")];
    const at = links.indexOf(document.activeElement);
    links[Math.min(links.length - 1, Math.max(0, at + by))]?.focus();
  }
}

function lonelyNotice() {
  const text = "Your team has fewer than two readers with a key. One lost passphrase would lose its cases: tell your administrator.";
  return state.me.two_readers ? null : notice("warning", h("p", {}, text));
}

function keyNotice() {
  const { public: known, file } = state.me.key;
  if (state.key !== null) {
    return null;
  }
  const [text, label] = known || file ? ["Your key is locked: you see the list, not what is in it.", "Unlock"] : ["You have no key yet, so no report can be sealed to you.", "Make your key"];
  return notice("warning", h("p", {}, text, " ", h("a", { href: "/key" }, label)));
}
