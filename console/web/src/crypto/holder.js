/** The one place of a page where an unlocked key lives: a closure, never a storage; gone after idle minutes. */

const TICK = 5_000;

/** Keeps one Key until `drop`, or until nobody touched it for some minutes. */
export class Holder {
  #key = null;
  #touched = 0;
  #timer = null;
  #idle;
  #onDrop;

  /** `onDrop()` is called once whenever a key that was held is gone. */
  constructor(onDrop, minutes = 15) {
    this.#onDrop = onDrop;
    this.#idle = minutes * 60_000;
  }

  /** The key, or null. Asking does not count as use: `touch` does. */
  get key() {
    this.#expire();
    return this.#key;
  }

  /** Keep a key, in place of any other. */
  hold(key) {
    this.#key = key;
    this.#touched = Date.now();
    this.#timer ??= setInterval(() => this.#expire(), TICK);
  }

  /** Somebody is there: begin the idle time anew, unless it has run out already. */
  touch() {
    this.#expire();
    this.#touched = Date.now();
  }

  /** Forget the key now. */
  drop() {
    clearInterval(this.#timer);
    this.#timer = null;
    if (this.#key !== null) {
      this.#key = null;
      this.#onDrop();
    }
  }

  // a clock is compared, not a timer awaited: timers stand still while a laptop sleeps
  #expire() {
    if (this.#key !== null && Date.now() - this.#touched >= this.#idle) {
      this.drop();
    }
  }
}
