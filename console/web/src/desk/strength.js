/** When a passphrase is long enough. Length is the only rule: nothing about capitals or signs. */

const WORDS = 5;
const LETTERS = 16;

/** Five different words, or sixteen characters that are not all alike. */
function isStrong(passphrase) {
  const words = new Set(passphrase.trim().toLowerCase().split(/\s+/).filter((word) => word.length > 1));
  return words.size >= WORDS || (passphrase.length >= LETTERS && new Set(passphrase).size >= LETTERS / 2);
}

/** What is still missing, in words; "" when it is good. */
export function missing(first, second) {
  if (!isStrong(first)) {
    return `Make it longer: at least ${WORDS} different words, or ${LETTERS} characters.`;
  }
  return first === second ? "" : "The two are not the same. Type it again in the second field.";
}
