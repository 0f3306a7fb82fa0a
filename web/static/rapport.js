// What pages do better with a script; every page works without it.
(function () {
  "use strict";

  // A form is sent once, however often the button is pressed.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    setTimeout(function () {
      form.querySelectorAll("button").forEach(function (b) { b.setAttribute("aria-disabled", "true"); });
    });
  });
  window.addEventListener("pageshow", function () { // back from the next page
    document.querySelectorAll("form").forEach(function (f) {
      delete f.dataset.sent;
      f.querySelectorAll("button").forEach(function (b) { b.removeAttribute("aria-disabled"); });
    });
  });

  // What is given once is offered no more when it was taken; the file is saved,
  // and the page stays.
  document.querySelectorAll("form[data-once]").forEach(function (f) {
    f.addEventListener("submit", function () {
      setTimeout(function () {
        f.hidden = true;
        f.parentElement.querySelector("[data-taken]").hidden = false;
      });
    });
  });

  // The signature pad: drawn on a canvas, sent as PNG in a hidden field. The
  // typed signature stays for those who cannot or would not draw.
  document.querySelectorAll("[data-signature]").forEach(function (box) {
    var canvas = box.querySelector("canvas"), image = box.querySelector("input[type=hidden]");
    if (!canvas || typeof SignaturePad === "undefined") { return; }
    var methods = box.querySelectorAll("input[type=radio]");
    var drawn = box.querySelector("[data-drawn]");
    box.querySelectorAll("[data-scripted]").forEach(function (e) { e.hidden = false; });
    var pad = new SignaturePad(canvas, { penColor: "#14302d", minWidth: 0.9, maxWidth: 2.6 });
    function fit() {
      if (!canvas.offsetWidth) { return; }
      var kept = pad.isEmpty() ? null : pad.toData(), ratio = Math.max(window.devicePixelRatio || 1, 1);
      canvas.width = canvas.offsetWidth * ratio;
      canvas.height = canvas.offsetHeight * ratio;
      canvas.getContext("2d").scale(ratio, ratio);
      pad.clear();
      if (kept) { pad.fromData(kept); }
    }
    function show() {
      var on = box.querySelector("input[value=drawn]").checked;
      drawn.hidden = !on;
      if (on) { fit(); }
    }
    methods.forEach(function (m) { m.addEventListener("change", show); });
    pad.addEventListener("endStroke", function () { image.value = pad.toDataURL("image/png"); });
    box.querySelector("[data-clear]").addEventListener("click", function () { pad.clear(); image.value = ""; });
    window.addEventListener("resize", fit);
    show();
  });

  // Typed words are not lost by a slip of the finger.
  var edited = false;
  document.querySelectorAll("form[data-guard]").forEach(function (f) {
    f.addEventListener("input", function () { edited = true; });
    f.addEventListener("submit", function () { edited = false; });
  });
  window.addEventListener("beforeunload", function (event) { if (edited) { event.preventDefault(); } });

  // A panel closes when something else is touched.
  document.addEventListener("click", function (event) {
    document.querySelectorAll("details.whereabouts[open]").forEach(function (d) {
      if (!d.contains(event.target)) { d.open = false; }
    });
  });
  document.querySelectorAll("[data-print]").forEach(function (b) {
    b.hidden = false;
    b.addEventListener("click", function () { window.print(); });
  });
})();
