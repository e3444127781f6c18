// @ts-check
/**
 * Finding records in all collections together: twin of aios/records/everything.py, which tells how they are ranked.
 *
 * @typedef {import("./table.js").Table} Table
 * @typedef {{table: Table, place: number, id: string, key: string, rank: number}} Hit `key`: when it was changed
 */
import { resolve } from "./query.js";
import { words } from "./search.js";

/** Words that count for the rank. */
const MOST_RANKED = 8;

/**
 * The records that a read wants, from the `start`th on, and how many each collection has.
 * @param {Table[]} tables
 * @param {Record<string, any>} read
 * @param {any} query
 * @param {number} start
 * @returns {{hits: Hit[], counts: [string, number][]}}
 */
export function everything(tables, read, query, start) {
  const wanted = words(resolve(read.search, query) ?? "");
  const within = resolve(read.within, query)?.split(" ");
  const end = start + read.limit;
  const counted = read.count || read.group;
  /** @type {Hit[]} */
  const hits = [];
  /** @type {[string, number][]} */
  const counts = [];
  for (const table of tables) {
    const { name } = table.collection;
    if (within && !within.includes(name)) continue;
    const { keys, places } = table.index("updated");
    const passes = wanted.length && table.texts ? table.texts.holding(wanted) : () => true;
    let count = 0;
    for (let at = places.length - 1; at >= 0 && (counted || wanted.length || count < end); at -= 1) {
      const place = places[at];
      if (!passes(place)) continue;
      count += 1;
      if (counted) continue;
      const rank = wanted.length && table.texts ? rankOf(table.texts.texts[place], wanted) : 0;
      hits.push({ table, place, id: table.ids[place], key: keys[at], rank });
    }
    if (count) counts.push([name, count]);
  }
  hits.sort((a, b) => b.rank - a.rank || (a.key === b.key ? (a.id < b.id ? 1 : -1) : a.key < b.key ? 1 : -1));
  return { hits: hits.slice(start, end), counts: counts.sort(([a], [b]) => (a < b ? -1 : 1)) };
}

/** @param {string} text folded, its first line the title @param {string[]} wanted */
function rankOf(text, wanted) {
  const end = text.indexOf("\n");
  const title = end < 0 ? text : text.slice(0, end);
  const padded = ` ${title} `;
  const together = wanted.join(" ");
  let rank = title === together ? 4 : title.startsWith(together) ? 2 : 0;
  for (const word of wanted.slice(0, MOST_RANKED)) {
    if (!title.includes(word)) continue;
    rank += padded.includes(` ${word} `) ? 3 : padded.includes(` ${word}`) ? 2 : 1;
  }
  return rank;
}
