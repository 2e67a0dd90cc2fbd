/** Receipts for reports that staff enter: the same digits as intake/receipts.py, sealed as channels/hourly.py does. */

import { fromBase64, pad, toBase64, utf8 } from "./bytes.js";
import { caseHex } from "./casefile.js";
import { seal } from "./envelope.js";
import { BadInput } from "./errors.js";

const RANDOM_DIGITS = 14;
const SPACE = 10n ** BigInt(RANDOM_DIGITS);
const WORD = 1n << 64n;
const LARGEST_FAIR = WORD - (WORD % SPACE);

/** Sixteen digits in four groups: 14 random ones and two check digits (ISO 7064 MOD 97-10). */
export function newReceipt() {
  const body = randomBody().toString().padStart(RANDOM_DIGITS, "0");
  return (body + checkDigits(body)).match(/.{4}/g).join(" ");
}

/** The two check digits of a run of digits. */
export function checkDigits(body) {
  return String(98n - ((BigInt(body) * 100n) % 97n)).padStart(2, "0");
}

/** Does a text of sixteen digits, grouped or not, carry its check digits? */
export function isSound(receipt) {
  const digits = receipt.replaceAll(" ", "");
  return /^[0-9]{16}$/.test(digits) && digits.slice(RANDOM_DIGITS) === checkDigits(digits.slice(0, RANDOM_DIGITS));
}

/** The bare digits of a receipt sealed to the hour `{id, public}`, bound to its case: `{hour, body}`. */
export async function sealReceipt(hour, caseId, receipt) {
  if (!isSound(receipt)) {
    throw new BadInput("this is not a receipt");
  }
  const info = utf8(`amparo|hour|${hour.id}|receipt_wish|${caseHex(caseId)}`);
  const body = await seal(pad(utf8(receipt.replaceAll(" ", ""))), fromBase64(hour.public), info);
  return { hour: hour.id, body: toBase64(body) };
}

function randomBody() {
  for (;;) {
    const [value] = crypto.getRandomValues(new BigUint64Array(1));
    if (value < LARGEST_FAIR) {
      return value % SPACE;
    }
  }
}
