/** The same words in letters that SMS carries cheaply (á becomes a), as channels/segments.gsm_safe folds them. */

import { measure } from "./segments.js";

const LOOKALIKES = {
  "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'", "′": "'", "`": "'", "´": "'",
  "–": "-", "—": "-", "‑": "-", "−": "-", "…": "...", "•": "-", "·": "-", "\u00a0": " ", "\u202f": " ",
  "\u2009": " ", "\u200b": "", "\u200d": "", "\ufeff": "", "\t": " ", ç: "c", œ: "oe", Œ: "OE",
  ª: "a", º: "o", "×": "x", "½": "1/2",
};

/** Fold what can be folded; other scripts are left alone. */
export function plain(text) {
  return [...text.normalize("NFC")].map((letter) => fold(LOOKALIKES[letter] ?? letter)).join("");
}

function fold(letter) {
  if (measure(letter).rare.length === 0) {
    return letter;
  }
  const base = letter.normalize("NFD").replaceAll(/\p{M}/gu, "");
  return base && measure(base).rare.length === 0 ? base : letter;
}
