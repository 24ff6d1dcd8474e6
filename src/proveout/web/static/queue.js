/* Keys for those who look at many exceptions a day. Everything can be done without them, and they
   can be switched off (WCAG 2.1.4): this browser remembers it. */
(function () {
  "use strict";
  var NAME = "proveout-queue-keys";
  var at = -1;

  function areOn() {
    try { return localStorage.getItem(NAME) !== "off"; } catch (error) { return true; }
  }

  function keep(on) {
    try { localStorage.setItem(NAME, on ? "on" : "off"); } catch (error) { /* not remembered */ }
  }

  function said(button) {
    button.textContent = areOn() ? "Keys are on" : "Keys are off";
    button.setAttribute("aria-pressed", areOn() ? "true" : "false");
  }

  function isTyping(target) {
    return target.isContentEditable ||
      ["INPUT", "TEXTAREA", "SELECT"].indexOf(target.tagName) >= 0 && target.type !== "checkbox";
  }

  function move(step) {
    var rows = document.querySelectorAll("tr[data-row]");
    if (!rows.length) { return false; }
    if (at >= 0) { rows[at].classList.remove("at"); }
    at = Math.max(0, Math.min(rows.length - 1, at + step));
    rows[at].classList.add("at");
    rows[at].querySelector("a").focus();
    return true;
  }

  function press(selector) {
    var button = document.querySelector(selector);
    if (button) { button.click(); }
    return Boolean(button);
  }

  function go(key) {
    var marked = document.querySelector('[data-key="' + key + '"]');
    if (!marked) { return false; }
    if (marked.tagName === "DETAILS") {
      marked.open = !marked.open;
      marked.querySelector("summary").focus();
    } else if (marked.tagName === "SUMMARY") {
      marked.parentElement.open = true;
      (marked.parentElement.querySelector("input:not([type=hidden])") || marked).focus();
    } else if (marked.tagName === "A") {
      marked.click();
    } else {
      marked.focus();
      if (marked.select) { marked.select(); }
    }
    return true;
  }

  var acts = {
    j: function () { return move(1) || go("j"); },
    k: function () { return move(-1) || go("k"); },
    n: function () { return press("form.go-next button"); },
    t: function () { return press("form.take button"); },
    a: function () { return press("form.right button"); },
    c: function () { return go("c"); },
    e: function () { return go("e"); },
    "/": function () { return go("/"); },
    "?": function () { return go("?"); }
  };

  document.addEventListener("keydown", function (event) {
    if (!areOn() || event.ctrlKey || event.altKey || event.metaKey || event.repeat) { return; }
    if (isTyping(event.target) || !Object.prototype.hasOwnProperty.call(acts, event.key)) { return; }
    if (acts[event.key]()) { event.preventDefault(); }
  });

  document.querySelectorAll("[data-keys-none]").forEach(function (each) { each.hidden = true; });
  document.querySelectorAll("[data-keys-switch]").forEach(function (each) {
    var button = each.querySelector("button");
    each.hidden = false;
    said(button);
    button.addEventListener("click", function () { keep(!areOn()); said(button); });
  });
}());
