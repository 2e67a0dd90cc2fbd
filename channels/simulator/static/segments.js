// The twin of channels/segments.py: what a message costs while it is being typed. A test compares the two.

const BASIC = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
  "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà");
const EXTENDED = new Set("\f^{}\\[~]|€");

/** "GSM-7" when every character is in the alphabet or its extension, else "UCS-2". */
export function encoding(text) {
  return [...text].every((char) => BASIC.has(char) || EXTENDED.has(char)) ? "GSM-7" : "UCS-2";
}

/** Units used, the room in the parts that are open, and how many segments the carrier bills. */
export function measure(text) {
  const gsm = encoding(text) === "GSM-7";
  const widths = [...text].map((char) => (gsm ? (EXTENDED.has(char) ? 2 : 1) : char.length));
  const used = widths.reduce((sum, width) => sum + width, 0);
  const [single, part] = gsm ? [160, 153] : [70, 67];
  if (used <= single) return { used, room: single, segments: 1 };
  const segments = pack(widths, part);
  return { used, room: segments * part, segments };
}

function pack(widths, part) {
  let count = 1, filled = 0;
  for (const width of widths) {
    if (filled + width > part) [count, filled] = [count + 1, 0];
    filled += width;
  }
  return count;
}
