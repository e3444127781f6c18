// @ts-check
/**
 * The stored keys by which records are found and ordered: twin of Index in aios/records/collection.py.
 *
 * @typedef {{field: string, fold: boolean, multiple: boolean, sparse: boolean, when: [string, any[]] | null}} Index
 */
import { sortKey } from "./text.js";

/** The key of an absent value: after every digit and ASCII letter. */
export const NO_KEY = "~";
const DIGITS = 16;

/**
 * All (index, key) pairs of `document`.
 * @param {{indexes: Record<string, Index>}} collection
 * @param {Record<string, any>} document
 * @returns {[string, string][]}
 */
export function keys(collection, document) {
  return Object.entries(collection.indexes).flatMap(([name, index]) =>
    indexKeys(index, document).map((key) => /** @type {[string, string]} */ ([name, key])),
  );
}

/**
 * The keys that `document` has in one index.
 * @param {Index} index
 * @param {Record<string, any>} document
 * @returns {string[]}
 */
export function indexKeys(index, document) {
  if (index.when !== null && !index.when[1].includes(document[index.when[0]] ?? null)) return [];
  const value = document[index.field] ?? null;
  if (index.multiple) return [...new Set((value ?? []).map((/** @type {any} */ each) => keyOf(each, index.fold)))];
  if (value === null) return index.sparse ? [] : [NO_KEY];
  return [keyOf(value, index.fold)];
}

/** @param {any} value @param {boolean} fold @returns {string} */
function keyOf(value, fold) {
  if (typeof value === "boolean") return value ? "1" : "0";
  if (typeof value === "number") return padded(value);
  return fold ? sortKey(value) : value;
}

/** As Python writes `:016d`: the sign counts. @param {number} value */
function padded(value) {
  return value < 0 ? `-${String(-value).padStart(DIGITS - 1, "0")}` : String(value).padStart(DIGITS, "0");
}
