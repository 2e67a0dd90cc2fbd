/** Ready texts of replies, by language (canned.json): drafts that are put into the field and edited there. */

import canned from "./canned.json";

export const CANNED_NAMES = canned.names;
export const CANNED = canned.texts;
