// Account pages: the token of a set-up link, and passkeys. No framework, no inline script, nothing is kept.
"use strict";

const ready = () => {
  moveToken();
  const form = document.getElementById("passkey-form");
  if (form) usePasskey(form);
  const missing = document.getElementById("no-passkey");
  if (missing) missing.hidden = "PublicKeyCredential" in window && !/^[\d.]+$|^\[/.test(location.hostname);
};

/** The token stands behind `#`, so it never reached the server's log: move it into the form and out of the address. */
const moveToken = () => {
  const field = document.getElementById("token");
  if (!field) return;
  if (location.hash.length > 1) {
    field.value = location.hash.slice(1);
    history.replaceState(null, "", location.pathname);
  }
  document.getElementById("no-token").hidden = field.value !== "";
};

const usePasskey = (form) => {
  form.addEventListener("submit", (event) => {
    if (document.getElementById("credential").value) return;
    event.preventDefault();
    void ask(form);
  });
  void ask(form);
};

const ask = async (form) => {
  const state = document.getElementById("passkey-state");
  try {
    const options = JSON.parse(form.dataset.options);
    const answer = form.dataset.do === "register" ? await register(options) : await signIn(options);
    document.getElementById("credential").value = JSON.stringify(answer);
    form.requestSubmit();
  } catch {
    state.textContent = "Your browser did not finish. Try again, or go back and use the authenticator app.";
  }
};

const register = async (options) => {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: (options.excludeCredentials ?? []).map(known),
  };
  const made = await navigator.credentials.create({ publicKey });
  return {
    ...common(made),
    extensions: JSON.stringify(made.getClientExtensionResults()),
    response: {
      attestationObject: text(made.response.attestationObject),
      clientDataJSON: text(made.response.clientDataJSON),
      transports: made.response.getTransports?.() ?? null,
    },
  };
};

const signIn = async (options) => {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    allowCredentials: (options.allowCredentials ?? []).map(known),
  };
  const found = await navigator.credentials.get({ publicKey });
  return {
    ...common(found),
    response: {
      authenticatorData: text(found.response.authenticatorData),
      clientDataJSON: text(found.response.clientDataJSON),
      signature: text(found.response.signature),
      userHandle: found.response.userHandle ? text(found.response.userHandle) : null,
    },
  };
};

const common = (credential) => ({ id: credential.id, rawId: text(credential.rawId), type: credential.type });
const known = (one) => ({ ...one, id: bytes(one.id) });
const bytes = (value) => Uint8Array.from(atob(value.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

ready();
