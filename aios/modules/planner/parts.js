/** What several of the Planner's pages hold: addresses, a quick form, projects, ways back. Twin of parts of views.py. */
import { isId } from "../../static/device/ids.js";
import { get, pageNumber } from "../../static/device/query.js";
import { head, length } from "../../static/device/text.js";
import { progress } from "./rows.js";

/**
 * @typedef {import("../module.js").Context} Context
 * @typedef {import("../module.js").Document} Document
 * @typedef {import("../module.js").Documents} Documents
 * @typedef {import("../module.js").Query} Query
 */

/** How much of a title a message repeats. */
const MOST_TITLE = 60;

/**
 * A form of one line, and what the task that it makes belongs to.
 * @type {(label: string, query: Query, belongs?: {project?: string, parent?: string, due?: string}) => Context}
 */
export const quick = (label, query, { project = "", parent = "", due = "" } = {}) => ({
  label,
  id: query.newId,
  projectId: project,
  parentTaskId: parent,
  due,
});

/** @type {(documents: Documents) => Context[]} */
export const projectRows = (documents) => {
  const [done, total] = [new Map(documents.project_done), new Map(documents.project_total)];
  return documents.projects.map((/** @type {Document} */ { id, name }) => ({
    href: `/planner/projects/${id}`,
    name,
    progress: progress(done.get(id) ?? 0, total.get(id) ?? 0),
  }));
};

/**
 * An address with its page numbers; a first page needs none.
 * @type {(path: string, pages: Record<string, number>) => string}
 */
export const paged = (path, pages) => {
  const pairs = Object.entries(pages)
    .filter(([, page]) => page > 1)
    .map(([name, page]) => `${name}=${page}`);
  return pairs.length ? `${path}?${pairs.join("&")}` : path;
};

/**
 * The addresses of the pages before and after this one, or "". `more` tells whether one follows.
 * @type {(path: string, query: Query, more: boolean, name?: string) => Context}
 */
export const around = (path, query, more, name = "page") => {
  const page = pageNumber(query, name);
  return {
    newer: page > 1 ? paged(path, { [name]: page - 1 }) : "",
    older: more ? paged(path, { [name]: page + 1 }) : "",
  };
};

/**
 * What to say when a record has just been deleted, and the way to take it back.
 * @type {(root: string, text: string, documents: Documents, query: Query) => Context | null}
 */
export const deletedToast = (root, text, documents, query) => {
  const deleted = get(query, "deleted");
  if (!isId(deleted) || documents.undeleted !== null) return null;
  return { text, icon: "trash-2", path: `${root}/${deleted}/restoration`, method: "PUT", label: "Undo" };
};

/**
 * The task that has just been completed, and the way to open it again as it was.
 * @type {(documents: Documents, query: Query) => Context[]}
 */
export const completedUndo = ({ completed }, query) => {
  if (completed === null || completed.status !== "completed") return [];
  const { id, title } = completed;
  return [
    {
      text: `Completed: ${length(title) <= MOST_TITLE ? title : `${head(title, MOST_TITLE)}…`}`,
      path: `/planner/${id}/completion`,
      status: get(query, "was") === "in_progress" ? "in_progress" : "pending",
    },
  ];
};
