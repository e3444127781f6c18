// @ts-check
/** Saving while one writes: what was typed is sent at each pause, as the form would send it, and the page says so. */

const PAUSE_MS = 1_000;
const AGAIN_MS = 5_000;
const AWAY = "Not saved: the server did not answer. It is tried again.";
const SIGNED_OUT = "Not saved: you were signed out. Sign in in another tab, then go on here.";

/** @typedef {HTMLInputElement | HTMLTextAreaElement} Field */

let timer = 0;
/** @type {Promise<boolean> | null} */
let running = null;
/** Whether the form itself is on its way. */
let submitted = false;
/**
 * The first text of a new note that may have arrived: sent as it was, it makes no second one.
 * @type {{key: string, body: string} | null}
 */
let unanswered = null;

export const editor = () => /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-editor]"));

/** @param {HTMLFormElement} form @returns {Field[]} */
function typedFields(form) {
  return /** @type {Field[]} */ ([...form.querySelectorAll("textarea[name], input[name]:not([type=hidden])")]);
}

/** Whether the form holds anything that is not saved. @param {HTMLFormElement | null} form */
export function isDirty(form) {
  return form !== null && typedFields(form).some((field) => field.value !== field.defaultValue);
}

/** Something was typed. */
export function touch() {
  say("waiting", "Not saved yet");
  later(PAUSE_MS);
}

/** @param {number} ms */
function later(ms) {
  clearTimeout(timer);
  timer = setTimeout(() => void save(), ms);
}

/** Save now, after what is being saved. @returns {Promise<boolean>} whether everything is saved */
export async function save() {
  clearTimeout(timer);
  if (running) await running;
  const form = editor();
  if (!form || submitted || !isDirty(form)) return !isDirty(form);
  running = attempt(form).finally(() => (running = null));
  const taken = await running;
  if (taken && isDirty(editor())) touch();
  return taken && !isDirty(editor());
}

/** Wait until nothing is on its way. */
export async function settled() {
  clearTimeout(timer);
  await running;
}

/** The form is sent by itself now, or has come back. @param {boolean} on */
export function setSubmitted(on) {
  submitted = on;
  if (on) clearTimeout(timer);
}

export const isRunning = () => running !== null;

/** @param {HTMLFormElement} form */
const keyOf = (form) => form.getAttribute("action") + String(new FormData(form).get("id"));

/** @param {HTMLFormElement} form */
async function attempt(form) {
  const fields = typedFields(form);
  if (fields.every(({ value }) => !value.trim())) return true;
  const key = keyOf(form);
  const sent = new Map(fields.map((field) => [field, field.value]));
  const isNew = !form.querySelector('[name="_method"]');
  const body = new URLSearchParams(/** @type {any} */ (new FormData(form))).toString();
  const again = isNew && unanswered?.key === key && unanswered.body !== body ? unanswered.body : "";
  if (isNew) unanswered = { key, body: again || body };
  let answer;
  let text;
  try {
    const headers = { "content-type": "application/x-www-form-urlencoded", accept: "text/html" };
    answer = await fetch(form.action, { method: "POST", mode: "same-origin", body: again || body, headers });
    text = await answer.text();
  } catch {
    return refused(AWAY, true);
  }
  const page = new DOMParser().parseFromString(text, "text/html");
  const fresh = /** @type {HTMLFormElement | null} */ (page.querySelector("form[data-editor]"));
  if (new URL(answer.url).pathname === "/sign-in") return refused(SIGNED_OUT, true);
  const isFull = answer.status === 507;
  if (answer.status >= 500 && !isFull) return refused(AWAY, true);
  if (!answer.ok || !fresh) {
    const reason = page.querySelector("#detail, main .error, main .banner[role=alert]")?.textContent?.trim();
    return refused(`Not saved: ${reason ?? "the server refused it."}`, isFull);
  }
  unanswered = null;
  const current = editor();
  // Another page was opened meanwhile, perhaps in the same elements.
  if (current !== form || keyOf(form) !== key) return true;
  const old = again ? new URLSearchParams(again) : null;
  for (const [field, value] of sent) field.defaultValue = old ? String(old.get(field.name) ?? "") : value;
  take(form, fresh, sent, answer.url);
  show(page);
  const time = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  say("synced", `Saved ${time}`);
  return true;
}

/** @param {string} reason @param {boolean} again */
function refused(reason, again) {
  say("attention", reason);
  if (again) later(AGAIN_MS);
  return false;
}

/**
 * Go on from what was saved. Where the server joined it with changes from elsewhere, they come into the text; when more
 * was typed meanwhile, the next save is still based on the older text, and is joined in turn.
 * @param {HTMLFormElement} form @param {HTMLFormElement} fresh @param {Map<Field, string>} sent @param {string} address
 */
function take(form, fresh, sent, address) {
  for (const [field, value] of sent) {
    const given = /** @type {Field} */ (fresh.elements.namedItem(field.name)).value;
    if (field.name !== "bodyMarkdown" || given === value || field.defaultValue !== value) continue;
    if (field.value !== value) return;
    const at = field.selectionStart ?? 0;
    field.value = field.defaultValue = given;
    field.setSelectionRange(at, at);
  }
  for (const hidden of /** @type {NodeListOf<HTMLInputElement>} */ (fresh.querySelectorAll("input[type=hidden]"))) {
    const own = form.elements.namedItem(hidden.name);
    if (own instanceof HTMLInputElement) own.value = hidden.value;
    else form.prepend(document.importNode(hidden));
  }
  const action = fresh.getAttribute("action") ?? "";
  if (form.getAttribute("action") === action) return;
  form.setAttribute("action", action);
  history.replaceState(history.state, "", new URL(address).pathname);
}

/** What the page shows of the note besides its editor. @param {Document} page */
function show(page) {
  document.title = page.title;
  for (const id of ["preview", "readings"]) {
    const [own, other] = [document.getElementById(id), page.getElementById(id)];
    if (!own || !other) continue;
    own.replaceChildren(...[...other.childNodes].map((node) => document.importNode(node, true)));
    /** @type {any} */ (globalThis).htmx?.process(own);
  }
  // The page of a new note has nothing to tick yet.
  const tasks = document.getElementById("tasks") ? null : page.getElementById("tasks");
  if (!tasks) return;
  const added = document.importNode(tasks, true);
  document.querySelector("article.note")?.append(added);
  /** @type {any} */ (globalThis).htmx?.process(added);
}

/** @param {string} state @param {string} words */
function say(state, words) {
  const note = document.getElementById("save-state");
  if (!note) return;
  note.hidden = false;
  note.dataset.state = state;
  note.textContent = words;
  note.setAttribute("aria-live", state === "attention" ? "assertive" : "off");
}
