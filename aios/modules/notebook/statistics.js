/** Numbers of the Notebook, with small charts whose geometry is whole numbers. Twin of statistics.py. */
import { readingMinutes } from "../../static/device/markdown.js";
import { words } from "../../static/device/stubs.js";
import { filters } from "../../static/device/templates_runtime.js";
import { compare, sortKey } from "../../static/device/text.js";
import { localDay, longDay } from "../../static/device/when.js";

/**
 * @typedef {import("../module.js").Context} Context
 * @typedef {import("../module.js").Document} Document
 * @typedef {import("../module.js").Query} Query
 */

const MONTHS = 12;
/** Rows of each list. */
const MOST = 8;
/** The place of a month in the chart, and the height of the tallest. */
const [WIDE, HIGH] = [20, 100];

/** How many notes, words, tags and links there are, and how they are spread. @type {import("../module.js").View} */
export const statisticsPage = ({ notes, tags }, query) => {
  const counted = notes.map((/** @type {Document} */ note) => ({ note, count: words(note, "bodyMarkdown") }));
  const total = counted.reduce((/** @type {number} */ sum, /** @type {any} */ { count }) => sum + count, 0);
  /** @type {Map<string, number>} */
  const links = new Map();
  /** @type {Map<string, string>} */
  const paths = new Map();
  /** @type {Map<string, string>} */
  const names = new Map();
  for (const note of notes) {
    const own = sortKey(note.title);
    if (!paths.has(own)) paths.set(own, `/notebook/${note.id}`);
    names.set(own, note.title);
    const keys = new Set(/** @type {string[]} */ (note.links.map(sortKey)));
    for (const key of keys) links.set(key, (links.get(key) ?? 0) + 1);
  }
  /** @type {(a: any, b: any) => number} */
  const longer = (a, b) => b.count - a.count || compare(a.note.id, b.note.id);
  const longest = counted.sort(longer);
  const linked = ranked([...links].filter(([key]) => paths.has(key)));
  return {
    title: "Statistics",
    readings: [
      { label: "notes", count: notes.length },
      { label: "words", count: total },
      { label: "tags", count: tags.length },
      { label: "links", count: [...links.values()].reduce((sum, count) => sum + count, 0) },
    ],
    hours: readingMinutes(total),
    months: months(notes, query),
    tags: bars(ranked(tags).map(([name, count]) => [name, `/notebook?tag=${filters.urlpath(name)}`, count])),
    longest: bars(
      longest.slice(0, MOST).map((/** @type {any} */ { note, count }) => [note.title, `/notebook/${note.id}`, count]),
    ),
    linked: bars(linked.map(([key, count]) => [names.get(key) ?? "", paths.get(key) ?? "", count])),
  };
};

/** @type {(counts: [string, number][]) => [string, number][]} */
const ranked = (counts) => [...counts].sort((a, b) => b[1] - a[1] || compare(a[0], b[0])).slice(0, MOST);

/** Rows with a bar each, the first being the longest. @type {(rows: [string, string, number][]) => Context[]} */
const bars = (rows) => {
  const of = Math.max(1, ...rows.map(([, , count]) => count));
  return rows.map(([name, href, count]) => ({ name, href, count, of }));
};

/** The last twelve months, oldest first. @type {(notes: Document[], query: Query) => Context[]} */
const months = (notes, query) => {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const note of notes) {
    const month = localDay(note.createdAt, query.zone).slice(0, 7);
    counts.set(month, (counts.get(month) ?? 0) + 1);
  }
  const shown = lastMonths(query.day);
  const most = Math.max(1, ...shown.map((month) => counts.get(month) ?? 0));
  return shown.map((month, place) => {
    const count = counts.get(month) ?? 0;
    const high = Math.floor((count * HIGH) / most);
    const name = longDay(`${month}-01`).split(" ")[2];
    return {
      name: `${name} ${month.slice(0, 4)}`,
      short: name[0],
      count,
      x: String(place * WIDE),
      middle: String(place * WIDE + WIDE / 2),
      y: String(HIGH - high),
      high: String(high),
    };
  });
};

/** The month of `day` and the eleven before it, such as `2026-11`. @type {(day: string) => string[]} */
const lastMonths = (day) => {
  const last = Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1;
  return Array.from({ length: MONTHS }, (_, at) => {
    const number = last - MONTHS + 1 + at;
    return `${String(Math.floor(number / 12)).padStart(4, "0")}-${String((number % 12) + 1).padStart(2, "0")}`;
  });
};
