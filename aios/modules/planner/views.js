/** What the Planner's pages for one task or project show. Twin of views.py. */
import { get, pageNumber, typed } from "../../static/device/query.js";
import { textHash } from "../../static/device/text.js";
import { toLocalInput } from "../../static/device/when.js";
import { choices } from "./choices.js";
import { ALL_DAY } from "./dates.js";
import { PAGE_SIZE, doneToday, merged } from "./done.js";
import { around, completedUndo, deletedToast, paged, projectRows, quick } from "./parts.js";
import { namesOf, progress, row } from "./rows.js";

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
      title: typed(query, "title"),
      userNotes: typed(query, "userNotes"),
      dueDate: typed(query, "dueDate", today),
      priority: typed(query, "priority", "medium"),
      status: "pending",
      recurrenceRule: typed(query, "recurrenceRule", "none"),
      projectId,
    },
    choices: choices(documents, projectId, "none"),
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
    projectId: task.projectId || "",
  };
  const names = namesOf(documents);
  return {
    title: task.title,
    path,
    here: paged(path, { page: pageNumber(query) }),
    completion: `${path}/completion`,
    completed: task.status === "completed",
    fields: Object.fromEntries(Object.entries(stored).map(([name, given]) => [name, typed(query, name, given)])),
    base_rev: task._rev,
    base: textHash(task.userNotes),
    saved_notes: Object.hasOwn(query.errors, "userNotes") ? task.userNotes : "",
    assistant_notes: task.aiNotes,
    parent: parent === null ? [] : [{ href: `/planner/${parent.id}`, title: parent.title }],
    // In the order in which they were written, done or not: ticking one moves none.
    steps: documents.steps.map((/** @type {Document} */ step) => row(step, names, query)),
    ...around(path, query, documents.steps.length === PAGE_SIZE),
    progress: progress(documents.done_count, documents.total_count),
    undo: completedUndo(documents, query),
    quick: quick("Add a step", query, { project: stored.projectId, parent: task.id }),
    choices: choices(documents, stored.projectId, task.recurrenceRule),
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
  const shown = new Set(listed.map(({ id }) => id));
  const more = pageNumber(query) * PAGE_SIZE < total - done;
  return {
    title: project.name,
    path,
    here: paged(path, { page: pageNumber(query), finished: pageNumber(query, "finished") }),
    fields: {
      name: typed(query, "name", project.name),
      description: typed(query, "description", project.description),
    },
    base_rev: project._rev,
    base: textHash(project.description),
    saved_description: Object.hasOwn(query.errors, "description") ? project.description : "",
    progress: progress(done, total),
    open: listed.map((task) => row(task, names, query)),
    open_count: total - done,
    ...around(path, query, more),
    finished: documents.finished
      .filter((/** @type {Document} */ { id }) => !shown.has(id))
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
