// @ts-check
/**
 * A table as a few strings, so that a start reads a handful of values instead of every record. Indexes are strings of
 * their own: a page uses some of them, and only those are parsed.
 *
 * @typedef {{made: string, head: string, lines: string, indexes: [string, string][]}} Part a row of `projection`
 */
import { omittedTexts, Table } from "./table.js";

/** Changes when this file writes something else. */
const FORMAT = 2;

/**
 * @param {Table} table
 * @returns {Part}
 */
export function encode(table) {
  const { ids, revs, deleted, long, stubs, conflicts, lines } = table;
  const names = ["updated", ...Object.keys(table.collection.indexes)];
  return {
    made: signature(table.collection),
    head: JSON.stringify({ ids, revs, deleted, long: [...long], stubs: [...stubs], conflicts: [...conflicts] }),
    // JSON holds no line end outside its texts, and writes those in them as \n.
    lines: lines.join("\n"),
    indexes: names.map((name) => [name, table.index(name).encode()]),
  };
}

/**
 * The table that was encoded, or null where the collection's indexes were others then.
 * @param {any} collection
 * @param {Part | undefined} part
 * @returns {Table | null}
 */
export function decode(collection, part) {
  if (!part || part.made !== signature(collection)) return null;
  const table = new Table(collection);
  const { ids, revs, deleted, long, stubs, conflicts } = JSON.parse(part.head);
  Object.assign(table, { ids, revs, deleted, long: new Set(long), stubs: new Map(stubs), conflicts: new Map(conflicts) });
  table.lines = ids.length ? part.lines.split("\n") : [];
  table.stored = new Map(part.indexes);
  return table;
}

/** What the strings depend on. @param {any} collection */
function signature(collection) {
  return JSON.stringify([FORMAT, collection.indexes, omittedTexts(collection)]);
}
