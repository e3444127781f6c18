// @ts-check
/**
 * Keys of every page (docs/keyboard.md). What a key does is in the page: `data-key` on a link, a button or a field.
 * Single keys rest while somebody types, and can be switched off (WCAG 2.1.4).
 */

import { openPalette } from "./sheets.js";

/** How long `g` waits for the letter that follows. */
const SEQUENCE_MS = 1_500;
/** Keys with a meaning of their own, and what they stand for. @type {Record<string, string>} */
const ALIASES = { "?": "g k" };

let begun = "";
let timer = 0;

document.addEventListener("keydown", (event) => {
  const { key } = event;
  if (event.isComposing || event.defaultPrevented) return;
  const command = event.ctrlKey || event.metaKey;
  if (command && !event.altKey && !event.shiftKey && key.toLowerCase() === "k") {
    if (openPalette()) event.preventDefault();
    return;
  }
  const from = /** @type {Element} */ (event.target);
  if (command || event.altKey || document.documentElement.dataset.keys === "off") return;
  if (from.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
  if (document.querySelector(":popover-open")) return;
  if (press(key)) event.preventDefault();
});

/** @param {string} key @returns {boolean} whether it meant anything */
function press(key) {
  const wanted = begun ? `${begun} ${key}` : (ALIASES[key] ?? key);
  clearTimeout(timer);
  begun = "";
  if (key === "j" || key === "k") if (wanted === key) return step(key === "j" ? 1 : -1);
  if (wanted === "/") return toSearch();
  const target = /** @type {HTMLElement | null} */ (document.querySelector(`[data-key="${CSS.escape(wanted)}"]`));
  if (target) act(target);
  else if (wanted === "g") {
    begun = "g";
    timer = window.setTimeout(() => (begun = ""), SEQUENCE_MS);
  } else return false;
  return true;
}

/** @param {HTMLElement} target */
function act(target) {
  if (target.matches("input:not([type=checkbox], [type=radio]), textarea, select")) target.focus();
  else target.click();
}

/** The search field of the page; without one, that of everything. */
function toSearch() {
  const field = /** @type {HTMLElement | null} */ (document.querySelector('main input[type="search"]'));
  if (!field) return openPalette();
  field.focus();
  return true;
}

/** To the next row, or the one before. @param {number} by */
function step(by) {
  const rows = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("main :is(.cover, .tile a)")]);
  const seen = rows.filter((each) => each.checkVisibility());
  const row = document.activeElement?.closest(".row, .tile");
  const at = seen.findIndex((each) => each === document.activeElement || (row && row.contains(each)));
  const next = seen[at < 0 ? (by > 0 ? 0 : seen.length - 1) : at + by];
  next?.focus();
  return Boolean(next);
}
