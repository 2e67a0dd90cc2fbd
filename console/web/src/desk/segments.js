/** SMS segments, by the rule of channels/segments.py: a test compares the two. */

const BASIC = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
const EXTENDED = new Set("\f^{}\\[~]|€");

/** `{encoding, characters, segments, rare}`; `rare` are the letters that force the short form. */
export function measure(text) {
  const letters = [...text];
  const rare = [...new Set(letters.filter((letter) => !BASIC.has(letter) && !EXTENDED.has(letter)))];
  if (rare.length > 0) {
    const widths = letters.map((letter) => (letter.codePointAt(0) > 0xffff ? 2 : 1));
    return { encoding: "UCS-2", characters: sum(widths), segments: count(widths, 70, 67), rare };
  }
  const widths = letters.map((letter) => (EXTENDED.has(letter) ? 2 : 1));
  return { encoding: "GSM-7", characters: sum(widths), segments: count(widths, 160, 153), rare };
}

/** Pack letters into parts; one that takes two units is never split between parts. */
function count(widths, single, part) {
  if (sum(widths) <= single) {
    return 1;
  }
  let [parts, used] = [1, 0];
  for (const width of widths) {
    [parts, used] = used + width > part ? [parts + 1, width] : [parts, used + width];
  }
  return parts;
}

function sum(widths) {
  return widths.reduce((total, width) => total + width, 0);
}
