/** What people compare by voice; the same as intake/keyfile.py. */

import { fromBase64, toHex } from "./bytes.js";

/** 128 bits of SHA-256 of a public half (base64), in eight groups of four. */
export async function fingerprint(publicText) {
  const digest = await crypto.subtle.digest("SHA-256", fromBase64(publicText));
  return toHex(new Uint8Array(digest)).slice(0, 32).match(/.{4}/g).join("-");
}
