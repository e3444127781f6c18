/** Several tasks at once, and the way back from each change. Twin of selection.py. */
import { fromWire, toWire } from "../../static/device/clock.js";
import { nextPath, value } from "../../static/device/forms.js";
import { isId } from "../../static/device/ids.js";
import { get } from "../../static/device/query.js";
import { addDays, clock, fromLocalInput } from "../../static/device/when.js";
import { ALL_DAY } from "./dates.js";
import { below, each as eachOf } from "./pages.js";
import { nextTask } from "./recurring.js";
import { OPEN } from "./rules.js";

/**
 * @typedef {import("../module.js").Context} Context
 * @typedef {import("../module.js").Document} Document
 * @typedef {import("../module.js").Documents} Documents
 * @typedef {import("../module.js").Form} Form
 * @typedef {import("../module.js").Mutation} Mutation
 * @typedef {import("../module.js").Query} Query
 * @typedef {import("../module.js").Submit} Submit
 * @typedef {{id: string, status: string, due: string, project: string}} Chosen a task, as it was when it was shown
 */

/** How many tasks are changed together: the way back has to fit into an address. */
const MOST = 100;
/** @type {Map<string, string>} */
const DONE = new Map([
  ["complete", "completed"],
  ["move", "moved"],
  ["reschedule", "rescheduled"],
  ["delete", "deleted"],
]);
const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const MS = /^-?[0-9]{1,15}$/;
const SHIFTS = new Map([
  ["today", 0],
  ["tomorrow", 1],
  ["week", 7],
]);

/** Do with all selected tasks what the button says, and go back; the page there offers to undo it. @type {Submit} */
export const changeSelected = (documents, form, query) => {
  const back = nextPath(form, "planner", "/planner");
  const act = value(form, "act") || (value(form, "day") ? "reschedule" : "");
  if (act === "undo") return { mutations: undone(documents, form), location: back };
  const found = changesOf(act, chosenOf(form), documents, form, query);
  if (!found?.way.length) return { location: back };
  const way = found.way.map((pair) => pair.join("~")).join("_");
  return { mutations: found.changes, location: `${back}${back.includes("?") ? "&" : "?"}undo=${act}&tasks=${way}` };
};

/** What was just done with several tasks, and what undoing it has to send. @type {(query: Query) => Context[]} */
export const selectionUndo = (query) => {
  const [act, way] = [get(query, "undo"), get(query, "tasks")];
  const count = wayOf(way).length;
  if (!DONE.has(act) || !count) return [];
  return [{ text: `${count} ${count === 1 ? "task" : "tasks"} ${DONE.get(act)}`, of: act, tasks: way }];
};

/**
 * The changes, and each task's id with what it was; null where nothing was asked for.
 * @type {(act: string, chosen: Chosen[], documents: Documents, form: Form, query: Query) =>
 *   {changes: Mutation[], way: [string, string][]} | null}
 */
const changesOf = (act, chosen, documents, form, query) => {
  if (act === "complete") {
    const open = chosen.filter(({ status }) => OPEN.includes(status));
    return { changes: completed(open, documents, query), way: open.map(({ id, status }) => [id, status[0]]) };
  }
  if (act === "move") {
    const projectId = value(form, "projectId") || null;
    return { changes: chosen.map(({ id }) => update(id, { projectId })), way: chosen.map(({ id, project }) => [id, project]) };
  }
  if (act === "reschedule") {
    const dues = duesOf(chosen, form, query);
    if (!dues) return null;
    const changes = chosen.map(({ id }, at) => update(id, { dueDate: dues[at] }));
    return { changes, way: chosen.map(({ id, due }) => [id, msOf(due)]) };
  }
  if (act !== "delete") return null;
  const steps = chosen.flatMap(({ id }) => below(id, documents.steps));
  const ids = [...new Set([...chosen.map(({ id }) => id), ...steps])].slice(0, MOST * 2);
  return { changes: eachOf("delete", ids), way: ids.map((id) => [id, ""]) };
};

/** @type {(form: Form) => Chosen[]} */
const chosenOf = (form) => {
  /** @type {Map<string, Chosen>} */
  const found = new Map();
  for (const given of form.get("task") ?? []) {
    const [id, status = "", due = "", project = ""] = given.split("~");
    if (isId(id) && !found.has(id)) found.set(id, { id, status, due, project });
  }
  return [...found.values()].slice(0, MOST);
};

/** @type {(chosen: Chosen[], documents: Documents, query: Query) => Mutation[]} */
const completed = (chosen, documents, query) => {
  const repeating = new Map(documents.repeating.map((/** @type {Document} */ each) => [each.id, each]));
  const made = new Set(documents.made.map((/** @type {Document} */ each) => each.previousTaskId));
  const next = chosen
    .filter(({ id }) => repeating.has(id) && !made.has(id))
    .flatMap(({ id }) => nextTask(repeating.get(id), documents.trash, query) ?? []);
  return [...chosen.map(({ id }) => update(id, { status: "completed" })), ...next];
};

/** @type {(id: string, fields: Document) => Mutation} */
const update = (id, fields) => ({ op: "update", collection: "tasks", id, fields });

/**
 * The day that was asked for, for each at its own time; null where none was.
 * @type {(chosen: Chosen[], form: Form, query: Query) => (string | null)[] | null}
 */
const duesOf = (chosen, form, query) => {
  let day = value(form, "day") || value(form, "date");
  if (day === "none") return chosen.map(() => null);
  const shift = SHIFTS.get(day);
  if (shift !== undefined) day = addDays(query.day, shift);
  if (!DAY.test(day)) return null;
  try {
    return chosen.map(({ due }) => fromLocalInput(`${day}T${msOf(due) ? clock(due, query.zone) : ALL_DAY}`, query.zone));
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
};

/** @param {string} due */
const msOf = (due) => {
  try {
    return String(fromWire(due));
  } catch {
    return "";
  }
};

/** Ids, and what each was. @type {(text: string) => [string, string][]} */
const wayOf = (text) =>
  text
    .split("_")
    .map((each) => /** @type {[string, string]} */ ([each.split("~", 1)[0], each.slice(each.split("~", 1)[0].length + 1)]))
    .filter(([id]) => isId(id))
    .slice(0, MOST * 2);

/** @type {(documents: Documents, form: Form) => Mutation[]} */
const undone = ({ made }, form) => {
  const [act, way] = [value(form, "of"), wayOf(value(form, "tasks"))];
  if (act === "delete") return eachOf("restore", way.map(([id]) => id)); // prettier-ignore
  if (act === "move") return way.map(([id, was]) => update(id, { projectId: was || null }));
  if (act === "reschedule") {
    return way.map(([id, was]) => update(id, { dueDate: MS.test(was) ? toWire(Number(was)) : null }));
  }
  if (act !== "complete") return [];
  const ids = new Set(way.map(([id]) => id));
  const next = made.filter(
    (/** @type {Document} */ each) => ids.has(each.previousTaskId) && OPEN.includes(each.status),
  );
  return [
    ...way.map(([id, was]) => update(id, { status: was === "i" ? "in_progress" : "pending" })),
    ...eachOf("delete", next.map((/** @type {Document} */ { id }) => id)), // prettier-ignore
  ];
};
