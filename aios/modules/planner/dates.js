/** How tasks say when they are due, and in which order that puts them. Twin of that part of views.py. */
import { compare } from "../../static/device/text.js";
import { clock, localDay, shortDay } from "../../static/device/when.js";

/**
 * @typedef {import("../module.js").Document} Document
 * @typedef {import("../module.js").Query} Query
 */

/** The time of a task that is due on a day and not at a time. */
export const ALL_DAY = "23:59";
/** The key of an absent date, as in an index (records/collection.py): after every other. */
const NO_KEY = "~";

/**
 * `Today`, `Tomorrow, 12:00`, `Fri 20 Nov`.
 * @type {(instant: string, query: Query) => string}
 */
export const dueText = (instant, query) => {
  const day = shortDay(localDay(instant, query.zone), query.day);
  const time = clock(instant, query.zone);
  return time === ALL_DAY ? day : `${day}, ${time}`;
};

/**
 * Where the task stands among due dates: those without one last.
 * @type {(task: Document) => string}
 */
export const dueKey = (task) => task.dueDate || NO_KEY;

/**
 * The order of due dates, as the index has it.
 * @type {(a: Document, b: Document) => number}
 */
export const compareDue = (a, b) => compare(dueKey(a), dueKey(b)) || compare(a.id, b.id);
