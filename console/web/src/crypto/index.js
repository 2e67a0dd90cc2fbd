/** The interface of the browser's crypto (README.md). It is built as ../static/crypto.js. */

export { caseHex, grant, makeCase, newestKey, openCase, openDraft, openItem, sealDraft } from "./casefile.js";
export { sealItem, sealReply } from "./casefile.js";
export { BadInput, BadKeyFile, CannotOpen, WrongPassphrase } from "./errors.js";
export { fingerprint } from "./fingerprint.js";
export { Holder } from "./holder.js";
export { makeKeyFile, openKeyFile } from "./keyfile.js";
export { words } from "./passphrase.js";
export { checkDigits, isSound, newReceipt, sealReceipt } from "./receipt.js";

// the layer below, for the tests that compare every byte with Python
export * as bytes from "./bytes.js";
export * as envelope from "./envelope.js";
