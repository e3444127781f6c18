// @ts-check
/**
 * What script adds to the editor of a text in Markdown: a toolbar and its keys, lists that go on, completion, and
 * saving at each pause. Listeners sit on the document, so they hold for whatever htmx swaps in.
 */
import { close, look, press, takes } from "./editor_completion.js";
import { make, mark, onward } from "./editor_marks.js";
import { editor, isDirty, isRunning, save, setSubmitted, settled, touch } from "./editor_save.js";

/** @type {Record<string, string>} */
const KEYS = { b: "bold", i: "italic", e: "code", k: "link" };

const textarea = () => /** @type {HTMLTextAreaElement | null} */ (editor()?.querySelector("textarea.editor") ?? null);

/** Show on a page that has just come what needs script. */
function arrive() {
  setSubmitted(false);
  const bar = editor()?.querySelector(".toolbar");
  if (bar instanceof HTMLElement) bar.hidden = false;
}

/** @param {string} kind */
function apply(kind) {
  const area = textarea();
  if (!area) return;
  make(area, mark(kind, area.value, area.selectionStart, area.selectionEnd));
  void look(area);
}

document.addEventListener("input", ({ target }) => {
  if (!(target instanceof Element) || !target.closest("form[data-editor]")) return;
  touch();
  if (target === textarea()) void look(/** @type {HTMLTextAreaElement} */ (target));
});

document.addEventListener(
  "keydown",
  (event) => {
    const area = textarea();
    const { target, key } = event;
    const command = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    const inside = target instanceof Element && target.closest("form[data-editor]");
    if (!area || !inside || event.isComposing) return;
    if (command && key === "s") void save();
    else if (target !== area) return move(event);
    else if (command && key in KEYS) apply(KEYS[key]);
    else if (command || event.shiftKey || !(takes(area, event) || goOn(area, key))) return;
    event.preventDefault();
    event.stopPropagation();
  },
  true,
);

/** Whether Enter went on with a list. @param {HTMLTextAreaElement} area @param {string} key */
function goOn(area, key) {
  const { selectionStart: at, selectionEnd, value } = area;
  const edit = key === "Enter" && at === selectionEnd ? onward(value, at) : null;
  if (edit) make(area, edit);
  return edit !== null;
}

/** In the toolbar, arrows lead from button to button (WAI-ARIA, toolbar). @param {KeyboardEvent} event */
function move({ target, key }) {
  const buttons = /** @type {HTMLElement[]} */ ([...(editor()?.querySelectorAll(".toolbar button") ?? [])]);
  const at = buttons.indexOf(/** @type {HTMLElement} */ (target));
  const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
  if (at < 0 || !step) return;
  const next = buttons[(at + step + buttons.length) % buttons.length];
  buttons[at].tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

document.addEventListener("pointerdown", (event) => {
  const option = /** @type {Element} */ (event.target).closest("#completion > li");
  const area = textarea();
  if (!option || !area) return;
  event.preventDefault();
  press(area, option);
});

document.addEventListener("focusout", ({ target }) => {
  if (target instanceof HTMLTextAreaElement && target === textarea()) close(target);
});

document.addEventListener(
  "click",
  (event) => {
    const pressed = /** @type {Element} */ (event.target);
    const kind = pressed.closest("[data-mark]")?.getAttribute("data-mark");
    if (kind) return apply(kind);
    const link = pressed.closest("a[href]");
    if (!link || !isDirty(editor()) || link.getAttribute("href")?.startsWith("#")) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    // First saved, then gone. Where that fails, the page asks.
    event.preventDefault();
    event.stopPropagation();
    void save().then(() => leave(/** @type {HTMLElement} */ (link)));
  },
  true,
);

/** @param {HTMLElement} link */
function leave(link) {
  const form = editor();
  if (!isDirty(form)) return link.click();
  form?.removeAttribute("data-editor");
  link.click();
  form?.setAttribute("data-editor", "");
}

document.addEventListener(
  "submit",
  (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (form !== editor()) return;
    if (!isRunning()) return setSubmitted(true);
    event.preventDefault();
    event.stopImmediatePropagation();
    void settled().then(() => form.requestSubmit());
  },
  true,
);

document.addEventListener("visibilitychange", () => {
  if (document.hidden) void save();
});
document.addEventListener("htmx:after:swap", (event) => {
  if (/** @type {CustomEvent} */ (event).detail.ctx.target === document.body) arrive();
});
document.addEventListener("htmx:error", () => setSubmitted(false));
arrive();
