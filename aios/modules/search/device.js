// @ts-check
/** What the search shows: what was found; before anything is typed, what was changed last. Twin of views.py. */
import { get, pageNumber } from "../../static/device/query.js";
import { words as wordsOf } from "../../static/device/search.js";
import { filters } from "../../static/device/templates_runtime.js";
import { fold } from "../../static/device/text.js";
import { moment } from "../../static/device/when.js";

/**
 * @typedef {import("../module.js").Context} Context
 * @typedef {import("../module.js").Document} Document
 * @typedef {import("../module.js").Query} Query
 * @typedef {import("../module.js").View} View
 */

const LIMIT = 30;
const [RECENT, COMMANDS] = [8, 5];

/** `kinds` and `commands` come from the modules themselves. What has no page of its own is not shown. @type {View} */
const show = (documents, query) => {
  /** @type {Map<string, Context>} */
  const kinds = new Map(
    documents.kinds.filter((/** @type {Context} */ each) => each.place).map((/** @type {Context} */ each) => [each.name, each]),
  );
  const words = wordsOf(get(query, "q"));
  const counts = byModule(documents.counts, kinds);
  const chosen = counts.some(({ name }) => name === get(query, "in")) ? get(query, "in") : "";
  const rows = documents.found
    .filter((/** @type {Document} */ each) => kinds.has(each._collection))
    .map((/** @type {Document} */ each) => rowOf(each, kinds.get(each._collection), query));
  const total = counts.reduce((sum, { name, count }) => sum + (chosen === "" || name === chosen ? count : 0), 0);
  const page = pageNumber(query);
  const searched = words.length > 0;
  return {
    title: "Search",
    q: get(query, "q"),
    within: chosen,
    searched,
    commands: matching(documents.commands, words),
    chips: searched && counts.length > 1 ? chips(counts, chosen, query) : [],
    rows: searched ? rows : rows.slice(0, RECENT),
    heading: searched ? "Found" : "Changed last",
    total,
    better: searched && page > 1 ? href(query, chosen, page - 1) : "",
    more: searched && total > page * LIMIT ? href(query, chosen, page + 1) : "",
  };
};

/** How many were found in each module that has any, in the modules' order. @type {(counts: [string, number][], kinds: Map<string, Context>) => Context[]} */
const byModule = (counts, kinds) => {
  const found = new Map(counts);
  /** @type {Map<string, Context>} */
  const modules = new Map();
  for (const { name, module, module_name } of kinds.values()) {
    const entry = modules.get(module_name) ?? { name: module_name, title: module, count: 0 };
    entry.count += found.get(name) ?? 0;
    modules.set(module_name, entry);
  }
  return [...modules.values()].filter(({ count }) => count);
};

/** @type {(commands: Context[], words: string[]) => Context[]} */
const matching = (commands, words) => {
  if (!words.length) return commands;
  return commands.filter(({ label }) => words.every((word) => ` ${fold(label)}`.includes(` ${word}`))).slice(0, COMMANDS);
};

/** @type {(counts: Context[], chosen: string, query: Query) => Context[]} */
const chips = (counts, chosen, query) => [
  { title: "All", count: counts.reduce((sum, { count }) => sum + count, 0), href: href(query, "", 1), on: !chosen },
  ...counts.map(({ name, title, count }) => ({ title, count, href: href(query, name, 1), on: name === chosen })),
];

/** @type {(document: Document, kind: any, query: Query) => Context} */
const rowOf = (document, { singular, module, icon, place }, query) => ({
  href: place.replace("{id}", document.id),
  title: document.title || document.name,
  kind: singular,
  module,
  icon,
  when: moment(document.updatedAt, query.zone, query.now),
  changed: document.updatedAt,
});

/** @type {(query: Query, module: string, page: number) => string} */
const href = (query, module, page) =>
  `/search?q=${filters.urlpath(get(query, "q"))}${module ? `&in=${module}` : ""}${page > 1 ? `&page=${page}` : ""}`;

export const pages = { "/search": show };
export const actions = {};
