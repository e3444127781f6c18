/** Home on the device: the day, the modules, and where the person left off. Twin of views.py. */
import { words } from "../../static/device/stubs.js";
import { clock, localDay, longDay, moment, shortDay } from "../../static/device/when.js";

/**
 * @typedef {import("../module.js").Context} Context
 * @typedef {import("../module.js").Document} Document
 * @typedef {import("../module.js").Query} Query
 * @typedef {import("../module.js").View} View
 */

const [MORNING, AFTERNOON, EVENING] = [5, 12, 18];
/** How the Planner keeps a day without a time: its last minute. */
const DAY_ONLY = "23:59";

/** `tiles` come from the modules themselves; the rest reads tasks that are due and the latest notes. @type {View} */
const show = (documents, query) => {
  const [planner, notebook] = [isEnabled(query, "planner"), isEnabled(query, "notebook")];
  /** @type {Context[]} */
  const due = planner ? documents.due.map((/** @type {Document} */ task) => dueRow(task, query)) : [];
  const recent = notebook ? documents.recent.map((/** @type {Document} */ note) => noteRow(note, query)) : [];
  const total = documents.due_count;
  return {
    title: "Home",
    greeting: `${greeting(query)}, ${query.user}`,
    day: query.day,
    date: longDay(query.day),
    tiles: documents.tiles,
    as_list: query.settings.moduleViewMode === "list",
    new: planner && notebook && documents.task_count === 0 && documents.note_count === 0,
    planner,
    due,
    due_summary: total === 1 ? "1 task due" : `${total} tasks due`,
    more: total > due.length,
    recent,
  };
};

export const pages = { "/": show };
export const actions = {};

/** @type {(query: Query) => string} */
const greeting = (query) => {
  const hour = Number(clock(query.now, query.zone).slice(0, 2));
  if (hour >= MORNING && hour < AFTERNOON) return "Good morning";
  return hour >= AFTERNOON && hour < EVENING ? "Good afternoon" : "Good evening";
};

/** @type {(query: Query, name: string) => boolean} */
const isEnabled = (query, name) => {
  const chosen = query.settings.enabledModules;
  return chosen.length === 0 || chosen.includes(name);
};

/** @type {(task: Document, query: Query) => Context} */
const dueRow = (task, query) => {
  const late = task.dueDate < query.bounds["@dayStart"];
  const time = clock(task.dueDate, query.zone);
  const day = shortDay(localDay(task.dueDate, query.zone), query.day);
  const today = time === DAY_ONLY ? day : `By ${time}`;
  return {
    title: task.title,
    href: `/planner/${task.id}`,
    priority: task.priority,
    late,
    when: late ? `Was due ${day}` : today,
  };
};

/** @type {(note: Document, query: Query) => Context} */
const noteRow = (note, query) => {
  const count = words(note, "bodyMarkdown");
  return {
    title: note.title,
    href: `/notebook/${note.id}`,
    words: count,
    unit: count === 1 ? "word" : "words",
    when: moment(note.updatedAt, query.zone, query.now),
    changed: note.updatedAt,
  };
};
