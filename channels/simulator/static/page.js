// The page: a telephone, the stories, and the desk in a frame.

import * as api from "./api.js";
import { Conversation, clear, element, keepAtEnd, show } from "./conversation.js";
import { LANGUAGES, load, newNumber, pretty, save } from "./phones.js";
import { Player } from "./player.js";
import { encoding, measure } from "./segments.js";
import * as signin from "./signin.js";

const $ = (id) => document.getElementById(id);
const phones = load();
const conversations = new Map();
const LANGUAGE_WORD = { es: "idioma", ht: "lang", tl: "wika", en: "language" };
let current = phones[0], channel = "twilio_sms", setup = {}, prices = {}, papers = [], listening = null;

const player = new Player((text) => say(text), showPlayer);

const talk = (phone) => {
  if (!conversations.has(phone.number)) conversations.set(phone.number, new Conversation());
  return conversations.get(phone.number);
};

const announce = (text) => { $("said").textContent = text; };

/** Send a text from the telephone in use. */
async function say(text) {
  try {
    await api.send(current.number, channel, text);
  } catch {
    announce("The hotline did not take the message. Is every process up?");
  }
}

/** Listen to the telephone in use until another one is. */
async function listen() {
  listening?.abort();
  const ear = new AbortController();
  listening = ear;
  const phone = current;
  while (!ear.signal.aborted) {
    try {
      const fresh = talk(phone).take(await api.changes(phone.number, talk(phone).version, ear.signal));
      if (ear.signal.aborted) return;
      for (const message of fresh) player.hear(message.text);
      if (fresh.length) channel = fresh.at(-1).channel;
      showPhone();
    } catch {
      if (!ear.signal.aborted) await new Promise((done) => setTimeout(done, 1000));
    }
  }
}

function choosePhone(phone) {
  current = phone;
  channel = [...talk(phone).messages.values()].at(-1)?.channel ?? "twilio_sms";
  clear($("log"));
  player.drop();
  showPhones();
  showPhone();
  listen();
}

function chooseChannel(name) {
  channel = name;
  clear($("log"));
  showPhone();
}

function startOver() {
  conversations.delete(current.number);
  current.number = newNumber(phones);
  save(phones);
  choosePhone(current);
  announce(`New number ${pretty(current.number)}`);
}

function showPhones() {
  const chips = phones.map((phone) => {
    const chip = element("button", "chip", phone.name);
    chip.type = "button";
    chip.append(" ", element("small", "", paperOf(phone) ? "has a code" : LANGUAGES[phone.lang]));
    chip.setAttribute("aria-pressed", String(phone === current));
    chip.addEventListener("click", () => choosePhone(phone));
    return chip;
  });
  const add = element("button", "chip add", "+ Number");
  add.type = "button";
  add.addEventListener("click", () => $("add").showModal());
  $("phones").replaceChildren(...chips, add);
}

const paperOf = (phone) => papers.find((paper) => paper.number === phone.number)?.code;

function showPhone() {
  $("phone").dataset.channel = channel;
  for (const button of document.querySelectorAll(".apps button")) {
    button.setAttribute("aria-pressed", String(button.dataset.channel === channel));
  }
  $("to").textContent = pretty(setup[channel] ?? "");
  $("me").textContent = pretty(current.number);
  const code = talk(current).code ?? paperOf(current);
  $("paper").hidden = !code;
  $("paper-code").textContent = code ?? "";
  const messages = talk(current).of(channel);
  show($("log"), messages, prices[channel] ?? 0);
  showCosts(messages);
  showCount();
}

function showCosts(messages) {
  const parts = messages.reduce((sum, message) => sum + message.segments, 0);
  const dollars = (parts * (prices[channel] ?? 0)).toFixed(2);
  const what = channel === "twilio_sms" ? `${parts} segments` : `${parts} WhatsApp messages`;
  $("costs").textContent = `This conversation costs the hotline $${dollars} (${what}, both ways; ${prices.note}).`;
  $("costs").title = prices.what ?? "";
}

function showCount() {
  const text = $("words").value;
  const { used, room, segments } = measure(text);
  $("count").textContent = channel === "twilio_sms"
    ? `${used}/${room} · ${segments} ${segments === 1 ? "segment" : "segments"} · ${encoding(text)}`
    : `${text.length}/1600`;
}

function showStories(stories) {
  $("stories").replaceChildren(...stories.map((story) => {
    const chip = element("button", "chip", story.title);
    chip.type = "button";
    chip.addEventListener("click", () => player.choose(story, current.lang));
    return chip;
  }));
}

function showPlayer() {
  const { story, step, steps, at, playing, busy } = player;
  $("player").hidden = !story;
  for (const chip of $("stories").children) chip.setAttribute("aria-pressed", String(chip.textContent === story?.title));
  if (!story) return;
  $("step").textContent = step ? `Step ${at + 1} of ${steps.length}:` : "The story is told.";
  $("next-words").textContent = step?.say ?? "";
  $("next-words").hidden = !step;
  $("next").disabled = !step || busy || playing;
  $("play").disabled = !step;
  $("play").textContent = playing ? "Stop" : "Play";
  $("play").setAttribute("aria-pressed", String(playing));
}

function chooseSide(side) {
  document.body.dataset.side = side;
  for (const button of document.querySelectorAll(".sides button")) {
    button.setAttribute("aria-pressed", String(button.dataset.side === side));
  }
}

function wire() {
  keepAtEnd($("log"));
  $("compose").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = $("words").value.trim();
    if (text) say(text);
    $("words").value = "";
    showCount();
  });
  $("words").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    $("compose").requestSubmit();
  });
  $("words").addEventListener("input", showCount);
  $("languages").addEventListener("click", () => say(LANGUAGE_WORD[current.lang]));
  $("restart").addEventListener("click", startOver);
  $("paper-send").addEventListener("click", () => say($("paper-code").textContent));
  $("next").addEventListener("click", () => player.next());
  $("play").addEventListener("click", () => (player.playing ? player.stop() : player.play()));
  for (const button of document.querySelectorAll(".apps button")) button.addEventListener("click", () => chooseChannel(button.dataset.channel));
  for (const button of document.querySelectorAll(".sides button")) button.addEventListener("click", () => chooseSide(button.dataset.side));
  $("add").addEventListener("close", addPhone);
}

function addPhone() {
  const name = $("add-name").value.trim();
  if ($("add").returnValue !== "add" || !name) return;
  phones.push({ name, lang: $("add-lang").value, number: newNumber(phones) });
  $("add-name").value = "";
  save(phones);
  choosePhone(phones.at(-1));
}

function tick() {
  $("clock").textContent = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
  setTimeout(tick, 10000);
}

async function start() {
  wire();
  tick();
  showPhones();
  [setup, prices] = await Promise.all([api.setup(), api.rates()]);
  $("desk").src = $("desk-link").href = `${setup.desk}/`;
  showStories(await api.stories());
  choosePhone(current);
  try {
    papers = await signin.start($("people"), announce);
  } catch {
    $("signin").hidden = true;
  }
  showPhones();
  showPhone();
}

start();
