/**
 * Reading a form post: twin of aios/modules/forms.py, and of `parse_form` in aios/web/pages.py.
 *
 * @typedef {Map<string, string[]>} Form all values of each field, in order
 */
import { InvalidError } from "./errors.js";
import { isId } from "./ids.js";
import { SPACES, normalise, textHash } from "./text.js";
import { PROVISIONAL } from "./writing.js";

const MOST_FIELDS = 2_000;
const NUMBER = /^[0-9]{1,15}$/;
const BLANK =
  /[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0\ufff9-\ufffb]/;
const ASCII_RUN = /[\0-\x7f]+/g;
const HEX_PAIR = /^[0-9A-Fa-f]{2}$/;
const PERCENT = 0x25;
const PRINTABLE = /^[!-~]*$/;
// ignoreBOM keeps a U+FEFF at the start, as Python does.
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Fields of an urlencoded form in order, each with all its values. Throws InvalidError.
 * @param {Uint8Array | string} body
 * @returns {Form}
 */
export function parseForm(body) {
  const parts = decode(body).split("&");
  if (parts.length > MOST_FIELDS) throw unreadable();
  /** @type {Form} */
  const form = new Map();
  for (const part of parts.filter(Boolean)) {
    const [name] = part.split("=", 1);
    const values = form.get(unquote(name));
    const given = unquote(part.slice(name.length + 1)).replaceAll("\r\n", "\n");
    if (values) values.push(given);
    else form.set(unquote(name), [given]);
  }
  return form;
}

/**
 * The last value of `name`, or "".
 * @param {Form} form
 * @param {string} name
 */
export function value(form, name) {
  return form.get(name)?.at(-1) ?? "";
}

/**
 * Whether `text` shows anything: not only spaces and characters without a shape, such as U+200B.
 * @param {string} text
 */
export function visible(text) {
  return [...text].some((character) => !SPACES.has(character) && !BLANK.test(character));
}

/**
 * The id for a new record: the one that the page gave in a hidden field, so that a repeated post is harmless.
 * @param {Form} form
 * @param {{newId: string}} query
 */
export function recordId(form, query) {
  const given = value(form, "id");
  return isId(given) ? given : query.newId;
}

/**
 * Where to go after the post: the hidden field `next`, if it is a path of `module`, else `otherwise`.
 * @param {Form} form
 * @param {string} module
 * @param {string} otherwise
 */
export function nextPath(form, module, otherwise) {
  const given = value(form, "next");
  const root = `/${module}`;
  const inside = given === root || given.startsWith(`${root}/`) || given.startsWith(`${root}?`);
  return inside && PRINTABLE.test(given) ? given : otherwise;
}

/**
 * Hidden fields that tell what a form was filled with, so that only what the person changed is written.
 * @param {any} query
 * @param {Record<string, string>} values
 */
export function shown(query, values) {
  return Object.entries(values).map(([name, text]) => ({
    name: `shown.${name}`,
    value: Object.hasOwn(query.form, `shown.${name}`) ? query.form[`shown.${name}`] : text,
  }));
}

/**
 * Those of `fields` that were changed in the form. `lists` reads the fields that hold several members: of those the
 * members that came and went are written each by itself (docs/sync.md, push 5).
 * @param {Form} form
 * @param {Record<string, any>} fields
 * @param {Record<string, (text: string) => string[]>} [lists]
 * @returns {Record<string, any>}
 */
export function edited(form, fields, lists = {}) {
  /** @type {Record<string, any>} */
  const changed = {};
  for (const [name, given] of Object.entries(fields)) {
    const before = form.get(`shown.${name}`)?.at(-1);
    if (before === undefined) {
      if (value(form, `bases.${name}`) !== textHash(normalise(String(given)))) changed[name] = given;
    } else if (before === value(form, name)) continue;
    else if (Object.hasOwn(lists, name)) {
      const members = lists[name](before);
      for (const each of given) if (!members.includes(each)) changed[`${name}/${each}`] = true;
      for (const each of members) if (!given.includes(each)) changed[`${name}/${each}`] = null;
    } else changed[name] = given;
  }
  return changed;
}

/**
 * Which version of each long text the person was shown (docs/sync.md, push 6).
 * @param {Form} form
 * @param {string[]} names
 * @returns {Record<string, string>}
 */
export function bases(form, ...names) {
  const given = names.map((name) => [name, value(form, `bases.${name}`)]);
  return Object.fromEntries(given.filter(([, hash]) => hash));
}

/**
 * The revision that the form was filled with. One that this device gave to its own change is none of the server's.
 * @param {Form} form
 */
export function seenRev(form) {
  const given = value(form, "baseRev");
  return NUMBER.test(given) && Number(given) < PROVISIONAL ? Number(given) : null;
}

/** @param {Uint8Array | string} body */
function decode(body) {
  if (typeof body === "string") return body;
  try {
    return strict.decode(body);
  } catch {
    throw unreadable();
  }
}

function unreadable() {
  return new InvalidError("The form could not be read.");
}

/**
 * Undo the encoding of a name or value; a percent sign without two digits stands for itself. Bytes that are no UTF-8
 * become U+FFFD; a run of escapes ends at a character that needs none, as in Python's `unquote`.
 * @param {string} text
 */
function unquote(text) {
  const spaced = text.replaceAll("+", " ");
  return spaced.includes("%") ? spaced.replace(ASCII_RUN, (run) => lenient.decode(bytesOf(run))) : spaced;
}

/** @param {string} run ASCII */
function bytesOf(run) {
  const bytes = new Uint8Array(run.length);
  let size = 0;
  for (let at = 0; at < run.length; at++) {
    const pair = run.slice(at + 1, at + 3);
    if (run.charCodeAt(at) === PERCENT && HEX_PAIR.test(pair)) {
      bytes[size++] = parseInt(pair, 16);
      at += 2;
    } else bytes[size++] = run.charCodeAt(at);
  }
  return bytes.subarray(0, size);
}
