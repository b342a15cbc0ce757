"use strict";

// Everything here is a convenience: each page works without it.

const on = (type, handler, options) => document.addEventListener(type, handler, options);

// Keys: "/" searches, "n" follows the page's first action, Ctrl or Cmd with Enter submits.

const typing = (element) => element.matches("input, select, textarea, [contenteditable]");

function followKey(event) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.target.form?.requestSubmit();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  const target = event.key === "/"
    ? document.querySelector("[data-search]")
    : document.querySelector(`[data-hotkey="${CSS.escape(event.key)}"]`);
  if (!target) return;
  event.preventDefault();
  if (event.key === "/") target.select();
  else target.click();
}

on("keydown", followKey);

// Submitting: a second click must not send a second request, and a page that comes back must be usable.

function markBusy(event) {
  // A download leaves the page as it is, so that nothing would ever end the waiting.
  if (event.target.getAttribute("method") !== "post" || event.target.matches("[data-download]")) return;
  const button = event.submitter ?? event.target.querySelector("button:not([type=button])");
  if (!button) return;
  if (button.getAttribute("aria-busy") === "true") {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  button.setAttribute("aria-busy", "true");
  // Only after the form's data was collected: a disabled button would not be part of it.
  setTimeout(() => { button.disabled = true; });
}

function settle(root) {
  for (const button of root.querySelectorAll("button[aria-busy]")) {
    button.removeAttribute("aria-busy");
    button.disabled = false;
  }
}

on("submit", markBusy, true);

// A part that follows by itself ends nobody's waiting, and takes away no button that somebody waits for.

const follows = (event) => event.detail.requestConfig.elt.matches("[hx-trigger^=every]");

on("htmx:afterRequest", (event) => { if (!follows(event)) setTimeout(() => settle(document)); });
on("htmx:beforeSwap", (event) => {
  if (follows(event) && event.detail.target.querySelector("button[aria-busy]")) event.preventDefault();
});
addEventListener("pageshow", (event) => { if (event.persisted) settle(document); });

// Filters apply as they change; text waits until the typing pauses.

let pause;

function submitSoon(event) {
  const form = event.target.form;
  if (!form?.matches("[data-autosubmit]")) return;
  clearTimeout(pause);
  pause = setTimeout(() => form.requestSubmit(), event.type === "input" ? 350 : 0);
}

on("change", submitSoon);
on("input", (event) => { if (event.target.matches("[type=text], [type=search]")) submitSoon(event); });

// Counters: as the platform counts, in code points, or two for each one outside ASCII.

function size(text, wide) {
  let total = 0;
  for (const character of text) total += wide && character.codePointAt(0) > 127 ? 2 : 1;
  return total;
}

function recount(event) {
  const input = event.target;
  const { count, countLeast, countWide } = input.dataset;
  const output = count && input.parentElement.querySelector("[data-counter]");
  if (!output) return;
  const now = size(input.value, countWide !== undefined);
  output.textContent = `${now} / ${countLeast ? `${countLeast}–` : ""}${count}`;
  output.classList.toggle("count-over", now > Number(count));
}

on("input", recount);

// Clicks: dialogs, messages, copying, menus.

async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy);
  const use = button.querySelector("use");
  const before = use.getAttribute("href");
  use.setAttribute("href", before.replace(/#.*/, "#check"));
  setTimeout(() => use.setAttribute("href", before), 1500);
}

function openDialog(link, event) {
  const dialog = document.getElementById(link.dataset.dialog);
  if (!dialog || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  dialog.showModal();
}

function checkAll(all) {
  for (const box of all.form.elements) if (box.name === all.dataset.checkAll) box.checked = all.checked;
}

const CLICKS = {
  "[data-check-all]": checkAll,
  "[data-close]": (button) => button.closest(".banner").remove(),
  "[data-copy]": copy,
  "[data-dialog]": openDialog,
  "[data-dialog-close]": (button) => button.closest("dialog").close(),
};

function closeMenus(event) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target) || event.key === "Escape") menu.open = false;
  }
}

on("click", (event) => {
  for (const [selector, act] of Object.entries(CLICKS)) {
    const found = event.target.closest(selector);
    if (found) act(found, event);
  }
  if (event.target.matches("dialog")) event.target.close();
  closeMenus(event);
});
on("keydown", (event) => { if (event.key === "Escape") closeMenus(event); });

// A secret that is shown: it goes out of the page after its time, and when the page is left, so that none is gone back to.

function vanish(shown) {
  shown.nextElementSibling.hidden = false;
  shown.remove();
}

for (const shown of document.querySelectorAll("[data-vanish]")) {
  setTimeout(vanish, Number(shown.dataset.vanish) * 1000, shown);
  addEventListener("pagehide", () => { if (shown.isConnected) vanish(shown); });
}

// Times: the server wrote them, this keeps them fresh in the same words.

const STEPS = [[60, 1, "s"], [3600, 60, "min"], [86400, 3600, "h"], [604800, 86400, "d"]];

function agoWords(age) {
  if (age < 10) return "just now";
  const step = STEPS.find(([below]) => age < below);
  return step && `${Math.floor(age / step[1])} ${step[2]} ago`;
}

function refreshTimes() {
  for (const time of document.querySelectorAll("time[data-relative]")) {
    const words = agoWords((Date.now() - Date.parse(time.dateTime)) / 1000);
    if (words && words !== time.textContent) time.textContent = words;
  }
}

setInterval(() => { if (!document.hidden) refreshTimes(); }, 10_000);
on("visibilitychange", refreshTimes);
