/** What the list of notes shows. Twin of listing.py. */
import { isId } from "../../static/device/ids.js";
import { get, pageNumber } from "../../static/device/query.js";
import { size } from "../../static/device/stubs.js";
import { filters } from "../../static/device/templates_runtime.js";
import { compare, sortKey } from "../../static/device/text.js";
import { moment } from "../../static/device/when.js";
import { beginning } from "./excerpts.js";
import { undo } from "./selection.js";

/**
 * @typedef {import("../module.js").Context} Context
 * @typedef {import("../module.js").Document} Document
 * @typedef {import("../module.js").Documents} Documents
 * @typedef {import("../module.js").Query} Query
 * @typedef {import("../module.js").View} View
 */

const PAGE_SIZE = 50;
const MOST_CHIPS = 20;
/** Value of `sort`, its words, and the read that has this order. */
const SORTS = [
  ["", "Last edited", "recent"],
  ["created", "Newest", "by_created"],
  ["title", "Title", "by_title"],
  ["length", "Longest", "by_length"],
];
const MODES = [
  ["tag", "With all of them"],
  ["any", "With any of them"],
];
const PARAMS = ["q", "tag", "any", "archived", "sort", "select", "page"];
const LISTS = new Set(["tag", "any"]);
const { urlpath } = filters;

/** The list: pinned and other notes, or the archive, or the notes with one title. @type {View} */
export const notesPage = (documents, query) => {
  const archived = get(query, "archived") === "true";
  const pinned = get(query, "title") || archived ? [] : inOrder(documents.pinned, query);
  const found = listed(documents, query);
  const [mode, chosen] = chosenTags(query);
  return {
    title: archived ? "Archive" : "Notebook",
    q: get(query, "q"),
    kept: ["tag", "any", "archived", "sort", "select"].flatMap((name) =>
      lines(get(query, name)).map((value) => ({ name, value })),
    ),
    archived,
    total: documents.total,
    chips: chips(documents.tags, mode, chosen, query),
    everything: { href: address(query, { tag: "", any: "", page: "" }), current: !chosen.length },
    modes: (chosen.length > 1 ? MODES : []).map(([name, label]) => ({
      label,
      href: address(query, { tag: "", any: "", page: "", [name]: chosen.join("\n") }),
      current: mode === name,
    })),
    select: {
      on: get(query, "select") !== "",
      all: get(query, "select") === "all",
      some_href: address(query, { select: "some" }),
      all_href: address(query, { select: "all" }),
    },
    next: address(query, { select: "" }),
    pinned: pinned.map((note) => row(note, query)),
    rows: found.map((note) => row(note, query)),
    heading: heading(query),
    older: found.length === PAGE_SIZE ? pageAddress(query, 1) : "",
    newer: pageNumber(query) > 1 ? pageAddress(query, -1) : "",
    empty_states: pinned.length || found.length ? [] : [empty(chosen, mode, query)],
    sorts: SORTS.map(([sort, label]) => ({
      label,
      href: address(query, { sort, page: "" }),
      current: sortOf(query) === sort,
    })),
    undo: undo(query),
    toast: toast(documents, query),
  };
};

/** @type {(text: string) => string[]} */
const lines = (text) => text.split("\n").filter(Boolean);

/**
 * The documents of the read that this query asks for.
 * @type {(documents: Documents, query: Query) => Document[]}
 */
const listed = (documents, query) => {
  if (get(query, "title")) return documents.titled;
  if (get(query, "archived") === "true") return documents.archive;
  const wanted = SORTS.find(([sort]) => sort === sortOf(query))?.[2] ?? "";
  if (wanted !== "by_length") return documents[wanted];
  const start = (pageNumber(query) - 1) * PAGE_SIZE;
  return inOrder(documents.by_length, query).slice(start, start + PAGE_SIZE);
};

/**
 * Notes as `sort` wants them; those of one read come as they were edited.
 * @type {(notes: Document[], query: Query) => Document[]}
 */
const inOrder = (notes, query) => {
  const by = ORDERS[sortOf(query)];
  if (!by) return notes;
  const keyed = notes.map((note) => ({ note, key: by(note) })).sort(ordered(sortOf(query)));
  return keyed.map(({ note }) => note);
};

/** @type {Record<string, (note: Document) => any>} */
const ORDERS = {
  title: (note) => sortKey(note.title),
  created: (note) => note.createdAt,
  length: (note) => size(note, "bodyMarkdown"),
};

/** @type {(sort: string) => (a: {note: Document, key: any}, b: {note: Document, key: any}) => number} */
const ordered = (sort) => {
  const sign = sort === "title" ? 1 : -1;
  /** @type {(a: any, b: any) => number} */
  const keys = sort === "length" ? (a, b) => a - b : compare;
  return (a, b) => sign * (keys(a.key, b.key) || compare(a.note.id, b.note.id));
};

/** @type {(query: Query) => string} */
const sortOf = (query) => (SORTS.some(([sort]) => sort === get(query, "sort")) ? get(query, "sort") : "");

/** @type {(note: Document, query: Query) => Context} */
const row = (note, query) => ({
  id: note.id,
  href: `/notebook/${note.id}`,
  title: note.title,
  excerpt: beginning(note),
  time: moment(sortOf(query) === "created" ? note.createdAt : note.updatedAt, query.zone, query.now),
  tags: note.tags,
});

/** The parameter that holds the chosen tags, and these. @type {(query: Query) => [string, string[]]} */
const chosenTags = (query) => {
  const mode = get(query, "any") ? "any" : "tag";
  return [mode, [...new Set(lines(get(query, mode)))]];
};

/**
 * The tags that most notes have, the chosen ones always among them. Each chip adds its tag, or takes it away.
 * @type {(tags: [string, number][], mode: string, chosen: string[], query: Query) => Context[]}
 */
const chips = (tags, mode, chosen, query) => {
  const counts = new Map(tags);
  const sorted = [...tags].sort((a, b) => b[1] - a[1] || compare(a[0], b[0]));
  const ranked = sorted.slice(0, MOST_CHIPS).map(([name]) => name);
  ranked.push(...chosen.filter((name) => !ranked.includes(name)));
  return ranked.map((name) => ({
    name,
    count: counts.get(name) ?? 0,
    href: address(query, { [mode]: toggled(chosen, name).join("\n"), page: "" }),
    current: chosen.includes(name),
  }));
};

/** @type {(chosen: string[], name: string) => string[]} */
const toggled = (chosen, name) =>
  chosen.includes(name) ? chosen.filter((each) => each !== name) : [...chosen, name];

/** @type {(query: Query) => string} */
const heading = (query) => {
  if (get(query, "title")) return `Named “${get(query, "title")}”`;
  if (get(query, "archived") === "true") return "Archived";
  return ["q", "tag", "any"].some((name) => get(query, name)) || sortOf(query) ? "Notes" : "Recent";
};

/**
 * What to say when there is nothing to list, and one way on.
 * @type {(chosen: string[], mode: string, query: Query) => Context}
 */
const empty = (chosen, mode, query) => {
  const [title, q] = [get(query, "title"), get(query, "q")];
  if (title) {
    const missing = `/notebook/new?title=${urlpath(title)}`;
    return wayOn(`No note named “${title}”`, "Write it, and the link leads there.", missing, "Write it");
  }
  if (pageNumber(query) > 1) {
    const newest = address(query, { page: "" });
    return wayOn("No older notes", "This is where the list ends.", newest, "Back to the newest");
  }
  if (q) {
    const text = "Every word must occur in the title, the text or a tag.";
    return wayOn(`Nothing found for “${q}”`, text, address(query, { q: "" }), "Search no more");
  }
  if (chosen.length) {
    const named = chosen.map((tag) => `#${tag}`).join(mode === "tag" ? " and " : " or ");
    const text = "Write the tag anywhere in a note, or set it beside the text.";
    return wayOn(`No notes with ${named}`, text, address(query, { tag: "", any: "" }), "Show all tags");
  }
  if (get(query, "archived") === "true") {
    const text = "Archive a note to take it off the list without deleting it.";
    return wayOn("The archive is empty", text, "/notebook", "Back to the notes");
  }
  return wayOn("No notes yet", "Write the first one. It is kept on your own server.", "/notebook/new", "New note");
};

/** @type {(title: string, text: string, href: string, label: string) => Context} */
const wayOn = (title, text, href, label) => ({ title, text, href, label });

/** @type {(query: Query, step: number) => string} */
const pageAddress = (query, step) => {
  const page = pageNumber(query) + step;
  return address(query, { page: page > 1 ? String(page) : "" });
};

/**
 * The address of this list with some parameters changed; "" leaves one out.
 * @type {(query: Query, changes: Record<string, string>) => string}
 */
const address = (query, changes) => {
  const pairs = PARAMS.flatMap((name) => {
    const given = changes[name] ?? get(query, name);
    return (LISTS.has(name) ? given.split("\n") : [given]).filter(Boolean).map((each) => `${name}=${urlpath(each)}`);
  });
  return pairs.length ? `/notebook?${pairs.join("&")}` : "/notebook";
};

/** @type {(documents: Documents, query: Query) => Context | null} */
const toast = (documents, query) => {
  const deleted = get(query, "deleted");
  if (!isId(deleted) || documents.undeleted !== null) return null;
  return {
    text: "Note deleted",
    icon: "trash-2",
    path: `/notebook/${deleted}/restoration`,
    method: "PUT",
    label: "Undo",
  };
};
