"use strict";

// allauth's scripts talk to the browser; this one tells them which page it is, and says in words what went wrong.

const WORDS = {
  AbortError: "It was cancelled.",
  InvalidStateError: "This passkey is entered already.",
  NotAllowedError: "It was cancelled, or took too long.",
  SecurityError: "Passkeys need a name instead of an address, and https: http://localhost works too.",
};

function listen(button) {
  const { passkey, credential, passwordless } = button.dataset;
  const ids = { add: button.id, authenticate: button.id, login: button.id, credential, passwordless, data: "passkey-data" };
  window.allauth.webauthn.forms[passkey]({ ids });
}

function tell(event) {
  event.preventDefault();
  const problem = document.getElementById("passkey-problem");
  const words = WORDS[event.detail.exception.name] ?? "The browser could not do it.";
  problem.textContent = `${words} Nothing was changed. You can try again.`;
  problem.hidden = false;
}

document.addEventListener("allauth.error", tell);
document.querySelectorAll("[data-passkey]").forEach(listen);
