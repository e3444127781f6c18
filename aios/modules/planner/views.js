/** What the Planner's pages for one task or project show. Twin of views.py. */
import { conflictPath } from "../../static/device/conflict.js";
import { shown } from "../../static/device/forms.js";
import { get, pageNumber, typed } from "../../static/device/query.js";
import { textHash } from "../../static/device/text.js";
import { toLocalInput } from "../../static/device/when.js";
import { choices } from "./choices.js";
import { ALL_DAY } from "./dates.js";
import { waiting } from "./dependencies.js";
import { PAGE_SIZE, doneToday, merged } from "./done.js";
import { around, completedUndo, deletedToast, paged, projectRows, quick } from "./parts.js";
import { namesOf, openIds, progress, row } from "./rows.js";

/**
 * @typedef {import("../module.js").Document} Document
 * @typedef {import("../module.js").View} View
 */

/** An empty task, or the one that was refused. @type {View} */
export const newTaskPage = (documents, query) => {
  const projectId = typed(query, "projectId", get(query, "projectId"));
  const today = typed(query, "due") === "today" ? `${query.day}T${ALL_DAY}` : "";
  return {
    title: "New task",
    id: typed(query, "id", query.newId),
    parentTaskId: typed(query, "parentTaskId"),
    next: typed(query, "next"),
    fields: {
      title: typed(query, "title", typed(query, "quick")),
      userNotes: typed(query, "userNotes"),
      dueDate: typed(query, "dueDate", today),
      priority: typed(query, "priority", "medium"),
      status: "pending",
      recurrenceRule: typed(query, "recurrenceRule", "none"),
      rrule: typed(query, "rrule"),
      reminderMinutes: typed(query, "reminderMinutes"),
      projectId,
    },
    choices: choices(documents, projectId, typed(query, "reminderMinutes")),
  };
};

/** One task: all of it to edit, what it is part of, and its steps. @type {View} */
export const taskPage = (documents, query) => {
  const { task, parent } = documents;
  const path = `/planner/${task.id}`;
  const stored = {
    title: task.title,
    userNotes: task.userNotes,
    dueDate: task.dueDate ? toLocalInput(task.dueDate, query.zone) : "",
    priority: task.priority,
    status: task.status,
    recurrenceRule: task.recurrenceRule,
    rrule: task.rrule || "",
    reminderMinutes: String(task.reminderMinutes ?? ""),
    projectId: task.projectId || "",
  };
  const { userNotes, ...rest } = stored;
  const names = namesOf(documents);
  return {
    title: task.title,
    path,
    here: paged(path, { page: pageNumber(query) }),
    completion: `${path}/completion`,
    conflict: conflictPath(task, "userNotes", path),
    history: `/history/tasks/${task.id}`,
    completed: task.status === "completed",
    fields: Object.fromEntries(Object.entries(stored).map(([name, given]) => [name, typed(query, name, given)])),
    base_rev: typed(query, "baseRev", String(task._rev)),
    base: typed(query, "bases.userNotes", textHash(task.userNotes)),
    shown: shown(query, rest),
    ...waiting(documents),
    assistant_notes: task.aiNotes,
    parent: parent === null ? [] : [{ href: `/planner/${parent.id}`, title: parent.title }],
    // In the order in which they were written, done or not: ticking one moves none.
    steps: documents.steps.map((/** @type {Document} */ step) => row(step, names, query, openIds(documents))),
    ...around(path, query, documents.steps.length === PAGE_SIZE),
    progress: progress(documents.done_count, documents.total_count),
    undo: completedUndo(documents, query),
    quick: quick("Add a step", query, { project: stored.projectId, parent: task.id }),
    choices: choices(documents, stored.projectId, stored.reminderMinutes),
  };
};

/** All projects, and how far each is. @type {View} */
export const projectsPage = (documents, query) => ({
  title: "Projects",
  projects: projectRows(documents),
  toast: deletedToast("/planner/projects", "Project deleted, its tasks are kept", documents, query),
});

/** An empty project, or the one that was refused. @type {View} */
export const newProjectPage = (_, query) => ({
  title: "New project",
  id: typed(query, "id", query.newId),
  fields: { name: typed(query, "name"), description: typed(query, "description") },
});

/** One project: its open and its finished tasks, and itself to edit. @type {View} */
export const projectPage = (documents, query) => {
  const { project, done_count: done, total_count: total } = documents;
  const path = `/planner/projects/${project.id}`;
  const names = new Map([[project.id, ""]]);
  const kept = doneToday(documents, query).filter(({ projectId }) => projectId === project.id);
  const listed = merged(documents.open, kept, PAGE_SIZE);
  const ids = new Set(listed.map(({ id }) => id));
  const more = pageNumber(query) * PAGE_SIZE < total - done;
  return {
    title: project.name,
    path,
    here: paged(path, { page: pageNumber(query), finished: pageNumber(query, "finished") }),
    conflict: conflictPath(project, "description", path),
    history: `/history/projects/${project.id}`,
    fields: {
      name: typed(query, "name", project.name),
      description: typed(query, "description", project.description),
    },
    base_rev: typed(query, "baseRev", String(project._rev)),
    base: typed(query, "bases.description", textHash(project.description)),
    shown: shown(query, { name: project.name }),
    progress: progress(done, total),
    board: `/planner/board?project=${project.id}`,
    open: listed.map((task) => row(task, names, query, openIds(documents))),
    open_count: total - done,
    ...around(path, query, more),
    finished: documents.finished
      .filter((/** @type {Document} */ { id }) => !ids.has(id))
      .map((/** @type {Document} */ task) => row(task, names, query)),
    finished_pages: around(path, query, documents.finished.length === PAGE_SIZE, "finished"),
    quick: quick("Add a task to this project", query, { project: project.id }),
    undo: completedUndo(documents, query),
  };
};

/** How much is due today, what is overdue included. @type {View} */
export const tile = ({ overdue, today }) => {
  const total = today + overdue;
  return {
    value: total ? String(total) : "",
    label: overdue ? `due, ${overdue} overdue` : total ? "due" : "Nothing due",
    tone: overdue ? "warn" : "",
  };
};
