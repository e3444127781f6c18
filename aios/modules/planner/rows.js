/** Tasks as lines of a list, with their steps under them. Twin of that part of views.py. */
import { compare } from "../../static/device/text.js";
import { localDay } from "../../static/device/when.js";
import { dueText } from "./dates.js";
import { doneToday } from "./done.js";
import { repeats } from "./recurring.js";
import { OPEN } from "./rules.js";

/**
 * @typedef {import("../module.js").Context} Context
 * @typedef {import("../module.js").Document} Document
 * @typedef {import("../module.js").Documents} Documents
 * @typedef {import("../module.js").Query} Query
 */

/** How many levels of steps are indented; deeper ones stand at the last. */
const DEEPEST = 3;
/** The reads that give titles to the tasks that a row is part of. */
const TITLED = ["recent", "subtasks", "upcoming", "overdue", "today", "late", "later", "all", "someday"];

/**
 * One task on one line. `names` are those of the projects, by id, `opened` the ids of all open tasks.
 * @type {(task: Document, names: Map<string, string>, query: Query, opened?: Set<string>) => Context}
 */
export const row = (task, names, query, opened = new Set()) => {
  const path = `/planner/${task.id}`;
  const done = !OPEN.includes(task.status);
  return {
    path,
    completion: `${path}/completion`,
    title: task.title,
    done,
    cancelled: task.status === "cancelled",
    started: task.status === "in_progress",
    priority: done ? "" : task.priority,
    day: task.dueDate ? localDay(task.dueDate, query.zone) : "",
    due: task.dueDate ? dueText(task.dueDate, query) : "",
    late: Boolean(task.dueDate) && !done && task.dueDate < query.bounds["@dayStart"],
    project: names.get(task.projectId || "") ?? "",
    part_of: "",
    blocked: !done && task.dependencyIds.some((/** @type {string} */ each) => opened.has(each)),
    choice: [task.id, task.status, task.dueDate || "", task.projectId || ""].join("~"),
    moves: [],
    repeats: repeats(task),
    progress: progress(0, 0),
    children: [],
  };
};

/** @type {(done: number, total: number) => Context} */
export const progress = (done, total) => ({ done, total, percent: total ? Math.floor((done * 100) / total) : 0 });

/**
 * The names of the projects that were read, by id.
 * @type {(documents: Documents) => Map<string, string>}
 */
export const namesOf = (documents) =>
  new Map(documents.projects.map((/** @type {Document} */ { id, name }) => [id, name]));

/** The ids of all open tasks: what waits for one of them is blocked. @type {(documents: Documents) => Set<string>} */
export const openIds = (documents) => new Set(documents.open_ids.map((/** @type {[string, number]} */ [id]) => id));

/**
 * Rows for the tasks of each section: a step stands under its task wherever that is shown, to any depth.
 * `steps` are those that are shown only under a task. Each task is shown once, even in a cycle.
 * @type {(sections: Document[][], documents: Documents, query: Query, steps?: Document[]) => Context[][]}
 */
export const nested = (sections, documents, query, steps) => {
  const listed = byId(sections.flat());
  const pool = byId([...(steps ?? [...documents.subtasks, ...doneToday(documents, query)]), ...listed.values()]);
  const below = stepsByTask(pool);
  const [names, done, total] = [namesOf(documents), new Map(documents.step_done), new Map(documents.step_total)];
  const opened = openIds(documents);
  /** @type {Set<string>} */
  const seen = new Set();

  /** @type {(task: Document) => Context} */
  const seenRow = (task) => {
    seen.add(task.id);
    const finished = total.has(task.id) ? (done.get(task.id) ?? 0) : 0;
    return { ...row(task, names, query, opened), progress: progress(finished, total.get(task.id) ?? 0) };
  };
  /** The steps of a task, last first, with the rows that they go among and their level. */
  const waitingUnder = (/** @type {string} */ id, /** @type {Context[]} */ rows, /** @type {number} */ level) =>
    (below.get(id) ?? []).toReversed().map((step) => ({ step, rows, level }));
  /** @type {(task: Document) => Context} */
  const tree = (task) => {
    const made = seenRow(task);
    const waiting = waitingUnder(task.id, made.children, 1);
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const { step, rows, level } = next;
      if (seen.has(step.id)) continue;
      const shown = seenRow(step);
      rows.push(shown);
      waiting.push(...waitingUnder(step.id, level < DEEPEST ? shown.children : rows, level + 1));
    }
    return made;
  };

  const tops = [...listed.values()].filter((task) => topOf(task, listed, pool) === task.id);
  const made = new Map(tops.map((task) => [task.id, tree(task)]));
  // What is left is part of a cycle, in which no task is the top.
  for (const task of listed.values()) if (!seen.has(task.id)) made.set(task.id, tree(task));
  const titles = titlesOf(documents);
  for (const [id, shown] of made) shown.part_of = titles.get(pool.get(id)?.parentTaskId || "") ?? "";
  return sections.map((tasks) => tasks.flatMap(({ id }) => made.get(id) ?? []));
};

/**
 * The id of the highest listed task that this one is part of, itself included.
 * @type {(task: Document, listed: Map<string, Document>, pool: Map<string, Document>) => string}
 */
const topOf = (task, listed, pool) => {
  let highest = task.id;
  /** @type {Set<string>} */
  const seen = new Set();
  /** @type {Document | undefined} */
  let above = task;
  while (above && !seen.has(above.id)) {
    seen.add(above.id);
    if (listed.has(above.id)) highest = above.id;
    above = pool.get(above.parentTaskId || "");
  }
  return highest;
};

/**
 * Steps by the id of their task, in the order in which they were made.
 * @type {(pool: Map<string, Document>) => Map<string, Document[]>}
 */
const stepsByTask = (pool) => {
  /** @type {Map<string, Document[]>} */
  const found = new Map();
  for (const task of [...pool.values()].sort((a, b) => compare(a.id, b.id))) {
    if (!task.parentTaskId) continue;
    const steps = found.get(task.parentTaskId);
    if (steps) steps.push(task);
    else found.set(task.parentTaskId, [task]);
  }
  return found;
};

/**
 * The titles of all tasks that were read, by id.
 * @type {(documents: Documents) => Map<string, string>}
 */
const titlesOf = (documents) =>
  new Map(TITLED.flatMap((read) => documents[read].map((/** @type {Document} */ { id, title }) => [id, title])));

/** @type {(tasks: Document[]) => Map<string, Document>} */
const byId = (tasks) => new Map(tasks.map((task) => [task.id, task]));
