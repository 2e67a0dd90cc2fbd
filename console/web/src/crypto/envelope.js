/**
 * Every envelope, with the same bytes as core/envelope.py. Each starts with a version byte. HPKE is RFC 9180 with
 * X25519, HKDF-SHA256 and AES-256-GCM; the context is bound through `info` or `aad`, so a box moved elsewhere does
 * not open. A private half lives as a non-extractable CryptoKey wherever it is used more than once.
 */

import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import { concat, same } from "./bytes.js";
import { BadInput, CannotOpen } from "./errors.js";

const VERSION = 1;
const ENC = 32;
const NONCE = 12;
const PKCS8 = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x6e, 4, 0x22, 4, 0x20);
const BASE_POINT = Uint8Array.of(9, ...new Uint8Array(31));
const SUITE = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
});

/** A reader's or a case's key: the raw public half, and both halves as CryptoKeys that cannot be exported. */
export class Key {
  constructor(publicBytes, publicKey, privateKey) {
    this.public = publicBytes;
    this.pair = { publicKey, privateKey };
    Object.freeze(this);
  }
}

/** A fresh raw X25519 pair. The caller wipes `private` as soon as it is wrapped. */
export async function newPair() {
  const pair = await crypto.subtle.generateKey("X25519", true, ["deriveBits"]);
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
  const raw = { public: new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)), private: pkcs8.slice(-32) };
  pkcs8.fill(0);
  return raw;
}

/** A Key from a raw private half. With `expected`, throws CannotOpen unless that is its public half. */
export async function importKey(privateBytes, expected = null) {
  const privateKey = await importPrivate(privateBytes);
  const base = await importPublic(BASE_POINT);
  const derived = await crypto.subtle.deriveBits({ name: "X25519", public: base }, privateKey, 256);
  const publicBytes = new Uint8Array(derived);
  if (expected !== null && !same(publicBytes, expected)) {
    throw new CannotOpen("the two halves do not belong together");
  }
  return new Key(publicBytes, await importPublic(publicBytes), privateKey);
}

/** HPKE-seal `plain` to a raw public half; `info` binds the context. Gives version | enc | ciphertext. */
export async function seal(plain, publicBytes, info) {
  const recipientPublicKey = await importPublic(publicBytes);
  const sender = await SUITE.createSenderContext({ recipientPublicKey, info }).catch(() => {
    throw new BadInput("this is not a public key");
  });
  const sealed = new Uint8Array(await sender.seal(plain));
  return concat(Uint8Array.of(VERSION), new Uint8Array(sender.enc), sealed);
}

/** Open what `seal` made. Throws CannotOpen. */
export async function unseal(box, key, info) {
  checkVersion(box);
  try {
    const context = { recipientKey: key.pair, enc: box.slice(1, 1 + ENC), info };
    const recipient = await SUITE.createRecipientContext(context);
    return new Uint8Array(await recipient.open(box.slice(1 + ENC)));
  } catch {
    throw new CannotOpen();
  }
}

/** AES-256-GCM under 32 bytes we hold. Gives version | nonce | ciphertext. */
export async function lock(plain, secret, aad) {
  const iv = crypto.getRandomValues(new Uint8Array(NONCE));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: aad }, await aes(secret), plain);
  return concat(Uint8Array.of(VERSION), iv, new Uint8Array(sealed));
}

/** Open what `lock` made. Throws CannotOpen. */
export async function unlock(box, secret, aad) {
  checkVersion(box);
  const parameters = { name: "AES-GCM", iv: box.slice(1, 1 + NONCE), additionalData: aad };
  try {
    return new Uint8Array(await crypto.subtle.decrypt(parameters, await aes(secret), box.slice(1 + NONCE)));
  } catch {
    throw new CannotOpen();
  }
}

function checkVersion(box) {
  if (box[0] !== VERSION) {
    throw new CannotOpen("unknown envelope version");
  }
}

function aes(secret) {
  return crypto.subtle.importKey("raw", secret, "AES-GCM", false, ["encrypt", "decrypt"]);
}

async function importPublic(bytes) {
  try {
    return await crypto.subtle.importKey("raw", bytes, "X25519", true, []);
  } catch {
    throw new BadInput("this is not a public key");
  }
}

async function importPrivate(bytes) {
  const pkcs8 = concat(PKCS8, bytes);
  try {
    return await crypto.subtle.importKey("pkcs8", pkcs8, "X25519", false, ["deriveBits"]);
  } catch {
    throw new CannotOpen("this is not a private key");
  } finally {
    pkcs8.fill(0);
  }
}
