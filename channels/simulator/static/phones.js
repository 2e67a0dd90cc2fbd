// The telephones of this browser. Numbers of the form xxx-555-01xx belong to nobody.

const KEPT = "amparo-demo-phones";
const AREAS = [202, 229, 305, 361, 512, 561, 706, 803, 843, 863, 907, 956];
const FIRST = [
  { name: "Rosa", lang: "es", number: "+15125550111" },
  { name: "Jean", lang: "ht", number: "+13055550112" },
  { name: "Liza", lang: "tl", number: "+19075550113" },
  { name: "Samuel", lang: "en", number: "+18435550114" },
  { name: "Ester", lang: "es", number: "+18635550115" },
];
export const LANGUAGES = { es: "Español", ht: "Kreyòl", tl: "Tagalog", en: "English" };

/** The telephones, as they were left. */
export function load() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT));
    if (Array.isArray(kept) && kept.length) return kept;
  } catch { /* a broken note is no note */ }
  return FIRST.map((phone) => ({ ...phone }));
}

/** Remember the telephones. */
export const save = (phones) => localStorage.setItem(KEPT, JSON.stringify(phones));

/** A number that none of them has. */
export function newNumber(phones) {
  const taken = new Set(phones.map((phone) => phone.number));
  let number;
  do {
    const [area, last] = crypto.getRandomValues(new Uint32Array(2));
    number = `+1${AREAS[area % AREAS.length]}55501${String(last % 100).padStart(2, "0")}`;
  } while (taken.has(number));
  return number;
}

/** A number as people write it. */
export const pretty = (number) => number.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, "($1) $2-$3");
