// Plays a story: says each step when asked to, or by itself at reading speed.

const PER_LETTER = 40, LEAST = 1500, MOST = 6000, PATIENCE = 15000, QUIET = 900;
const MOST_REPEATS = 16;

/** `say(text)` sends from the telephone in use; `changed()` is called whenever there is something new to show. */
export class Player {
  constructor(say, changed) {
    Object.assign(this, { say, changed, story: null, steps: [], at: 0, playing: false, busy: false });
    this.heard = [];
    this.lastHeard = 0;
  }

  /** Take up a story in a language. */
  choose(story, lang) {
    this.stop();
    this.story = story;
    this.steps = story.steps.map((step) => (typeof step === "string" ? { say: step } : { ...step, say: step.say[lang] ?? step.say }));
    [this.at, this.repeats] = [0, 0];
    this.changed();
  }

  /** Put the story away. */
  drop() {
    this.stop();
    this.story = null;
    this.changed();
  }

  stop() {
    this.playing = false;
    this.changed();
  }

  get step() {
    return this.story && this.steps[this.at];
  }

  /** A message came from the hotline. */
  hear(text) {
    this.heard.push(text);
    this.lastHeard = Date.now();
    if (this.step?.until === "code" && /\b\d{4} \d{4} \d{4} \d{4}\b/.test(text) && this.repeats) this.#advance();
  }

  /** Say the next step, and wait until the hotline has answered. */
  async next() {
    const step = this.step;
    if (!step || this.busy) return;
    this.busy = true;
    this.heard = [];
    if (step.until) this.repeats += 1;
    this.changed();
    try {
      await this.say(step.say);
      if (!step.until || this.repeats >= MOST_REPEATS) this.#advance();
      await this.#answer();
    } finally {
      this.busy = false;
      if (!this.step) this.playing = false;
      this.changed();
    }
  }

  /** Go on by itself until the end, or until it is stopped. */
  async play() {
    this.playing = true;
    this.changed();
    while (this.playing && this.step) {
      await this.next();
      const letters = this.heard.join("").length;
      if (this.step) await pause(Math.min(MOST, Math.max(LEAST, letters * PER_LETTER)));
    }
    this.stop();
  }

  #advance() {
    this.at += 1;
    this.repeats = 0;
    this.changed();
  }

  async #answer() {
    const end = Date.now() + PATIENCE;
    while (Date.now() < end && !(this.heard.length && Date.now() - this.lastHeard > QUIET)) await pause(100);
  }
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
