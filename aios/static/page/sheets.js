// @ts-check
/** The sheets that every page has: the search as a palette, and the capture. Both are plain pages without script. */

/** Fields whose hits are not yet those of what was typed. @type {WeakSet<Element>} */
const behind = new WeakSet();
/** The form whose first hit is to be opened as soon as it is there. @type {HTMLFormElement | null} */
let wanted = null;

/** Open the search, or go to the field of its page. @returns {boolean} whether there is one */
export function openPalette() {
  const sheet = document.getElementById("palette");
  const field = /** @type {HTMLInputElement | null} */ ((sheet ?? document).querySelector("[data-hits] input"));
  if (!field) return false;
  for (const open of document.querySelectorAll(":popover-open")) {
    if (open !== sheet) /** @type {HTMLElement} */ (open).hidePopover();
  }
  if (sheet && !sheet.matches(":popover-open")) sheet.showPopover();
  field.focus();
  field.select();
  return true;
}

/** Tell forms of a page that was just shown where they are, so that they lead back. */
export function place() {
  const here = new URL(location.href);
  here.searchParams.delete("made");
  for (const field of document.querySelectorAll('form[action="/capture"] [name="back"]')) {
    // On the capture's own page it says where the person came from, or nothing.
    if (location.pathname !== "/capture") /** @type {HTMLInputElement} */ (field).value = here.pathname + here.search;
  }
}

document.addEventListener("click", (event) => {
  const { target, ctrlKey, metaKey, shiftKey, button } = event;
  if (ctrlKey || metaKey || shiftKey || button || !(/** @type {Element} */ (target).closest("[data-palette]"))) return;
  if (!openPalette()) return;
  event.preventDefault();
  event.stopPropagation();
}, true);

document.addEventListener(
  "toggle",
  ({ target, newState }) => {
    if (newState !== "open" || !(target instanceof HTMLElement)) return;
    /** @type {HTMLElement | null} */ (target.querySelector("textarea, [data-hits] input"))?.focus();
    const form = target.querySelector("form[data-hits]");
    // Before anything is typed: what was changed last, and the commands.
    if (form) form.dispatchEvent(new Event("input", { bubbles: true }));
  },
  true,
);

document.addEventListener("input", ({ target }) => {
  const form = /** @type {Element} */ (target).closest("form[data-hits]");
  if (form) behind.add(form);
});

document.addEventListener("htmx:after:swap", () => {
  for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form[data-hits]"))) {
    behind.delete(form);
    if (wanted === form) hitsOf(form)[0]?.click();
  }
  wanted = null;
});

/** Enter opens the first hit. */
document.addEventListener(
  "submit",
  (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (!form.dataset.hits) return;
    event.preventDefault();
    event.stopPropagation();
    if (behind.has(form)) wanted = form;
    else hitsOf(form)[0]?.click();
  },
  true,
);

document.addEventListener("keydown", (event) => {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const from = /** @type {Element} */ (event.target);
  // A field of type search would only be emptied by it.
  const sheet = event.key === "Escape" && /** @type {HTMLElement | null} */ (from.closest("#palette"));
  if (sheet) {
    event.preventDefault();
    sheet.hidePopover();
  }
  const form = by && formOf(from);
  if (!form) return;
  const stops = [/** @type {HTMLElement} */ (form.querySelector('[type="search"]')), ...hitsOf(form)];
  const next = stops[stops.indexOf(/** @type {HTMLElement} */ (from)) + by];
  event.preventDefault();
  next?.focus();
});

/** The searching form that an element is in, or whose hits it is among. @param {Element} from */
function formOf(from) {
  const forms = /** @type {HTMLFormElement[]} */ ([...document.querySelectorAll("form[data-hits]")]);
  return forms.find((form) => form.contains(from) || document.querySelector(form.dataset.hits ?? "")?.contains(from));
}

/** @param {HTMLFormElement} form @returns {HTMLElement[]} */
const hitsOf = (form) => [...document.querySelectorAll(`${form.dataset.hits} .cover`)].map((each) => /** @type {HTMLElement} */ (each));
