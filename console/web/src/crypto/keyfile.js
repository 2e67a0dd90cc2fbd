/**
 * Key files of readers: the private half under a passphrase, the public half beside it; the same JSON as
 * intake/keyfile.py. Argon2id is WebAssembly: only a page with 'wasm-unsafe-eval' can make or open one.
 */

import { argon2id } from "hash-wasm";
import { concat, fromBase64, toBase64, utf8 } from "./bytes.js";
import { importKey, lock, newPair, unlock } from "./envelope.js";
import { BadInput, BadKeyFile, CannotOpen, WrongPassphrase } from "./errors.js";
import { fingerprint } from "./fingerprint.js";

const MEMORY_KIB = 65_536;
const LEAST_MEMORY_KIB = 8;
const MOST_MEMORY_KIB = 1_048_576;
const LEAST_SALT = 8;
const SEALED_PRIVATE = 1 + 12 + 32 + 16;

/** A fresh pair under `passphrase`: the file to keep, its public half and its fingerprint. */
export async function makeKeyFile(passphrase) {
  if (passphrase === "") {
    throw new BadInput("a key file needs a passphrase");
  }
  const pair = await newPair();
  try {
    const salt = crypto.getRandomValues(new Uint8Array(16));
    const box = await lock(pair.private, await slowHash(passphrase, salt, MEMORY_KIB), context(pair.public));
    const publicText = toBase64(pair.public);
    const secret = { salt: toBase64(salt), memory_kib: MEMORY_KIB, box: toBase64(box), public: publicText };
    const file = JSON.stringify({ v: 1, kdf: "argon2id", ...secret }) + "\n";
    return { file, public: publicText, fingerprint: await fingerprint(publicText) };
  } finally {
    pair.private.fill(0);
  }
}

/** The Key in a key file. Throws BadKeyFile or WrongPassphrase. */
export async function openKeyFile(file, passphrase) {
  const parts = parse(file);
  if (passphrase === "") {
    throw new WrongPassphrase();
  }
  const secret = await slowHash(passphrase, parts.salt, parts.memory);
  const raw = await unlock(parts.box, secret, context(parts.public)).catch(() => {
    throw new WrongPassphrase();
  });
  try {
    return await importKey(raw, parts.public);
  } catch (fault) {
    throw fault instanceof CannotOpen ? new BadKeyFile("the two halves in the key file do not belong together") : fault;
  } finally {
    raw.fill(0);
  }
}

function parse(file) {
  const fields = asObject(file);
  const parts = {};
  try {
    for (const name of ["salt", "box", "public"]) {
      parts[name] = fromBase64(fields[name]);
    }
  } catch {
    throw new BadKeyFile("this is not a key file of Amparo");
  }
  if (parts.public.length !== 32 || parts.box.length !== SEALED_PRIVATE || parts.salt.length < LEAST_SALT) {
    throw new BadKeyFile("this key file is damaged");
  }
  return { ...parts, memory: memoryOf(fields) };
}

function asObject(file) {
  let fields;
  try {
    fields = JSON.parse(file);
  } catch {
    throw new BadKeyFile("this is not a key file of Amparo");
  }
  if (fields?.v !== 1 || fields.kdf !== "argon2id") {
    throw new BadKeyFile("this is not a key file of Amparo, or one of a newer version");
  }
  return fields;
}

function memoryOf(fields) {
  const memory = fields.memory_kib;
  if (!Number.isInteger(memory) || memory < LEAST_MEMORY_KIB || memory > MOST_MEMORY_KIB) {
    throw new BadKeyFile("this key file asks for an impossible amount of memory");
  }
  return memory;
}

/** Argon2id with t=2 and one lane: 32 bytes, as core.envelope.slow_hash. */
function slowHash(passphrase, salt, memory) {
  return argon2id({
    password: utf8(passphrase),
    salt,
    iterations: 2,
    parallelism: 1,
    memorySize: memory,
    hashLength: 32,
    outputType: "binary",
  });
}

function context(publicBytes) {
  return concat(utf8("amparo|keyfile|"), publicBytes);
}
