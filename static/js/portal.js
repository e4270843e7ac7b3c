// Comforts on top of pages that work without them. No inline handlers, no eval.
"use strict";

function announce(words) {
  const region = document.getElementById("live");
  if (region) region.textContent = words;
}

// Focus what the server asked for: an error summary, or what its data-focus names first.
function focusAsked(root) {
  const asked = root.matches?.("[data-focus]") ? root : root.querySelector?.("[data-focus]");
  if (asked) (asked.dataset.focus ? document.querySelector(asked.dataset.focus) : asked)?.focus();
}

// "123 of 400" under a field with data-count and maxlength, said aloud after a pause.
function count(field) {
  const most = field.maxLength;
  if (most < 1 || field.dataset.counted) return;
  field.dataset.counted = "yes";
  const words = document.createElement("div");
  words.className = "hint num";
  words.setAttribute("aria-hidden", "true");
  field.after(words);
  let pause;
  const show = () => {
    words.textContent = `${field.value.length} of ${most}`;
    clearTimeout(pause);
    if (document.activeElement === field) {
      pause = setTimeout(() => announce(words.textContent), 1000);
    }
  };
  field.addEventListener("input", show);
  show();
}

function countSelected() {
  for (const place of document.querySelectorAll("[data-selected]")) {
    const form = place.closest("form");
    const chosen = form.querySelectorAll("input[data-select]:checked").length;
    place.hidden = false;
    place.querySelector("strong").textContent = chosen;
  }
}

function enhance(root) {
  for (const field of root.querySelectorAll("[data-count]")) count(field);
  for (const button of root.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard;
  countSelected();
}

// One press sends once. The server refuses a second one too; this saves the surprise.
function sendOnce(event) {
  const form = event.target;
  // Not form.method: a field of that name would stand in its place.
  const posts = form.getAttribute("method") === "post";
  if (event.defaultPrevented || !posts || "repeat" in form.dataset) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  const button = event.submitter;
  if (!button) return;
  button.setAttribute("aria-disabled", "true");
  if (button.dataset.busy) {
    const words = button.querySelector("span") || button;
    button.dataset.idle = words.textContent;
    words.textContent = button.dataset.busy;
    announce(button.dataset.busy);
  }
}

// The page came back from the browser's memory: let people press again.
function restore() {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("button[aria-disabled]")) {
    button.removeAttribute("aria-disabled");
    const words = button.querySelector("span") || button;
    if (button.dataset.idle) words.textContent = button.dataset.idle;
  }
}

async function copy(button) {
  const from = button.dataset.copy;
  const words = from.startsWith("#") ? document.querySelector(from)?.textContent : from;
  if (!words) return;
  await navigator.clipboard.writeText(words);
  const label = button.querySelector("span") || button;
  const before = label.textContent;
  label.textContent = button.dataset.done;
  announce(button.dataset.done);
  setTimeout(() => (label.textContent = before), 2000);
}

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (menu !== except) menu.open = false;
  }
}

function shortcut(event) {
  if (event.key === "Escape") {
    const menu = document.activeElement?.closest("details[data-menu][open]");
    closeMenus();
    menu?.querySelector("summary").focus();
  }
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  const plain = !(event.ctrlKey || event.metaKey || event.altKey);
  const search = document.querySelector("[data-search]");
  if (event.key === "/" && plain && !typing && search && "shortcuts" in document.body.dataset) {
    event.preventDefault();
    search.focus();
  }
}

function setBusy(event, busy) {
  const target = event.detail.target;
  if (busy) target?.setAttribute("aria-busy", "true");
  else target?.removeAttribute("aria-busy");
}

function sayProblem(shown) {
  const notice = document.getElementById("problem");
  if (notice) notice.hidden = !shown;
}

document.addEventListener("submit", sendOnce);
document.addEventListener("keydown", shortcut);
document.addEventListener("change", countSelected);
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
  closeMenus(event.target.closest("details[data-menu]"));
});
window.addEventListener("pageshow", (event) => event.persisted && restore());

document.addEventListener("htmx:beforeRequest", (event) => {
  setBusy(event, true);
  sayProblem(false);
});
document.addEventListener("htmx:afterRequest", (event) => setBusy(event, false));
for (const failure of ["responseError", "sendError", "timeout"]) {
  document.addEventListener(`htmx:${failure}`, () => sayProblem(true));
}
document.addEventListener("htmx:load", (event) => enhance(event.detail.elt));
document.addEventListener("htmx:afterSettle", (event) => focusAsked(event.detail.elt));

enhance(document);
focusAsked(document);
