/** Bytes and texts, and the padding that hides how long a text is; the same bytes as core/envelope.py. */

import { BadInput, CannotOpen } from "./errors.js";

const BUCKETS = [256, 512, 1024, 2048, 4096, 8192];
const LARGEST = 8192;
const HEADER = 4;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const CHUNK = 8192;

/** The UTF-8 bytes of a text. */
export function utf8(text) {
  return new TextEncoder().encode(text);
}

/** The text of UTF-8 bytes. Throws CannotOpen when they are none. */
export function text(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new CannotOpen("what was sealed is not a text");
  }
}

/** Standard base64 with padding. */
export function toBase64(bytes) {
  const parts = [];
  for (let start = 0; start < bytes.length; start += CHUNK) {
    parts.push(String.fromCharCode(...bytes.subarray(start, start + CHUNK)));
  }
  return btoa(parts.join(""));
}

/** The bytes of standard base64; nothing else is taken. */
export function fromBase64(value) {
  if (typeof value !== "string" || !BASE64.test(value)) {
    throw new BadInput("this is not base64");
  }
  return Uint8Array.from(atob(value), (character) => character.charCodeAt(0));
}

/** Lower-case hexadecimal digits. */
export function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The bytes of hexadecimal digits. */
export function fromHex(value) {
  if (typeof value !== "string" || !/^(?:[0-9a-f]{2})*$/i.test(value)) {
    throw new BadInput("this is not hexadecimal");
  }
  return Uint8Array.from(value.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** One array from several. */
export function concat(...parts) {
  const joined = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Are two arrays the same bytes? For public values only. */
export function same(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

/** Length header (4 bytes, big-endian) and zeros up to a fixed bucket. */
export function pad(plain) {
  const framed = HEADER + plain.length;
  const size = BUCKETS.find((bucket) => bucket >= framed) ?? Math.ceil(framed / LARGEST) * LARGEST;
  const padded = new Uint8Array(size);
  new DataView(padded.buffer).setUint32(0, plain.length);
  padded.set(plain, HEADER);
  return padded;
}

/** What `pad` framed. Throws CannotOpen when the header does not fit. */
export function unpad(padded) {
  const size = padded.length < HEADER ? Infinity : new DataView(padded.buffer, padded.byteOffset).getUint32(0);
  if (size > padded.length - HEADER) {
    throw new CannotOpen("the padding is damaged");
  }
  return padded.slice(HEADER, HEADER + size);
}
