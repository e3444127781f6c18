/** What the pages of one note show. Twin of views.py. */
import { conflictPath } from "../../static/device/conflict.js";
import { shown } from "../../static/device/forms.js";
import { impliedId } from "../../static/device/ids.js";
import { readingMinutes, renderPage, wordCount } from "../../static/device/markdown.js";
import { get, typed } from "../../static/device/query.js";
import { isStub } from "../../static/device/stubs.js";
import { filters } from "../../static/device/templates_runtime.js";
import { compare, sortKey, textHash } from "../../static/device/text.js";
import { moment } from "../../static/device/when.js";
import { draft } from "./drafts.js";
import { around } from "./excerpts.js";

/**
 * @typedef {import("../module.js").Document} Document
 * @typedef {import("../module.js").Query} Query
 * @typedef {import("../module.js").View} View
 */

const AWAY = "The text of this template is on your server, which does not answer. Look again later, or write without it.";

/** An empty editor, one that a template has filled, or the one that was refused. @type {View} */
export const newPage = ({ template, templates }, query) => {
  const made = draft(template, query);
  const sorted = [...templates].sort((a, b) => compare(sortKey(a.title), sortKey(b.title)) || compare(a.id, b.id));
  return {
    title: "New note",
    form_error: template && isStub(template, "bodyMarkdown") ? AWAY : "",
    fields: {
      id: typed(query, "id", idFor(query)),
      title: typed(query, "title", made.title),
      bodyMarkdown: typed(query, "bodyMarkdown", made.body),
      tags: typed(query, "tags", made.tags),
    },
    templates: sorted.map(({ id, title }) => ({
      title,
      href: `/notebook/new?template=${id}`,
      current: id === get(query, "template"),
    })),
  };
};

/** One note: its editor, its text as it reads, and the notes that link to it. @type {View} */
export const notePage = ({ note, linked, targets }, query) => {
  const path = `/notebook/${note.id}`;
  const body = note.bodyMarkdown;
  const words = wordCount(body);
  const [html, contents] = renderPage(body, links(note, targets), "tasks");
  return {
    title: note.title,
    id: note.id,
    kept: query.device.pins.includes(note.id),
    path,
    pin_path: `${path}/pin`,
    archive_path: `${path}/archive`,
    tasks_path: `${path}/tasks`,
    similar_path: `${path}/similar`,
    conflict: conflictPath(note, "bodyMarkdown", path),
    history: `/history/notes/${note.id}`,
    fields: {
      title: typed(query, "title", note.title),
      bodyMarkdown: typed(query, "bodyMarkdown", body),
      tags: typed(query, "tags", note.explicitTags.join(", ")),
    },
    base_rev: typed(query, "baseRev", String(note._rev)),
    base: typed(query, "bases.bodyMarkdown", textHash(body)),
    shown: shown(query, { title: note.title, tags: note.explicitTags.join(", ") }),
    tags: note.tags,
    words,
    minutes: readingMinutes(words),
    pinned: note.isPinned,
    archived: note.isArchived,
    edited: moment(note.updatedAt, query.zone, query.now),
    html,
    contents: contents.length > 1 ? contents : [],
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
  label: total === 1 ? "note" : total ? "notes" : "No notes yet",
  tone: "",
});

/**
 * Where the links of a note lead: to the note of that title, to a new one, or to a list where several have it.
 * @type {(note: Document, targets: Document[]) => Record<string, string>}
 */
const links = (note, targets) => {
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const { id, title } of targets) {
    const key = sortKey(title);
    found.set(key, found.has(key) ? "" : `/notebook/${id}`);
  }
  const lead = (/** @type {string} */ title) =>
    found.get(sortKey(title)) ?? `/notebook/new?title=${filters.urlpath(title)}`;
  return Object.fromEntries(note.links.map((/** @type {string} */ title) => [title, lead(title)]));
};

/**
 * Two devices that write the note of one missing link make the same record (docs/sync.md, implied records).
 * @type {(query: Query) => string}
 */
const idFor = (query) => {
  const title = get(query, "title");
  return title ? impliedId(query.space, "notes", sortKey(title)) : query.newId;
};
