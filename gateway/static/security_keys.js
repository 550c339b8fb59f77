// Security keys, fingerprints and faces (WebAuthn): the button asks for one, and its form sends the result.
const decoded = (text) => {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0)).buffer;
};
const encoded = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

// As PublicKeyCredential.parse…FromJSON, which older browsers do not have.
function read(text) {
  const options = JSON.parse(text);
  options.challenge = decoded(options.challenge);
  if (options.user) options.user.id = decoded(options.user.id);
  for (const name of ["allowCredentials", "excludeCredentials"])
    for (const one of options[name] ?? []) one.id = decoded(one.id);
  return options;
}

function written(credential) {
  const response = { clientDataJSON: encoded(credential.response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"])
    if (credential.response[name]) response[name] = encoded(credential.response[name]);
  const { id, type } = credential;
  return JSON.stringify({ id, rawId: encoded(credential.rawId), type, response, clientExtensionResults: {} });
}

if (window.PublicKeyCredential) {
  for (const place of document.querySelectorAll("[data-security-key]")) {
    const button = place.querySelector("button");
    const trouble = place.querySelector("[role=alert]");
    place.hidden = false;
    button.addEventListener("click", async () => {
      button.disabled = true;
      trouble.hidden = true;
      try {
        const asked = { publicKey: read(place.dataset.options) };
        const credential = await navigator.credentials[place.dataset.securityKey](asked);
        const form = place.closest("form");
        form.elements.assertion.value = written(credential);
        form.requestSubmit();
      } catch {
        trouble.hidden = false; // the person or the browser refused: other factors are still offered
      }
      button.disabled = false;
    });
  }
}
