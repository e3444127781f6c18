// @ts-check
/**
 * What script adds to pages that already work without it. No page needs this file.
 * Listeners sit on the document, so they hold for whatever htmx swaps in.
 */

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
document.cookie = `zone=${zone}; path=/; max-age=31536000; samesite=lax`;

/** Fit a page that has just been shown: things that only the browser knows. */
function arrive() {
  for (const input of document.querySelectorAll('input[type=hidden][name="timezone"]')) {
    /** @type {HTMLInputElement} */ (input).value = zone;
  }
  const banner = document.getElementById("lan-banner");
  // Not a secure context: no service worker, so no working offline. A browser trusts its own machine.
  if (banner) banner.hidden = location.protocol !== "http:" || window.isSecureContext;
  const refused = document.querySelector('main [aria-invalid="true"]');
  if (refused instanceof HTMLElement && !document.activeElement?.matches("input, textarea, select")) refused.focus();
}

/**
 * Whether a form holds text that was typed and not saved. Searching loses nothing; a refused form comes back with
 * what was typed as if it had been there before.
 * @param {HTMLFormElement} form
 */
function unsaved(form) {
  if (form.method !== "post") return false;
  if (form.querySelector(".error") && form.querySelector("textarea")?.value) return true;
  return [...form.elements].some(
    (field) =>
      (field instanceof HTMLTextAreaElement ||
        (field instanceof HTMLInputElement && /^(text|url|email|datetime-local|date|number)$/.test(field.type))) &&
      field.value !== field.defaultValue,
  );
}

/** @type {HTMLFormElement | null} The form on its way to the server: its text is not lost. */
let sent = null;
document.addEventListener("submit", (event) => {
  sent = /** @type {HTMLFormElement} */ (event.target);
});

/** Whether leaving this page would lose text. */
const wouldLose = () => [...document.forms].some((form) => form !== sent && unsaved(form));

addEventListener("beforeunload", (event) => {
  if (wouldLose()) event.preventDefault();
});

document.addEventListener("change", (event) => {
  const field = event.target;
  if (field instanceof HTMLInputElement && field.dataset.submit !== undefined) field.form?.requestSubmit();
});

document.addEventListener("keydown", (event) => {
  const from = /** @type {Element} */ (event.target);
  if (event.ctrlKey || event.metaKey || event.altKey || from.closest("input, textarea, select, [contenteditable]")) return;
  const found = { "/": 'input[type="search"]', c: "#capture" }[event.key];
  const target = found ? /** @type {HTMLElement | null} */ (document.querySelector(found)) : null;
  if (!target) return;
  event.preventDefault();
  if (target.popover) target.showPopover();
  else target.focus();
});

/**
 * @typedef {{ctx: {target: Element, sourceElement: Element, response?: {status: number}}}} Swap
 * @typedef {{history: {type: "push" | "replace", path: string}, response?: {status: number}}} Entry
 */

/** @template T @param {Event} event @returns {T} */
const detail = (event) => /** @type {CustomEvent} */ (event).detail;

let moved = false;

document.addEventListener("htmx:config:request", (event) => {
  const { ctx } = /** @type {Swap} */ (detail(event));
  if (ctx.target !== document.body || ctx.sourceElement instanceof HTMLFormElement) return;
  if (wouldLose() && !confirm("Leave this page? What you typed here is not saved yet.")) event.preventDefault();
});

document.addEventListener("htmx:before:history:update", (event) => {
  const { history: entry, response } = /** @type {Entry} */ (detail(event));
  // A refused form stays at the address of its page: that of the post may have no page.
  if (response && response.status >= 400) event.preventDefault();
  else if (entry.path === location.pathname + location.search) entry.type = "replace";
  else moved = true;
});

/** Say that nothing came back; what was typed stays on the page. */
function trouble() {
  sent = null;
  const notice = document.getElementById("trouble");
  if (notice) notice.hidden = false;
}

document.addEventListener("htmx:error", trouble);

document.addEventListener("htmx:before:swap", (event) => {
  const { ctx } = /** @type {Swap} */ (detail(event));
  if (ctx.response && ctx.response.status >= 500) {
    event.preventDefault();
    trouble();
    return;
  }
  if (ctx.target !== document.body) return;
  for (const sheet of document.querySelectorAll(":popover-open")) /** @type {HTMLElement} */ (sheet).hidePopover();
  // Morphing keeps elements, and an edited field keeps its text; the new page says what fields hold.
  for (const form of document.forms) form.reset();
});

document.addEventListener("htmx:after:swap", () => {
  sent = null;
  if (moved) document.getElementById("main")?.focus({ preventScroll: true });
  moved = false;
  arrive();
});

arrive();
