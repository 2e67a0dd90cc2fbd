/** Passphrases that people can copy by hand: words of the English BIP39 list (2,048 words, told apart by four letters). */

import { wordlist } from "@scure/bip39/wordlists/english.js";

const WORDS = 6;

/** Six random words: 66 bits. */
export function words() {
  const dice = crypto.getRandomValues(new Uint16Array(WORDS));
  return Array.from(dice, (die) => wordlist[die % wordlist.length]).join(" ");
}
