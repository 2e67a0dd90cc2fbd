// One telephone's messages on the screen: text nodes only, whatever a message holds.

const RECEIPT = /\b\d{4} \d{4} \d{4} \d{4}\b/;
const MARKS = { sending: "Sending", queued: "Queued", sent: "Sent", delivered: "Delivered", read: "Read",
  failed: "Not delivered", undelivered: "Not delivered" };

/** Keeps the messages of one telephone, by id, in the order they came. */
export class Conversation {
  constructor() {
    this.version = 0;
    this.messages = new Map();
  }

  /** Take in what changed; returns the messages that are new and came from the hotline. */
  take({ version, messages }) {
    if (version < this.version) this.messages.clear();
    this.version = version;
    const fresh = messages.filter((message) => !message.mine && !this.messages.has(message.id));
    for (const message of messages) this.messages.set(message.id, message);
    return fresh;
  }

  of(channel) {
    return [...this.messages.values()].filter((message) => message.channel === channel);
  }

  /** The newest code that the hotline sent, if it sent one. */
  get code() {
    const found = [...this.messages.values()].filter((m) => !m.mine).map((m) => RECEIPT.exec(m.text)?.[0]);
    return found.filter(Boolean).pop();
  }
}

/** Show the messages of a channel, touching only what changed: a screen reader hears each message once. */
export function show(list, messages, price) {
  const wanted = new Set(messages.map((message) => message.id));
  for (const item of [...list.children]) if (!wanted.has(item.dataset.id)) item.remove();
  let grew = false;
  for (const message of messages) {
    const there = list.querySelector(`[data-id="${message.id}"]`);
    if (there) mark(there, message, price);
    else [grew] = [true, list.append(bubble(message, price))];
  }
  if (grew) toEnd(list.parentElement);
}

/** The newest message stays in sight, also when the window changes, unless somebody scrolled up to read. */
export function keepAtEnd(list) {
  const log = list.parentElement;
  log.addEventListener("scroll", () => {
    log.dataset.at = log.scrollHeight - log.scrollTop - log.clientHeight < 80 ? "end" : "above";
  });
  new ResizeObserver(() => toEnd(log)).observe(log);
}

/** Empty the screen for another conversation. */
export function clear(list) {
  list.replaceChildren();
  list.parentElement.dataset.at = "end";
}

function toEnd(log) {
  if (log.dataset.at !== "above") log.scrollTop = log.scrollHeight;
}

function bubble(message, price) {
  const item = element("li", message.mine ? "mine" : "theirs");
  item.dataset.id = message.id;
  const words = element("p", "words");
  words.append(element("span", "quiet", message.mine ? "You: " : "Amparo: "), message.text);
  item.append(words, element("p", "under"));
  mark(item, message, price);
  return item;
}

function mark(item, message, price) {
  const line = [clock(message.at), MARKS[message.state] ?? message.state, ...cost(message, price)].join(" · ");
  const under = item.querySelector(".under");
  if (under.textContent !== line) under.textContent = line;
  item.dataset.state = message.state;
}

function cost(message, price) {
  const dollars = `$${(message.segments * price).toFixed(4)}`;
  if (message.channel !== "twilio_sms") return [dollars];
  return [`${message.segments} ${message.segments === 1 ? "segment" : "segments"} ${message.encoding}`, dollars];
}

const clock = (at) => new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });

/** An element with a class and, perhaps, a text. */
export function element(tag, name = "", text = "") {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text) made.append(text);
  return made;
}
