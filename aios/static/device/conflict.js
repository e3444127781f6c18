// @ts-check
/**
 * The page on which a person settles two versions of a text. Twin of aios/modules/conflict.py.
 *
 * @typedef {Record<string, any>} Document
 */
import { seenRev, value } from "./forms.js";
import { get } from "./query.js";
import { textHash } from "./text.js";

const MOST_SHOWN = 6;
const NEAR = 2;
const CHANGED = "This text was changed meanwhile. Look at it once more.";

/**
 * The view and the submit of `<path>/conflict`.
 * @param {string} collection
 * @param {string} field
 * @param {string} path
 */
export const conflictPage = (collection, field, path) => ({
  /** @type {(documents: any, query: any) => Document} */
  show: ({ record }, query) => shown(record, field, path, query),
  /** @type {(documents: any, form: import("./forms.js").Form, query: any) => any} */
  settle: ({ record }, form, query) => settled(record, { collection, field, path }, form, query),
});

/**
 * Where the two versions of a text are settled; "" where there are none.
 * @param {Document} document
 * @param {string} field
 * @param {string} path
 */
export const conflictPath = (document, field, path) => (hunksOf(document, field).length ? `${path}/conflict` : "");

/** @param {Document} document @param {string} field @returns {number[][]} */
const hunksOf = (document, field) => document._conflict?.[field] ?? [];

/** @param {Document} document @param {string} field @param {string} path @param {any} query */
function shown(document, field, path, query) {
  const lines = document[field].split("\n");
  /** @type {Document[]} */
  const parts = [];
  let at = 0;
  for (const [place, [start, old, added]] of hunksOf(document, field).entries()) {
    parts.push(...same(lines.slice(at, start)));
    at = start + old + added;
    const [first, second] = marked(lines.slice(start, start + old).join("\n"), lines.slice(start + old, at).join("\n"));
    parts.push({ name: `part${place + 1}`, same: "", first, second });
  }
  const there = path.replace("{id}", () => get(query, "id"));
  return {
    title: "Two versions",
    name: document.title || document.name || "",
    back: there,
    path: `${there}/conflict`,
    base: textHash(document[field]),
    base_rev: String(document._rev),
    parts: parts.length ? [...parts, ...same(lines.slice(at))] : [],
  };
}

/** @param {string[]} lines @returns {Document[]} */
function same(lines) {
  if (!lines.length) return [];
  const near = lines.length <= MOST_SHOWN ? lines : [...lines.slice(0, NEAR), "…", ...lines.slice(-NEAR)];
  return [{ name: "", same: near.join("\n"), first: {}, second: {} }];
}

/**
 * Both, each cut at words into what is the same before, what differs, and what is the same after.
 * @param {string} first
 * @param {string} second
 */
function marked(first, second) {
  const [one, other] = [[...first], [...second]];
  const most = Math.min(one.length, other.length);
  let [start, end] = [0, 0];
  while (start < most && one[start] === other[start]) start += 1;
  while (end < most - start && one.at(-1 - end) === other.at(-1 - end)) end += 1;
  while (start > 0 && one[start - 1] !== " ") start -= 1;
  while (end > 0 && one.at(-end) !== " ") end -= 1;
  return [one, other].map((text) => {
    const [before, after] = [text.slice(0, start), text.slice(text.length - end)];
    return { start: before.join(""), differs: text.slice(start, text.length - end).join(""), end: after.join("") };
  });
}

/**
 * @param {Document} document
 * @param {{collection: string, field: string, path: string}} given
 * @param {import("./forms.js").Form} form
 * @param {any} query
 */
function settled(document, { collection, field, path }, form, query) {
  const text = document[field];
  if (value(form, "base") !== textHash(text)) return { errors: { "": CHANGED } };
  const lines = text.split("\n");
  for (const [place, [start, old, added]] of [...hunksOf(document, field).entries()].reverse()) {
    const choice = value(form, `part${place + 1}`);
    if (choice === "first") lines.splice(start + old, added);
    else if (choice === "second") lines.splice(start, old);
  }
  const changed = lines.join("\n");
  const isChanged = changed !== text;
  const fields = { ...(isChanged ? { [field]: changed } : {}), [`${field}/conflict`]: null };
  const seen = { bases: isChanged ? { [field]: textHash(text) } : {}, baseRev: seenRev(form) };
  const mutations = [{ op: "update", collection, id: document.id, fields, ...seen }];
  return { mutations, location: path.replace("{id}", () => get(query, "id")) };
}
