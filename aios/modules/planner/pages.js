/** What the Planner's form posts mean. Twin of posts.py. */
import { bases, edited, nextPath, recordId, seenRev, value } from "../../static/device/forms.js";
import { get } from "../../static/device/query.js";
import { refusal } from "../../static/device/recurrence.js";
import { trim } from "../../static/device/text.js";
import { fromLocalInput } from "../../static/device/when.js";
import { ALL_DAY } from "./dates.js";
import { understand } from "../../static/device/quick.js";
import { fieldsOf } from "./quick.js";
import { nextTask } from "./recurring.js";
import { OPEN } from "./rules.js";

/**
 * @typedef {import("../module.js").Document} Document
 * @typedef {import("../module.js").Form} Form
 * @typedef {import("../module.js").Mutation} Mutation
 * @typedef {import("../module.js").Query} Query
 * @typedef {import("../module.js").Submit} Submit
 * @typedef {{fields: Document, errors: Record<string, string>}} Read
 *   the fields that a form holds, as the record has them, and a sentence for each that cannot be read
 */

const TEXTS = ["userNotes", "priority", "status", "recurrenceRule"];
const LINKS = ["projectId", "parentTaskId"];
const MINUTES = /^[0-9]{1,5}$/;
const NO_TITLE = "Write what is to be done.";
const NO_TIME = "Choose a day and a time, or leave both empty.";
/** How many steps are deleted with their task, the nearest first. */
const MOST_TOGETHER = 200;

/** Keep a new task: from a whole form, or from one line in the field `quick`. @type {Submit} */
export const createTask = (documents, form, query) => {
  const { fields, errors } = form.has("title") ? taskFields(form, query) : quickFields(documents, form, query);
  if (Object.keys(errors).length) return { errors };
  const id = recordId(form, query);
  return {
    mutations: [{ op: "create", collection: "tasks", id, fields }],
    location: nextPath(form, "planner", `/planner/${id}`),
  };
};

/** Keep what was changed; syncing joins it with what was changed elsewhere meanwhile. @type {Submit} */
export const saveTask = ({ task }, form, query) => {
  const { fields, errors } = taskFields(form, query);
  if (Object.keys(errors).length) return { errors };
  return {
    mutations: [update("tasks", task.id, edited(form, fields), form, "userNotes")],
    location: nextPath(form, "planner", `/planner/${task.id}`),
  };
};

/** Keep a new project. @type {Submit} */
export const createProject = (_, form, query) => {
  const { fields, errors } = projectFields(form);
  if (Object.keys(errors).length) return { errors };
  const id = recordId(form, query);
  return { mutations: [{ op: "create", collection: "projects", id, fields }], location: `/planner/projects/${id}` };
};

/** Keep what was changed; syncing joins it with what was changed elsewhere meanwhile. @type {Submit} */
export const saveProject = ({ project }, form) => {
  const { fields, errors } = projectFields(form);
  if (Object.keys(errors).length) return { errors };
  return {
    mutations: [update("projects", project.id, edited(form, fields), form, "description")],
    location: `/planner/projects/${project.id}`,
  };
};

/**
 * Tick a task and go back to where that was done; the page there then offers to open it again. One that comes again
 * makes the next, unless that is there already.
 * @type {Submit}
 */
export const completeTask = ({ task, following, trash }, form, query) => {
  const back = nextPath(form, "planner", `/planner/${task.id}`);
  const started = task.status === "in_progress" ? "&was=in_progress" : "";
  /** @type {Mutation} */
  const done = { op: "update", collection: "tasks", id: get(query, "id"), fields: { status: "completed" } };
  const next = following.length ? null : nextTask(task, trash, query);
  return {
    mutations: next ? [done, next] : [done],
    location: `${back}${back.includes("?") ? "&" : "?"}completed=${task.id}${started}`,
  };
};

/**
 * Open a task again, as it was before where the form knows that, and go back to where that was done. Undoing, which
 * knows it, also takes back the next task that completing has made.
 * @type {Submit}
 */
export const reopenTask = ({ following }, form, query) => {
  const id = get(query, "id");
  const status = OPEN.includes(value(form, "status")) ? value(form, "status") : OPEN[0];
  const made = following.filter((/** @type {Document} */ each) => form.has("status") && OPEN.includes(each.status));
  return {
    mutations: [{ op: "update", collection: "tasks", id, fields: { status } }, ...each("delete", made.map((/** @type {Document} */ task) => task.id))], // prettier-ignore
    location: nextPath(form, "planner", `/planner/${id}`),
  };
};

/** Move a task and its steps, to any depth, to the trash; the list then offers to take all back. @type {Submit} */
export const deleteTask = ({ steps, deeper }, _, query) => {
  const id = get(query, "id");
  const found = below(id, [...steps, ...deeper]).slice(0, MOST_TOGETHER);
  const count = found.length ? `&steps=${found.length}` : "";
  return { mutations: each("delete", [id, ...found]), location: `/planner?deleted=${id}${count}` };
};

/**
 * Take a task back from the trash, and the steps that went there with it: those of a greater revision.
 * @type {Submit}
 */
export const restoreTask = ({ trash }, _, query) => {
  const id = get(query, "id");
  const own = trash.findLast((/** @type {Document} */ task) => task.id === id);
  const withIt = own ? trash.filter((/** @type {Document} */ task) => task._rev > own._rev) : [];
  const steps = below(id, withIt).slice(0, MOST_TOGETHER);
  return { mutations: each("restore", [id, ...steps]), location: `/planner/${id}` };
};

/** Move a project to the trash; the list of projects then offers to take it back. Its tasks stay. @type {Submit} */
export const deleteProject = (_documents, _form, query) => {
  const id = get(query, "id");
  return {
    mutations: [{ op: "delete", collection: "projects", id }],
    location: `/planner/projects?deleted=${id}`,
  };
};

/** Take a project back from the trash. @type {Submit} */
export const restoreProject = (_documents, _form, query) => {
  const id = get(query, "id");
  return { mutations: [{ op: "restore", collection: "projects", id }], location: `/planner/projects/${id}` };
};

/** @type {(collection: string, id: string, fields: Document, form: Form, text: string) => Mutation} */
const update = (collection, id, fields, form, text) => ({
  op: "update", collection, id, fields, bases: bases(form, text), baseRev: seenRev(form),
}); // prettier-ignore

/**
 * What one line says, and where it says nothing, what the form adds: a day, a project, a task above.
 * @type {(documents: import("../module.js").Documents, form: Form, query: Query) => Read}
 */
const quickFields = (documents, form, query) => {
  /** @type {Document} */
  let fields = {};
  for (const name of LINKS) if (value(form, name)) fields[name] = value(form, name);
  if (value(form, "due") === "today") fields.dueDate = fromLocalInput(`${query.day}T${ALL_DAY}`, query.zone);
  try {
    fields = { ...fields, ...fieldsOf(understand(value(form, "quick"), documents.projects, query), query) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { fields, errors: { dueDate: NO_TIME } };
  }
  /** @type {Record<string, string>} */
  const errors = fields.title ? {} : { title: NO_TITLE };
  return { fields, errors };
};

/** @type {(form: Form, query: Query) => Read} */
const taskFields = (form, query) => {
  /** @type {Document} */
  const fields = { title: trim(value(form, "title")) };
  /** @type {Record<string, string>} */
  const errors = fields.title ? {} : { title: NO_TITLE };
  for (const name of TEXTS) if (form.has(name)) fields[name] = value(form, name);
  for (const name of LINKS) if (form.has(name)) fields[name] = value(form, name) || null;
  if (form.has("rrule")) {
    const rule = value(form, "rrule");
    fields.rrule = rule || null;
    const why = value(form, "recurrenceRule") === "custom" && refusal(rule);
    if (why) errors.rrule = why;
  }
  const minutes = value(form, "reminderMinutes");
  if (form.has("reminderMinutes")) fields.reminderMinutes = MINUTES.test(minutes) ? Number(minutes) : null;
  const given = value(form, "due") === "today" ? `${query.day}T${ALL_DAY}` : value(form, "dueDate");
  if (given) {
    try {
      fields.dueDate = fromLocalInput(given, query.zone);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      errors.dueDate = NO_TIME;
    }
  } else if (form.has("dueDate")) {
    fields.dueDate = null;
  }
  return { fields, errors };
};

/** @type {(form: Form) => Read} */
const projectFields = (form) => {
  /** @type {Document} */
  const fields = { name: trim(value(form, "name")) };
  if (form.has("description")) fields.description = value(form, "description");
  /** @type {Record<string, string>} */
  const errors = fields.name ? {} : { name: "Give the project a name." };
  return { fields, errors };
};

/**
 * The ids of the steps of a task and of their steps, the nearest first, each once.
 * @type {(taskId: string, tasks: Document[]) => string[]}
 */
export const below = (taskId, tasks) => {
  /** @type {Map<string, string[]>} */
  const steps = new Map();
  for (const { id, parentTaskId } of tasks) {
    if (parentTaskId) steps.set(parentTaskId, [...(steps.get(parentTaskId) ?? []), id]);
  }
  // A set is gone through in the order in which it grows meanwhile.
  const found = new Set([taskId]);
  for (const above of found) for (const step of steps.get(above) ?? []) found.add(step);
  found.delete(taskId);
  return [...found];
};

/** @type {(op: "delete" | "restore", ids: string[]) => Mutation[]} */
export const each = (op, ids) => ids.map((id) => ({ op, collection: "tasks", id }));
