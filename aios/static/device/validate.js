// @ts-check
/**
 * Checking what was written against a collection, by the JSON Schema of each field: twin of aios/records/validate.py.
 * The reasons are worded as msgspec words them, and turned into sentences by the same patterns as there.
 */
import { InvalidError } from "./errors.js";
import { SCHEMA_KINDS, schemaReason } from "./schema.js";
import { normalise } from "./text.js";

/** @typedef {import("./layout.js").Body} Body */

export const REFUSED = "Some fields cannot be kept as they are.";
/** @type {[RegExp, string][]} */
const SENTENCES = [
  [/`str` of length <= (\d+)/, "Use at most {} characters."],
  [/`array` of length <= (\d+)/, "Use at most {} entries."],
  [/`str` of length >= (\d+)/, "Use at least {} characters."],
  [/`array` of length >= (\d+)/, "Use at least {} entries."],
  [/`(?:int|float)` <= (-?[\d.]+)/, "Use {} or less."],
  [/`(?:int|float)` >= (-?[\d.]+)/, "Use {} or more."],
];
const EMPTY = "Expected `str` of length >= 1";
const ENUM = /Invalid enum value (.+?)(?: - at|$)/;
const TYPE = /Expected `([^`]+)`, got `([^`]+)`/;
/** @type {Record<string, string>} */
const NAMES = {
  str: "text",
  bool: "true or false",
  int: "a whole number",
  array: "a list",
  object: "an object",
  null: "null",
};

/**
 * Return the fields of `sent` that may be written, normalised, in the collection's order.
 * @param {any} collection of the registry
 * @param {Body} sent
 * @param {{creating: boolean}} how whether required fields have to be there
 * @returns {Body}
 * @throws {InvalidError} naming every field that cannot be kept
 */
export function check(collection, sent, { creating }) {
  /** @type {import("./errors.js").FieldError[]} */
  const errors = [];
  /** @type {Body} */
  const fields = {};
  /** @type {Body} */
  const parts = {};
  for (const [name, value] of Object.entries(sent)) {
    const field = Object.hasOwn(collection.fields, name) ? collection.fields[name] : null;
    if (field === null && name.includes("/") && !creating) part(collection, name, value, parts, errors);
    else if (field === null)
      errors.push(refuse(name, `${capitalised(collection.singular)} records have no field with this name.`));
    else if (isWritable(field)) fields[name] = clean(value);
    else errors.push(refuse(name, "This field cannot be set."));
  }
  const named = /** @type {[string, any][]} */ (Object.entries(collection.fields));
  const missing = named.filter(([name, field]) => field.required && isWritable(field) && !Object.hasOwn(fields, name));
  if (creating) errors.push(...missing.map(([name]) => refuse(name, "This field is required.")));
  for (const [name, value] of Object.entries(fields)) {
    const reason = schemaReason(collection.fields[name].schema, value, `$.${name}`);
    if (reason !== null) errors.push(refuse(name, explain(reason)));
  }
  if (errors.length) throw new InvalidError(REFUSED, errors);
  const present = named.filter(([name]) => Object.hasOwn(fields, name));
  return { ...Object.fromEntries(present.map(([name]) => [name, fields[name]])), ...parts };
}

/**
 * Take a path and what is written there (docs/sync.md, push 5).
 * @param {any} collection
 * @param {string} path
 * @param {any} value
 * @param {Body} parts
 * @param {import("./errors.js").FieldError[]} errors
 */
function part(collection, path, value, parts, errors) {
  const place = normalise(path);
  const cut = place.indexOf("/");
  const [name, rest] = [place.slice(0, cut), place.slice(cut + 1)];
  const field = Object.hasOwn(collection.fields, name) && rest ? collection.fields[name] : null;
  let reason = null;
  if (field === null) reason = `${capitalised(collection.singular)} records have no field with this name.`;
  else if (!isWritable(field)) reason = "This field cannot be set.";
  else if (!fits(field.merge, rest, value)) reason = "This part of the field cannot be set like this.";
  if (reason !== null) return void errors.push(refuse(path, reason));
  const wrong = value === true && field.merge === "set" ? schemaReason(field.schema, [rest], `$.${name}`) : null;
  if (wrong !== null) errors.push(refuse(name, explain(wrong)));
  parts[place] = clean(value);
}

/** @param {string} merge @param {string} rest @param {any} value */
function fits(merge, rest, value) {
  if (merge === "set") return value === true || value === null;
  return merge === "text" ? rest === "conflict" && value === null : merge === "keyed";
}

/**
 * Normalise every text inside a JSON value (docs/sync.md, push 6).
 * @param {any} value
 * @returns {any}
 */
export function clean(value) {
  if (typeof value === "string") return normalise(value);
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [normalise(name), clean(each)]));
}

/**
 * Turn a reason into a sentence for the person who typed the value.
 * @param {string} reason
 */
export function explain(reason) {
  if (reason.startsWith(EMPTY)) return "This cannot be empty.";
  for (const [pattern, sentence] of SENTENCES) {
    const found = pattern.exec(reason);
    if (found) return sentence.replace("{}", () => grouped(found[1]));
  }
  const refused = ENUM.exec(reason);
  if (refused) return `${refused[1]} is not one of the choices.`;
  const typed = TYPE.exec(reason);
  if (!typed) return `This cannot be read: ${reason}.`;
  const wanted = typed[1].split(SCHEMA_KINDS).map((kind) => NAMES[kind] ?? kind);
  return `This must be ${wanted.join(" or ")}, not ${NAMES[typed[2]] ?? typed[2]}.`;
}

/** @param {any} field */
const isWritable = (field) => !field.readOnly && !field.computed;

/** @param {string} field @param {string} message */
const refuse = (field, message) => ({ field, message });

/** @param {string} name */
const capitalised = (name) => name.slice(0, 1).toUpperCase() + name.slice(1).toLowerCase();

/** As Python writes `:,`. @param {string} digits */
const grouped = (digits) => (/^\d+$/.test(digits) ? digits.replace(/\B(?=(\d{3})+$)/g, ",") : digits);
