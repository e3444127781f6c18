// @ts-check
/** Why a value does not fit a JSON Schema, worded as msgspec words it. Knows the schemas that msgspec makes. */
import { length } from "./text.js";

/** What stands between the kinds of a union. */
export const SCHEMA_KINDS = " | ";
/** @type {Record<string, string>} */
const KINDS = {
  string: "str",
  integer: "int",
  number: "float",
  boolean: "bool",
  array: "array",
  object: "object",
  null: "null",
};
/** What Python writes as an escape when it shows a text: all that cannot be printed, and spaces but the usual one. */
const UNPRINTABLE = /[\p{C}\p{Z}]/u;
/** @type {Record<string, string>} */
const SHORT = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * @param {any} schema
 * @param {any} value
 * @param {string} path such as `$.tags`
 * @returns {string | null} null when it fits
 */
export function schemaReason(schema, value, path) {
  const options = schema.anyOf ?? [schema];
  const kind = kindOf(value);
  const chosen = options.find((/** @type {any} */ each) => takes(each, kind));
  if (!chosen) return `Expected \`${expected(options)}\`, got \`${kind}\`${at(path)}`;
  if (chosen.enum) return chosen.enum.includes(value) ? null : `Invalid enum value ${written(value)}${at(path)}`;
  if (kind === "str") return textReason(chosen, value, path);
  if (kind === "int" || kind === "float") return numberReason(chosen, value, path);
  if (kind === "array") return listReason(chosen, value, path);
  return kind === "object" ? objectReason(chosen, value, path) : null;
}

/** @param {any} value */
function kindOf(value) {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "string") return "str";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number") return Number.isSafeInteger(value) ? "int" : "float";
  return "object";
}

/** @param {any} schema @param {string} kind */
function takes(schema, kind) {
  const wanted = schemaKind(schema);
  return wanted === null || wanted === kind || (wanted === "float" && kind === "int");
}

/** Null takes anything. @param {any} schema @returns {string | null} */
function schemaKind(schema) {
  if (schema.enum) return kindOf(schema.enum[0]);
  return schema.type === undefined ? null : KINDS[schema.type];
}

/** @param {any[]} options */
function expected(options) {
  return options.map(schemaKind).join(SCHEMA_KINDS);
}

/** @param {any} schema @param {string} value @param {string} path */
function textReason(schema, value, path) {
  const { minLength = 0, maxLength = Infinity, pattern } = schema;
  const size = length(value);
  if (size < minLength) return `Expected \`str\` of length >= ${minLength}${at(path)}`;
  if (size > maxLength) return `Expected \`str\` of length <= ${maxLength}${at(path)}`;
  if (pattern === undefined || searcher(pattern).test(value)) return null;
  return `Expected \`str\` matching regex ${written(pattern)}${at(path)}`;
}

/** Python's `$` also stands before a last line end. @param {string} pattern */
function searcher(pattern) {
  return new RegExp(pattern.replace(/\$$/, "(?=\\n?$)"), "u");
}

/** @param {any} schema @param {number} value @param {string} path */
function numberReason(schema, value, path) {
  const kind = schemaKind(schema) ?? "";
  if (value < (schema.minimum ?? -Infinity)) return `Expected \`${kind}\` >= ${schema.minimum}${at(path)}`;
  if (value > (schema.maximum ?? Infinity)) return `Expected \`${kind}\` <= ${schema.maximum}${at(path)}`;
  return null;
}

/** @param {any} schema @param {any[]} value @param {string} path */
function listReason(schema, value, path) {
  const { minItems = 0, maxItems = Infinity, items = {} } = schema;
  if (value.length < minItems) return `Expected \`array\` of length >= ${minItems}${at(path)}`;
  if (value.length > maxItems) return `Expected \`array\` of length <= ${maxItems}${at(path)}`;
  return first(value.map((each, index) => () => schemaReason(items, each, `${path}[${index}]`)));
}

/** @param {any} schema @param {Record<string, any>} value @param {string} path */
function objectReason(schema, value, path) {
  const { propertyNames, additionalProperties } = schema;
  const named = propertyNames === undefined ? null : { type: "string", ...propertyNames };
  const values = typeof additionalProperties === "object" ? additionalProperties : {};
  return first(
    Object.entries(value).flatMap(([name, each]) => [
      () => (named === null ? null : schemaReason(named, name, `key\` in \`${path}`)),
      () => schemaReason(values, each, `${path}[...]`),
    ]),
  );
}

/** @param {(() => string | null)[]} checks */
function first(checks) {
  for (const check of checks) {
    const reason = check();
    if (reason !== null) return reason;
  }
  return null;
}

/** @param {string} path */
const at = (path) => ` - at \`${path}\``;

/** A value as Python's `repr` shows it. @param {string | number} value */
function written(value) {
  if (typeof value === "number") return String(value);
  const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
  const shown = [...value].map((each) => (each === quote ? `\\${each}` : (SHORT[each] ?? escaped(each))));
  return `${quote}${shown.join("")}${quote}`;
}

/** @param {string} character */
function escaped(character) {
  if (character === " " || !UNPRINTABLE.test(character)) return character;
  const code = /** @type {number} */ (character.codePointAt(0));
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, "0")}` : `\\U${code.toString(16).padStart(8, "0")}`;
}
