/** Tasks that were completed today, which keep their place among the open ones. Twin of that part of views.py. */
import { compareDue, dueKey } from "./dates.js";

/**
 * @typedef {import("../module.js").Document} Document
 * @typedef {import("../module.js").Documents} Documents
 * @typedef {import("../module.js").Query} Query
 */

export const PAGE_SIZE = 50;

/**
 * Open tasks in order of due date, and between them those that were completed today, so that no row moves.
 * `span` names the bounds of the due dates, the second exclusive; "" leaves a side open.
 * @type {(tasks: Document[], documents: Documents, query: Query, span?: [string, string], size?: number) => Document[]}
 */
export const withDone = (tasks, documents, query, span = ["", ""], size = PAGE_SIZE) => {
  const [since, below] = span.map((name) => (name ? query.bounds[name] : ""));
  const kept = doneToday(documents, query).filter(
    (task) => (!since || (task.dueDate || "") >= since) && (!below || dueKey(task) < below),
  );
  return merged(tasks, kept, size);
};

/**
 * Both in order of due date, as the read gives them, up to where a full page ends.
 * @type {(tasks: Document[], kept: Document[], size: number) => Document[]}
 */
export const merged = (tasks, kept, size) => {
  const listed = new Set(tasks.map(({ id }) => id));
  const last = tasks.length === size ? tasks[size - 1] : null;
  const more = kept.filter((task) => !listed.has(task.id) && (last === null || compareDue(task, last) < 0));
  return [...tasks, ...more].sort(compareDue);
};

/**
 * Tasks that somebody completed today. One that came here completed was not.
 * @type {(documents: Documents, query: Query) => Document[]}
 */
export const doneToday = (documents, query) =>
  documents.recent.filter(
    (/** @type {Document} */ task) =>
      task.status === "completed" && task.updatedAt >= query.bounds["@dayStart"] && task.updatedAt !== task.createdAt,
  );
