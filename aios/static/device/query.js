/**
 * Reading the query that a view or a submit is given: twin of aios/records/query.py.
 *
 * @typedef {{params: Record<string, string>}} Asked
 * @typedef {{name: string, fold?: boolean, days?: number}} Param
 */
import { sortKey } from "./text.js";
import { addDays } from "./when.js";

const PAGE = /^[0-9]{1,4}$/;

/**
 * The parameter `name`, or `otherwise`.
 * @param {Asked} query
 * @param {string} name
 * @param {string} otherwise
 */
export function get(query, name, otherwise = "") {
  return own(query.params, name) ?? otherwise;
}

/**
 * What was typed into the field `name` of a refused form, or `otherwise`.
 * @param {{form: Record<string, string>}} query
 * @param {string} name
 * @param {string} otherwise
 */
export function typed(query, name, otherwise = "") {
  return own(query.form, name) ?? otherwise;
}

/**
 * Fill a Param from the query; null where it is absent or empty.
 * @param {string | Param | null} value
 * @param {Asked & {bounds: Record<string, string>}} query
 * @returns {string | null}
 */
export function resolve(value, query) {
  if (value === null || typeof value === "string") return value;
  const found = own(value.name.startsWith("@") ? query.bounds : query.params, value.name);
  if (!found) return null;
  if (value.days) return addDays(found, value.days);
  return value.fold ? sortKey(found) : found;
}

/**
 * Fill a Param from the query with each of its lines; none where it is absent or empty.
 * @param {string | Param} value
 * @param {Asked & {bounds: Record<string, string>}} query
 * @returns {string[]}
 */
export function resolveLines(value, query) {
  if (typeof value === "string") return [value];
  const lines = (resolve({ name: value.name }, query) ?? "").split("\n").filter(Boolean);
  return value.fold ? lines.map(sortKey) : lines;
}

/**
 * Whether `when` lets a read happen.
 * @param {Record<string, any>} read
 * @param {Asked & {bounds: Record<string, string>}} query
 */
export function isAsked({ when }, query) {
  if (when === null) return true;
  const found = resolve({ name: when[0] }, query) ?? "";
  return when[1].length ? when[1].includes(found) : found !== "";
}

/**
 * The page that the parameter `name` asks for, from 1; what is no number asks for the first.
 * @param {Asked} query
 * @param {string} name
 */
export function pageNumber(query, name = "page") {
  const given = get(query, name);
  return PAGE.test(given) ? Math.max(Number(given), 1) : 1;
}

/**
 * @param {Record<string, string>} values
 * @param {string} name
 */
function own(values, name) {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}
