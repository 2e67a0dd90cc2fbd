/** What can go wrong with keys and boxes. `code` is for the page to choose its words by. */

class CryptoFault extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** The passphrase does not open the key file. */
export class WrongPassphrase extends CryptoFault {
  constructor() {
    super("wrong_passphrase", "this passphrase does not open the key file");
  }
}

/** Not a key file, or a damaged one: no passphrase would open it. */
export class BadKeyFile extends CryptoFault {
  constructor(message) {
    super("bad_key_file", message);
  }
}

/** Wrong key, wrong context, or a damaged box. */
export class CannotOpen extends CryptoFault {
  constructor(message = "the envelope does not open with this key and context") {
    super("cannot_open", message);
  }
}

/** A fault of the caller: not base64, not a UUID, not a number. */
export class BadInput extends CryptoFault {
  constructor(message) {
    super("bad_input", message);
  }
}
