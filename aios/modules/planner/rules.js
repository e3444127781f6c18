/** What holds for tasks: when one is due, and that none stands above or before itself. Twin of rules.py. */
import { fromWire, toWire } from "../../static/device/clock.js";
import { InvalidError } from "../../static/device/errors.js";
import { refusal as ruleRefusal } from "../../static/device/recurrence.js";

/**
 * @typedef {import("../module.js").Change} Change
 * @typedef {import("../module.js").Document} Document
 * @typedef {import("../module.js").Rule} Rule
 */

/** The statuses of a task that is still to be done. */
export const OPEN = ["pending", "in_progress"];
const PART_OF_ITSELF = "A task cannot be part of itself. Choose another task.";
const WAITS_FOR_ITSELF = "A task cannot wait for itself. Leave this one out.";
const NO_INSTANT = "Write an instant like 2026-01-16T09:30:00.000Z.";
const FIRST_MS = fromWire("0001-01-01T00:00:00.000Z");
const LAST_MS = fromWire("9999-12-31T23:59:59.999Z");
/** How far cycles are looked for. Views survive the ones that slip through (docs/sync.md, push 3). */
const MOST_STEPS = 1_000;

/**
 * Bring the due date into wire form, so that stored dates compare as text. A rule is checked when it is set. Throws
 * InvalidError.
 * @type {(document: Document, previous: Document | null) => void}
 */
export const deriveTask = (document, previous) => {
  const { rrule } = document;
  const why = rrule !== null && previous?.rrule !== rrule && ruleRefusal(rrule);
  if (why) throw refusal("rrule", why);
  if (document.dueDate !== null) document.dueDate = wire(document.dueDate);
  document.position ||= document.id;
  document.dependencyIds = [...new Set(document.dependencyIds)];
};

/**
 * When the task wants attention, while it is open: some minutes before it is due, where it has a reminder.
 * @type {(document: Document) => string | null}
 */
export const due = ({ status, dueDate, reminderMinutes }) => {
  if (dueDate === null || !OPEN.includes(status)) return null;
  return reminderMinutes ? toWire(Math.max(fromWire(dueDate) - reminderMinutes * 60_000, FIRST_MS)) : dueDate;
};

/** Walk up from the task: it must not come by itself. A parent that is not here yet is allowed. @type {Rule} */
export const refuseParentCycle = (batch, change) => {
  const task = change.document;
  if (isUnchanged(change, (document) => document.parentTaskId)) return;
  /** @type {string | null} */
  let above = task.parentTaskId;
  for (let step = 0; step < MOST_STEPS && above !== null; step += 1) {
    if (above === task.id) throw refusal("parentTaskId", PART_OF_ITSELF);
    above = batch.document(above)?.parentTaskId ?? null;
  }
};

/** Follow all dependencies, a level at a time: none may lead back to the task. @type {Rule} */
export const refuseDependencyCycle = (batch, change) => {
  const task = change.document;
  if (isUnchanged(change, (document) => document.dependencyIds.join())) return;
  /** @type {Set<string>} */
  const seen = new Set();
  /** @type {string[]} */
  let level = task.dependencyIds;
  while (level.length && seen.size < MOST_STEPS) {
    if (level.includes(task.id)) throw refusal("dependencyIds", WAITS_FOR_ITSELF);
    for (const each of level) seen.add(each);
    /** @type {string[]} */
    const following = level.flatMap((each) => batch.document(each)?.dependencyIds ?? []);
    level = [...new Set(following)].filter((each) => !seen.has(each));
  }
};

/** @type {(change: Change, part: (document: Document) => string | null) => boolean} */
const isUnchanged = ({ effect, previous, document }, part) =>
  effect === "updated" && previous !== null && part(previous) === part(document);

/**
 * `given` as the wire has instants. An offset that leads out of the calendar is cut at its edge.
 * @type {(given: string) => string}
 */
const wire = (given) => {
  let ms;
  try {
    ms = fromWire(given);
  } catch {
    throw refusal("dueDate", NO_INSTANT);
  }
  return toWire(Math.min(Math.max(ms, FIRST_MS), LAST_MS));
};

/** @type {(field: string, message: string) => InvalidError} */
const refusal = (field, message) => new InvalidError(message, [{ field, message }]);
