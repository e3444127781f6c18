/** The Planner's first page: the tasks of one view. Twin of that part of views.py. */
import { get, pageNumber } from "../../static/device/query.js";
import { longDay, shortDay } from "../../static/device/when.js";
import { moves } from "./board.js";
import { PAGE_SIZE, withDone } from "./done.js";
import { completedUndo, deletedToast, projectRows, quick } from "./parts.js";
import { namesOf, nested, row } from "./rows.js";
import { selectionUndo } from "./selection.js";

/**
 * @typedef {import("../module.js").Context} Context
 * @typedef {import("../module.js").Document} Document
 * @typedef {import("../module.js").Documents} Documents
 * @typedef {import("../module.js").Query} Query
 * @typedef {import("../module.js").View} View
 */

const WEEK_SIZE = 20;
const VIEWS = [
  ["today", "Today"],
  ["upcoming", "Upcoming"],
  ["overdue", "Overdue"],
];
/** Reached through the head's menu. */
const MORE_VIEWS = [
  ["someday", "Someday"],
  ["all", "All"],
  ["done", "Done"],
];
const EMPTY = new Map([
  [
    "today",
    {
      title: "Nothing due today",
      text: "What is due today appears here. Add a task above, or plan ahead under Upcoming.",
    },
  ],
  ["upcoming", { title: "Nothing planned", text: "Tasks with a date after today appear here." }],
  ["overdue", { title: "Nothing is overdue", text: "A task moves here when its day has passed." }],
  ["someday", { title: "Nothing for someday", text: "Tasks without a date are kept here, in your own order." }],
  ["all", { title: "No open tasks", text: "Add the first one above." }],
  ["done", { title: "Nothing done yet", text: "Completed tasks are kept here." }],
]);
/** The read that a view's pages are cut from; that of today is counted instead. */
const PAGED = new Map([
  ["upcoming", "later"],
  ["overdue", "late"],
  ["someday", "someday"],
  ["all", "all"],
  ["done", "done"],
]);

/** The tasks of one view, and beside them what comes up and how the projects stand. @type {View} */
export const plannerPage = (documents, query) => {
  const view = viewOf(query);
  const sections = sectionsOf(view, documents, query).filter(({ rows }) => rows.length);
  const [done, names] = [documents.done_today, namesOf(documents)];
  const week = withDone(documents.upcoming, documents, query, ["@dayEnd", "@weekEnd"], WEEK_SIZE);
  const here = pageAddress(query, view, 0);
  return {
    title: "Planner",
    here,
    views: VIEWS.map(([name, label]) => viewLink(name, label, documents, view)),
    more_views: MORE_VIEWS.map(([name, label]) => viewLink(name, label, documents, view)),
    today: view === "today",
    done,
    due_today: documents.today_count + done,
    quick: view === "today" ? quick("Add a task for today", query, { due: "today" }) : quick("Add a task", query),
    sections,
    empty_states: sections.length ? [] : [empty(view, query)],
    older: hasMore(view, documents, query) ? pageAddress(query, view, 1) : "",
    newer: pageNumber(query) > 1 ? pageAddress(query, view, -1) : "",
    week: week.map((task) => row(task, names, query)),
    week_count: documents.upcoming_count,
    projects: projectRows(documents),
    toast: deletedToast("/planner", deletedText(query), documents, query),
    undo: completedUndo(documents, query),
    selection_undo: selectionUndo(query),
    selecting: get(query, "select") !== "",
    select: `${here}${here.includes("?") ? "&" : "?"}select=1`,
    choices: documents.projects.map((/** @type {Document} */ { id, name }) => ({ value: id, label: name })),
  };
};

/** @type {(query: Query) => string} */
const viewOf = (query) => {
  const given = get(query, "view");
  return EMPTY.has(given) ? given : "today";
};

/**
 * A place of the segmented navigation; only what is ahead is counted.
 * @type {(name: string, label: string, documents: Documents, view: string) => Context}
 */
const viewLink = (name, label, documents, view) => ({
  label,
  href: name === "today" ? "/planner" : `/planner?view=${name}`,
  current: name === view,
  count: VIEWS.some(([ahead]) => ahead === name) ? documents[`${name}_count`] : 0,
  urgent: name === "overdue",
});

/** @type {(view: string, documents: Documents, query: Query) => Context[]} */
const sectionsOf = (view, documents, query) => {
  if (view === "today") return todaySections(documents, query);
  if (view === "overdue") {
    const late = withDone(documents.late, documents, query, ["", "@dayStart"]);
    return [section("overdue", "Overdue", "bad", nested([late], documents, query)[0])];
  }
  if (view === "upcoming") {
    const later = withDone(documents.later, documents, query, ["@dayEnd", ""]);
    return days(nested([later], documents, query)[0], query);
  }
  if (view === "someday") {
    const [rows] = nested([documents.someday], documents, query, []);
    for (const each of rows) {
      const at = documents.someday.findIndex((/** @type {Document} */ { id }) => each.path === `/planner/${id}`);
      each.moves = moves(documents.someday, at);
    }
    return [section("someday", "Someday", "", rows)];
  }
  if (view === "all") {
    const tasks = withDone(documents.all, documents, query);
    // Only what this page has read: so each open task has its one place on one page.
    return [section("all", "Open tasks", "", nested([tasks], documents, query, [])[0])];
  }
  const names = namesOf(documents);
  const rows = documents.done.map((/** @type {Document} */ task) => row(task, names, query));
  return [section("done", "Done", "", rows)];
};

/**
 * What is overdue, the first of it, and a page of what is due today.
 * @type {(documents: Documents, query: Query) => Context[]}
 */
const todaySections = (documents, query) => {
  const first = pageNumber(query) === 1;
  const late = first ? withDone(documents.overdue, documents, query, ["", "@dayStart"]) : [];
  const [lateRows, todayRows] = nested([late, documents.today], documents, query);
  const total = documents.overdue_count;
  const overdue = section("overdue", "Overdue", "bad", lateRows);
  if (total > PAGE_SIZE) overdue.links = [{ href: "/planner?view=overdue", label: `All ${total} overdue` }];
  return [overdue, { ...section("today", "Today", "", todayRows), note: longDay(query.day) }];
};

/** @type {(view: string, query: Query) => Context} */
const empty = (view, query) =>
  pageNumber(query) > 1 ? { title: "No more tasks", text: "This is where the list ends." } : { ...EMPTY.get(view) };

/** @type {(name: string, title: string, tone: string, rows: Context[]) => Context} */
const section = (name, title, tone, rows) => ({ id: name, title, tone, note: "", rows, links: [] });

/**
 * A section for each day, in the order of the rows.
 * @type {(rows: Context[], query: Query) => Context[]}
 */
const days = (rows, query) => {
  /** @type {Context[]} */
  const sections = [];
  for (const each of rows) {
    const id = `day-${each.day}`;
    if (sections.at(-1)?.id !== id) sections.push(section(id, shortDay(each.day, query.day), "", []));
    sections.at(-1)?.rows.push(each);
  }
  return sections;
};

/**
 * Whether a page follows this one.
 * @type {(view: string, documents: Documents, query: Query) => boolean}
 */
const hasMore = (view, documents, query) => {
  const read = PAGED.get(view);
  if (read) return documents[read].length === PAGE_SIZE;
  return documents.today_count + documents.done_today > pageNumber(query) * PAGE_SIZE;
};

/** @type {(query: Query, view: string, step: number) => string} */
const pageAddress = (query, view, step) => {
  const page = pageNumber(query) + step;
  if (view === "today") return page > 1 ? `/planner?page=${page}` : "/planner";
  return page > 1 ? `/planner?view=${view}&page=${page}` : `/planner?view=${view}`;
};

/** @type {(query: Query) => string} */
const deletedText = (query) => {
  if (!get(query, "steps")) return "Task deleted";
  const steps = pageNumber(query, "steps");
  return steps === 1 ? "Task and 1 step deleted" : `Task and ${steps} steps deleted`;
};
