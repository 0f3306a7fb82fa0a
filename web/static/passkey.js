// Asks the device for a passkey and sends its answer in the page's own form.
// Nothing is fetched: the question stands in the page, the answer is a field.
(function () {
  "use strict";

  function bytes(text) {
    var raw = atob(text.replace(/-/g, "+").replace(/_/g, "/")), out = new Uint8Array(raw.length);
    for (var i = 0; i < raw.length; i++) { out[i] = raw.charCodeAt(i); }
    return out;
  }
  function text(buffer) {
    var raw = "";
    new Uint8Array(buffer).forEach(function (b) { raw += String.fromCharCode(b); });
    return btoa(raw).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }
  function known(list) {
    return (list || []).map(function (c) { return { type: c.type, id: bytes(c.id), transports: c.transports }; });
  }

  function question(form) {
    var o = JSON.parse(form.dataset.options).publicKey;
    o.challenge = bytes(o.challenge);
    if (o.user) { o.user.id = bytes(o.user.id); }
    if (o.excludeCredentials) { o.excludeCredentials = known(o.excludeCredentials); }
    if (o.allowCredentials) { o.allowCredentials = known(o.allowCredentials); }
    return o;
  }

  function answer(c) {
    var r = c.response, out = { clientDataJSON: text(r.clientDataJSON) };
    if (r.attestationObject) {
      out.attestationObject = text(r.attestationObject);
      out.transports = r.getTransports ? r.getTransports() : [];
    } else {
      out.authenticatorData = text(r.authenticatorData);
      out.signature = text(r.signature);
      out.userHandle = r.userHandle ? text(r.userHandle) : "";
    }
    return JSON.stringify({ id: c.id, rawId: text(c.rawId), type: c.type, response: out, clientExtensionResults: c.getClientExtensionResults(),
      authenticatorAttachment: c.authenticatorAttachment || undefined });
  }

  document.querySelectorAll("form[data-passkey]").forEach(function (form) {
    var making = form.dataset.passkey === "create", asking = false;
    var missing = form.querySelector("[data-missing]"), failed = form.querySelector("[data-failed]");
    if (!window.PublicKeyCredential || !navigator.credentials) {
      missing.hidden = false;
      form.querySelector("button").hidden = true;
      return;
    }
    function ask() {
      if (asking) { return; }
      asking = true;
      failed.hidden = true;
      var q = { publicKey: question(form) };
      (making ? navigator.credentials.create(q) : navigator.credentials.get(q)).then(function (c) {
        form.elements.credential.value = answer(c);
        HTMLFormElement.prototype.submit.call(form);
      }).catch(function () {
        asking = false;
        failed.hidden = false;
      });
    }
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      event.stopPropagation();
      ask();
    });
    if (!making) { ask(); }
  });
})();
