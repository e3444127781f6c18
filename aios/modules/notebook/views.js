/** What the Notebook's pages show. Twin of views.py. */
import { impliedId, isId } from "../../static/device/ids.js";
import { excerpt, readingMinutes, render, wordCount } from "../../static/device/markdown.js";
import { get, pageNumber, typed } from "../../static/device/query.js";
import { START, isStub, size, start } from "../../static/device/stubs.js";
import { filters } from "../../static/device/templates_runtime.js";
import { compare, sortKey, textHash, trim } from "../../static/device/text.js";
import { moment } from "../../static/device/when.js";
import { visible } from "../../static/device/forms.js";
import { linkEnd } from "./scanner.js";

/**
 * @typedef {import("../module.js").Context} Context
 * @typedef {import("../module.js").Document} Document
 * @typedef {import("../module.js").Documents} Documents
 * @typedef {import("../module.js").Query} Query
 * @typedef {import("../module.js").View} View
 */

const PAGE_SIZE = 50;
const MOST_CHIPS = 20;
/** How much of a text's first line becomes the title of a note without one. */
const NAME_LENGTH = 80;
/** Characters shown before the link in the excerpt of a note that links here. */
const BEFORE_LINK = 40;
/** Value of `sort`, its words, and the read that has this order. */
const SORTS = [
  ["", "Last edited", "recent"],
  ["title", "Title", "by_title"],
  ["created", "Newest", "by_created"],
];
const { urlpath } = filters;

/** The list: pinned and other notes, or the archive, or the notes with one title. @type {View} */
export const notesPage = (documents, query) => {
  const archived = get(query, "archived") === "true";
  const hidden = get(query, "title") || archived;
  /** @type {Context[]} */
  const pinned = hidden ? [] : documents.pinned.map((/** @type {Document} */ note) => row(note, query));
  const found = listed(documents, query);
  const rows = found.map((note) => row(note, query));
  return {
    title: archived ? "Archive" : "Notebook",
    q: get(query, "q"),
    tag: get(query, "tag"),
    archived,
    total: documents.total,
    chips: chips(documents.tags, query),
    pinned,
    rows,
    heading: heading(query),
    older: found.length === PAGE_SIZE ? pageAddress(query, 1) : "",
    newer: pageNumber(query) > 1 ? pageAddress(query, -1) : "",
    empty_states: pinned.length || rows.length ? [] : [empty(query)],
    sorts: SORTS.map(([sort, label]) => ({
      label,
      href: address(query, { sort, page: "" }),
      current: sortOf(query) === sort,
    })),
    toast: toast(documents, query),
  };
};

/** An empty editor, or the one that was refused. @type {View} */
export const newPage = (_, query) => {
  const title = typed(query, "title", get(query, "title"));
  return {
    title: "New note",
    fields: {
      id: typed(query, "id", idFor(query)),
      title,
      bodyMarkdown: typed(query, "bodyMarkdown", ""),
      tags: typed(query, "tags", get(query, "tag")),
    },
  };
};

/** One note: its editor, its text as it reads, and the notes that link to it. @type {View} */
export const notePage = ({ note, linked }, query) => {
  const body = note.bodyMarkdown;
  const words = wordCount(body);
  return {
    title: note.title,
    path: `/notebook/${note.id}`,
    pin_path: `/notebook/${note.id}/pin`,
    archive_path: `/notebook/${note.id}/archive`,
    fields: {
      title: typed(query, "title", note.title),
      bodyMarkdown: typed(query, "bodyMarkdown", body),
      tags: typed(query, "tags", note.explicitTags.join(", ")),
    },
    base_rev: note._rev,
    base: textHash(body),
    tags: note.tags,
    words,
    minutes: readingMinutes(words),
    pinned: note.isPinned,
    archived: note.isArchived,
    edited: moment(note.updatedAt, query.zone, query.now),
    html: render(body),
    backlinks: linked
      .filter((/** @type {Document} */ other) => other.id !== note.id)
      .map((/** @type {Document} */ other) => ({
        href: `/notebook/${other.id}`,
        title: other.title,
        excerpt: around(other, note.title),
      })),
  };
};

/** How many notes there are. @type {View} */
export const tile = ({ total }) => ({
  value: total ? String(total) : "",
  label: total === 1 ? "note" : "notes",
  tone: "",
});

/**
 * The title of a note that was given none: the first line with any words, without Markdown's signs.
 * @type {(body: string) => string}
 */
export const name = (body) => {
  for (const line of body.split("\n")) {
    const text = excerpt(line, NAME_LENGTH);
    if (visible(text)) return text;
  }
  return "Untitled";
};

/**
 * The documents of the read that this query asks for.
 * @type {(documents: Documents, query: Query) => Document[]}
 */
const listed = (documents, query) => {
  if (get(query, "title")) return documents.titled;
  if (get(query, "archived") === "true") return documents.archive;
  const wanted = SORTS.find(([sort]) => sort === sortOf(query));
  return documents[wanted ? wanted[2] : "recent"];
};

/** @type {(query: Query) => string} */
const sortOf = (query) => {
  const given = get(query, "sort");
  return given === "title" || given === "created" ? given : "";
};

/** @type {(note: Document, query: Query) => Context} */
const row = (note, query) => ({
  href: `/notebook/${note.id}`,
  title: note.title,
  excerpt: beginning(note),
  time: moment(sortOf(query) === "created" ? note.createdAt : note.updatedAt, query.zone, query.now),
  tags: note.tags,
});

/**
 * The beginning of the body, which a stub has too; without its first line where that is the title already.
 * @type {(note: Document) => string}
 */
const beginning = (note) => {
  const text = start(note, "bodyMarkdown");
  const [first, ...rest] = text.split("\n");
  const shown = excerpt(name(first) === note.title ? rest.join("\n") : text);
  return size(note, "bodyMarkdown") > START && !shown.endsWith("…") ? `${shown}…` : shown;
};

/**
 * The line of `note` that links to `title`, from a little before the link. Where the text is not here, its beginning
 * stands in its place: the one difference that a stub makes to a page.
 * @type {(note: Document, title: string) => string}
 */
const around = (note, title) => {
  if (isStub(note, "bodyMarkdown")) return beginning(note);
  const link = sortKey(title);
  for (const line of note.bodyMarkdown.split("\n")) {
    let opening = line.indexOf("[[");
    while (opening >= 0) {
      const end = linkEnd(line, opening, opening);
      if (end >= 0 && sortKey(trim(line.slice(opening + 2, end))) === link) return fromShortlyBefore(line, opening);
      opening = line.indexOf("[[", opening + 1);
    }
  }
  return beginning(note);
};

/** @type {(line: string, opening: number) => string} */
const fromShortlyBefore = (line, opening) => {
  const before = Array.from(line.slice(0, opening));
  if (before.length <= BEFORE_LINK) return excerpt(line);
  const space = before.indexOf(" ", before.length - BEFORE_LINK);
  const words = space >= 0 ? before.slice(space + 1).join("") : "";
  return `… ${excerpt(words + line.slice(opening))}`;
};

/**
 * The tags that most notes have, the current one always among them.
 * @type {(tags: [string, number][], query: Query) => Context[]}
 */
const chips = (tags, query) => {
  const current = get(query, "tag");
  const ranked = [...tags].sort((a, b) => b[1] - a[1] || compare(a[0], b[0]));
  const shown = ranked.slice(0, MOST_CHIPS);
  if (current && shown.every(([tag]) => tag !== current)) {
    shown.push([current, ranked.find(([tag]) => tag === current)?.[1] ?? 0]);
  }
  return shown.map(([tag, count]) => ({
    name: tag,
    count,
    href: address(query, { tag, page: "" }),
    current: tag === current,
  }));
};

/** @type {(query: Query) => string} */
const heading = (query) => {
  if (get(query, "title")) return `Named “${get(query, "title")}”`;
  if (get(query, "archived") === "true") return "Archived";
  return get(query, "q") || get(query, "tag") || sortOf(query) ? "Notes" : "Recent";
};

/**
 * What to say when there is nothing to list, and one way on.
 * @type {(query: Query) => Context}
 */
const empty = (query) => {
  const [title, tag, q] = [get(query, "title"), get(query, "tag"), get(query, "q")];
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
  if (tag) {
    const text = "Write the tag anywhere in a note, or set it beside the text.";
    return wayOn(`No notes with #${tag}`, text, address(query, { tag: "" }), "Show all tags");
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
  const pairs = ["q", "tag", "archived", "sort", "page"]
    .map((parameter) => [parameter, changes[parameter] ?? get(query, parameter)])
    .filter(([, given]) => given)
    .map(([parameter, given]) => `${parameter}=${urlpath(given)}`);
  return pairs.length ? `/notebook?${pairs.join("&")}` : "/notebook";
};

/**
 * Two devices that write the note of one missing link make the same record (docs/sync.md, implied records).
 * @type {(query: Query) => string}
 */
const idFor = (query) => {
  const title = get(query, "title");
  return title ? impliedId(query.space, "notes", sortKey(title)) : query.newId;
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
