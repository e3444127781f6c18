/** The weekly review: what the last week brought, what waits, and what has been forgotten. Twin of review.py. */
import { DAY_MS, fromWire, toWire } from "../../static/device/clock.js";
import { completedUndo } from "./parts.js";
import { namesOf, openIds, row } from "./rows.js";

/**
 * @typedef {import("../module.js").Document} Document
 * @typedef {import("../module.js").Query} Query
 * @typedef {import("../module.js").View} View
 */

const STALE_DAYS = 30;

/** Step by step, each with its tasks; the last are projects in which nothing is next. @type {View} */
export const reviewPage = (documents, query) => {
  const [week, stale] = [ago(query, 7), ago(query, STALE_DAYS)];
  const [names, opened] = [namesOf(documents), openIds(documents)];
  const busy = new Set(documents.project_open.map((/** @type {[string, number]} */ [id]) => id));
  /** @type {(id: string, title: string, empty: string, tasks: Document[]) => Document} */
  const step = (id, title, empty, tasks) => ({
    id, title, empty, rows: tasks.map((each) => row(each, names, query, opened)),
  }); // prettier-ignore
  const done = documents.done.filter((/** @type {Document} */ { updatedAt }) => updatedAt >= week);
  const old = documents.oldest.filter((/** @type {Document} */ { updatedAt }) => updatedAt < stale);
  return {
    title: "Weekly review",
    here: "/planner/review",
    steps: [
      step("done", "Done in the last 7 days", "Nothing was completed in the last 7 days.", done),
      step("late", "Overdue: do, move or drop", "Nothing is overdue.", documents.overdue),
      step("next", "The next 7 days", "Nothing is planned yet.", documents.upcoming),
      step("stale", `Untouched for ${STALE_DAYS} days`, "Nothing has been lying about.", old),
    ],
    idle: documents.projects
      .filter((/** @type {Document} */ { id }) => !busy.has(id))
      .map((/** @type {Document} */ { id, name }) => ({ href: `/planner/projects/${id}`, name })),
    undo: completedUndo(documents, query),
  };
};

/** The instant so many days before the day began; "" before the calendar. @type {(query: Query, days: number) => string} */
const ago = (query, days) => {
  try {
    return toWire(fromWire(query.bounds["@dayStart"]) - days * DAY_MS);
  } catch {
    return "";
  }
};
