/** Figures of all tasks, with small charts: whole numbers that the template draws. Twin of statistics.py. */
import { compare } from "../../static/device/text.js";
import { addDays, localDay, shortDay } from "../../static/device/when.js";
import { PRIORITIES } from "./choices.js";
import { OPEN } from "./rules.js";

/**
 * @typedef {import("../module.js").Context} Context
 * @typedef {import("../module.js").Document} Document
 * @typedef {import("../module.js").Query} Query
 * @typedef {import("../module.js").View} View
 */

const DAYS = 14;
const [HEIGHT, WIDTH] = [48, 10];
const MOST_PROJECTS = 8;

/** How much is open, done and late; what was done each day; what is open by priority and project. @type {View} */
export const statisticsPage = (documents, query) => {
  /** @type {Document[]} */
  const tasks = documents.tasks;
  const opened = tasks.filter(({ status }) => OPEN.includes(status));
  const done = tasks.filter(({ status }) => status === "completed");
  const dated = done.filter(({ dueDate }) => dueDate);
  const onTime = dated.filter(({ updatedAt, dueDate }) => updatedAt <= dueDate);
  const late = opened.filter(({ dueDate }) => dueDate && dueDate < query.bounds["@dayStart"]);
  const names = new Map(documents.projects.map((/** @type {Document} */ { id, name }) => [id, name]));
  const byProject = counted(opened.map(({ projectId }) => projectId).filter((id) => names.has(id)));
  const top = [...byProject].sort((a, b) => b[1] - a[1] || compare(a[0], b[0])).slice(0, MOST_PROJECTS);
  return {
    title: "Statistics",
    empty: !tasks.length,
    figures: [
      { label: "Open", value: String(opened.length) },
      { label: "Overdue", value: String(late.length) },
      { label: "Done", value: String(done.length) },
      { label: "On time", value: dated.length ? `${Math.floor((onTime.length * 100) / dated.length)} %` : "none yet" },
    ],
    days: columns(done, query),
    priorities: shares(
      PRIORITIES.toReversed().map(({ value, label }) => [label, opened.filter(({ priority }) => priority === value).length]),
    ),
    projects: shares(top.map(([id, count]) => [names.get(id), count])),
  };
};

/** A column for each of the last days. @type {(done: Document[], query: Query) => Context[]} */
const columns = (done, query) => {
  const counts = counted(done.map(({ updatedAt }) => localDay(updatedAt, query.zone)));
  const days = Array.from({ length: DAYS }, (_, at) => addDays(query.day, at - DAYS + 1));
  const most = Math.max(1, ...days.map((day) => counts.get(day) ?? 0));
  return days.map((day, at) => {
    const count = counts.get(day) ?? 0;
    const height = Math.floor((count * HEIGHT) / most);
    return {
      label: shortDay(day, query.day),
      count,
      x: String(at * WIDTH + 1),
      y: String(HEIGHT - height),
      width: String(WIDTH - 2),
      height: String(height),
    };
  });
};

/** @type {(values: string[]) => Map<string, number>} */
const counted = (values) => {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const each of values) counts.set(each, (counts.get(each) ?? 0) + 1);
  return counts;
};

/** @type {(pairs: [string, number][]) => Context[]} */
const shares = (pairs) => {
  const most = Math.max(1, ...pairs.map(([, count]) => count));
  return pairs.map(([label, count]) => ({ label, count, most }));
};
