// @ts-check
/**
 * What script adds to pages that already work without it. No page needs this file.
 * Listeners sit on the document, so they hold for whatever htmx swaps in.
 */

import { begin, greet } from "./device.js";
import "./drag.js";
import "./move.js";
import "./keys.js";
import { watch } from "./report.js";
import { place as placeSheets } from "./sheets.js";
import "./span.js";

watch();

// Temporal knows it at once; a first `Intl.DateTimeFormat` keeps a page busy for a tenth of a second on a phone.
const zone =
  /** @type {any} */ (globalThis).Temporal?.Now.timeZoneId() || Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
document.cookie = `zone=${zone}; path=/; max-age=31536000; samesite=lax`;

/** The address that the shown page belongs to: Back changes the one in the bar before anybody is asked. */
let address = "";

/** Fit a page that has just been shown: things that only the browser knows. */
function arrive() {
  address = location.pathname + location.search;
  for (const input of document.querySelectorAll('input[type=hidden][name="timezone"]')) {
    /** @type {HTMLInputElement} */ (input).value = zone;
  }
  const banner = document.getElementById("lan-banner");
  // Not a secure context: no service worker, so no working offline. A browser trusts its own machine.
  if (banner) banner.hidden = location.protocol !== "http:" || window.isSecureContext;
  placeSheets();
  // What comes with a page is read out only where a live region was there before.
  const said = document.getElementById("said");
  if (said) said.textContent = document.querySelector(".toast.floating:not([hidden], #trouble) .body")?.textContent ?? "";
  for (const area of document.querySelectorAll("textarea")) count(area);
  const refused = document.querySelector('main [aria-invalid="true"]');
  if (refused instanceof HTMLElement && !document.activeElement?.matches("input, textarea, select")) refused.focus();
}

/**
 * Close to its limit, say how long a text is. Characters are code points, as the server counts them.
 * @param {HTMLTextAreaElement} area
 */
function count(area) {
  const most = Number(area.dataset.most);
  const note = document.getElementById(`${area.id}-count`);
  if (!most || !note) return;
  note.hidden = area.value.length < most * 0.9;
  if (note.hidden) return;
  const length = [...area.value].length;
  note.textContent = `${length.toLocaleString("en")} of ${most.toLocaleString("en")} characters`;
  note.dataset.tone = length > most ? "bad" : "plain";
}

document.addEventListener("input", ({ target }) => {
  if (target instanceof HTMLTextAreaElement) count(target);
});

document.addEventListener("click", ({ target }) => {
  const button = /** @type {HTMLElement} */ (target).closest("[data-copy]");
  const field = button && document.getElementById(/** @type {HTMLElement} */ (button).dataset.copy ?? "");
  if (!(field instanceof HTMLTextAreaElement)) return;
  field.select();
  void navigator.clipboard?.writeText(field.value);
});

document.addEventListener("change", ({ target }) => {
  if (target instanceof HTMLInputElement && target.dataset.submit !== undefined) target.form?.requestSubmit();
});

// Text that is not saved

/** @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Field */
const TYPED = /^(text|url|email|datetime-local|date|number|textarea|select-one)$/;

/** @param {Field} field */
function changed(field) {
  if (!(field instanceof HTMLSelectElement)) return field.value !== field.defaultValue;
  return field.selectedIndex !== Math.max(0, [...field.options].findIndex((option) => option.defaultSelected));
}

/**
 * The fields of a form that were changed and not saved. Searching loses nothing; a refused form comes back with what
 * was typed as if it had been there before.
 * @param {HTMLFormElement} form
 */
function unsaved(form) {
  if (form.method !== "post") return [];
  const fields = /** @type {Field[]} */ ([...form.elements]).filter((field) => field.name && TYPED.test(field.type));
  const refused = form.querySelector(".field .error") && form.querySelector("textarea")?.value;
  return refused ? fields : fields.filter(changed);
}

/** Whether a form has a mark or a choice that was not sent. @param {HTMLFormElement} form */
const chosen = ({ method, elements }) =>
  method === "post" &&
  [...elements].some((field) => field instanceof HTMLInputElement && field.checked !== field.defaultChecked);

/** @type {{form: HTMLFormElement, data: FormData} | null} The form on its way to the server: its text is not lost. */
let sent = null;

document.addEventListener(
  "submit",
  ({ target }) => {
    const form = /** @type {HTMLFormElement} */ (target);
    sent = { form, data: new FormData(form) };
  },
  true,
);

/** Whether leaving this page would lose text. */
const wouldLose = () => [...document.forms].some((form) => form !== sent?.form && unsaved(form).length > 0);

/** Whether showing the page anew would lose text, or what was chosen and not yet sent. */
const wouldReset = () => wouldLose() || [...document.forms].some((form) => form !== sent?.form && chosen(form));

addEventListener("beforeunload", (event) => {
  if (wouldLose()) event.preventDefault();
});

/** Whether the person was asked, and chose to leave. */
let leaving = false;

/** Ask before leaving. */
function ask() {
  leaving = confirm("Leave this page? What you typed here is not saved yet.");
  return leaving;
}

/**
 * A field to fill again after the swap: in the form with this action, or in any.
 * @typedef {{action: string | null, id: string, name: string, value: string}} Kept
 */

/**
 * What the next page has to take over: unsaved fields, and what was typed after its form was sent. The hash of the
 * text that an edit began with goes along, so that a change made elsewhere is still noticed.
 * @param {boolean} taken whether the server took what was sent
 */
function typed(taken) {
  /** @type {Kept[]} */
  const kept = [];
  for (const form of document.forms) {
    const data = taken && form === sent?.form ? sent.data : null;
    const action = data ? null : form.getAttribute("action");
    for (const { id, name, value } of unsaved(form)) {
      if (data && String(data.get(name)).replaceAll("\r\n", "\n") === value) continue;
      kept.push({ action, id, name, value });
      for (const more of data ? [] : [`bases.${name}`, `shown.${name}`]) {
        const base = form.elements.namedItem(more);
        if (base instanceof HTMLInputElement) kept.push({ action, id: base.id, name: more, value: base.value });
      }
    }
  }
  return kept;
}

/**
 * Where a kept field stands in a page.
 * @param {Document} page
 * @param {Kept} kept
 */
function home(page, { action, id, name }) {
  const forms = [...page.forms].filter((form) => action === null || form.getAttribute("action") === action);
  const fields = forms.map((form) => /** @type {Field | null} */ (form.elements.namedItem(name)));
  return fields.find((field) => field?.id === id);
}

// Moving from page to page

/**
 * @typedef {{target: Element, sourceElement: Element, text: string, response?: {status: number, raw: Response},
 *   request: {method: string, headers: Record<string, string>}}} Context
 * @typedef {{history: {type: "push" | "replace", path: string}, sourceElement: Element, response?: {status: number}}} Entry
 */

/** @template T @param {Event} event @returns {T} */
const detail = (event) => /** @type {CustomEvent} */ (event).detail;

const AWAY = "The server did not answer. What you typed is still here, so try again.";
const SIGNED_OUT = "You were signed out. What you typed is still here: sign in, then save again.";

/**
 * Keep the page, and say why.
 * @param {string} reason "" where the person chose it
 */
function stay(reason, signIn = false) {
  sent = null;
  leaving = false;
  const notice = document.getElementById("trouble");
  if (!notice || !reason) return;
  notice.hidden = false;
  /** @type {HTMLElement} */ (notice.querySelector(".body")).textContent = reason;
  /** @type {HTMLElement} */ (notice.querySelector("a")).hidden = !signIn;
}

document.addEventListener("htmx:error", () => stay(AWAY));

/**
 * Whether a request leads to another page: most posts come back to the one they were made on.
 * @param {Element} source
 */
function leads(source) {
  if (!(source instanceof HTMLFormElement) || source.method !== "post") return true;
  const method = source.querySelector('[name="_method"]')?.getAttribute("value");
  return method === "DELETE" && source.getAttribute("action") === location.pathname;
}

document.addEventListener("htmx:config:request", (event) => {
  const { ctx } = /** @type {{ctx: Context}} */ (detail(event));
  const notice = document.getElementById("trouble");
  if (notice) notice.hidden = true;
  if (ctx.target !== document.body || ctx.request.headers["HX-History-Restore-Request"]) return;
  if (!leads(ctx.sourceElement) || !wouldLose() || ask()) return;
  event.preventDefault();
  stay("");
});

document.addEventListener("htmx:before:history:restore", (event) => {
  if (!wouldLose() || ask()) return;
  event.preventDefault();
  history.pushState({ htmx: true }, "", address);
});

let moved = false;

document.addEventListener("htmx:before:history:update", (event) => {
  const { history: entry, sourceElement: source, response } = /** @type {Entry} */ (detail(event));
  const post = source instanceof HTMLFormElement && source.method === "post";
  // A refused form stays at the address of its page: that of the post may have no page.
  if (response && response.status >= 400) event.preventDefault();
  else if (entry.path === location.pathname + location.search) entry.type = "replace";
  // A post that comes back to its page, with a toast perhaps, is no step that Back should undo.
  else if (post && entry.path.split("?")[0] === location.pathname) entry.type = "replace";
  // Searching while one types stays where it is.
  else if (!source?.hasAttribute("hx-replace-url")) moved = true;
});

/** @type {Kept[]} */
let kept = [];
/** Where the focus was: a part of the page, and which of its state buttons. */
let place = { part: "", index: 0 };

/** @param {string} part @returns {NodeListOf<HTMLElement>} */
const buttons = (part) => document.querySelectorAll(`${part} .post > button`);

document.addEventListener("htmx:before:swap", (event) => {
  const { ctx } = /** @type {{ctx: Context}} */ (detail(event));
  if (ctx.target !== document.body || !ctx.response) return;
  const { status, raw } = ctx.response;
  const url = new URL(raw.url);
  const signIn = url.pathname === "/sign-in";
  // The page of a form that was refused, or that there was no room for, holds what was typed.
  const isPage = status < 500 || status === 507;
  kept = leaving ? [] : typed(!signIn && (status < 400 || status === 422 || status === 507));
  const page = new DOMParser().parseFromString(ctx.text, "text/html");
  const lost = kept.some((each) => !home(page, each));
  if (isPage && !signIn && (!lost || (status < 400 && ask()))) {
    if (lost) kept = [];
    prepare();
    return;
  }
  event.preventDefault();
  if (!isPage) stay(AWAY);
  else if (signIn && kept.length) stay(SIGNED_OUT, true);
  else if (signIn) location.assign(ctx.request.method === "GET" ? url : `/sign-in?next=${location.pathname}`);
  else if (status < 400) stay("");
  else {
    const reason = page.querySelector("#detail, main .error, main .banner[role=alert]")?.textContent?.trim();
    stay(`${reason ?? ""} What you typed is still here.`);
  }
});

/** Make the page ready to become the next one. */
function prepare() {
  for (const sheet of document.querySelectorAll(":popover-open")) /** @type {HTMLElement} */ (sheet).hidePopover();
  const name = document.activeElement?.closest("section[aria-labelledby]")?.getAttribute("aria-labelledby");
  const part = name ? `[aria-labelledby="${name}"]` : "#main";
  place = { part, index: [...buttons(part)].indexOf(/** @type {HTMLElement} */ (document.activeElement)) };
  // Morphing keeps elements, and an edited field keeps its text; the new page says what fields hold.
  for (const form of document.forms) form.reset();
}

document.addEventListener("htmx:after:swap", (event) => {
  const { ctx } = /** @type {{ctx: Context}} */ (detail(event));
  if (ctx.target !== document.body) {
    // A part of the page: what is on its way, and what was typed, is none of its business.
    address = location.pathname + location.search;
    return;
  }
  for (const each of kept) {
    const field = home(document, each);
    if (field && field.value !== each.value) field.value = each.value;
  }
  sent = null;
  leaving = false;
  kept = [];
  if (moved) document.getElementById("main")?.focus({ preventScroll: true });
  else if (document.activeElement === document.body) refocus();
  moved = false;
  arrive();
  void greet();
});

/** What had the focus is gone: go to what took its place, else to the heading there, else to the page. */
function refocus() {
  const left = buttons(place.part);
  const heading = document.querySelector(`${place.part} :is(h1, h2)`);
  const next = left[Math.min(place.index, left.length - 1)] ?? heading ?? document.getElementById("main");
  if (!(next instanceof HTMLElement)) return;
  if (next === heading) next.tabIndex = -1;
  next.focus({ preventScroll: true });
}

/** No page waits for this script, so it may run before the page is whole. */
function enter() {
  arrive();
  begin(wouldReset);
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", enter);
else enter();
