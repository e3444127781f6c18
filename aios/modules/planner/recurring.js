/** Tasks that come again: their words, and the one that completing makes. Twin of recurring.py. */
import { impliedId } from "../../static/device/ids.js";
import { following } from "../../static/device/recurrence.js";
import { fromLocalInput, toLocalInput } from "../../static/device/when.js";
import { ALL_DAY } from "./dates.js";
import { OPEN } from "./rules.js";

/**
 * @typedef {import("../module.js").Document} Document
 * @typedef {import("../module.js").Mutation} Mutation
 * @typedef {import("../module.js").Query} Query
 */

const RULES = new Map([
  ["daily", "FREQ=DAILY"],
  ["weekly", "FREQ=WEEKLY"],
  ["monthly", "FREQ=MONTHLY"],
]);
/** @type {Record<string, string>} */
const WORDS = { none: "", daily: "Every day", weekly: "Every week", monthly: "Every month" };
/** @type {Record<string, string>} */
const UNITS = { DAILY: "day", WEEKLY: "week", MONTHLY: "month", YEARLY: "year" };
/** @type {Record<string, string>} */
const DAYS = {
  MO: "Monday", TU: "Tuesday", WE: "Wednesday", TH: "Thursday", FR: "Friday", SA: "Saturday", SU: "Sunday",
}; // prettier-ignore
const INTERVAL = /^FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)(?:;INTERVAL=([0-9]{1,3}))?$/;
const BY_DAY = /^FREQ=WEEKLY;BYDAY=((?:MO|TU|WE|TH|FR|SA|SU)(?:,(?:MO|TU|WE|TH|FR|SA|SU))*)$/;
const CARRIED = [
  "title", "userNotes", "priority", "projectId", "parentTaskId", "recurrenceRule", "reminderMinutes", "position",
]; // prettier-ignore

/** How often, in words; "" for a task that does not come again. @param {Document} task */
export const repeats = (task) => wordsOf(task.recurrenceRule, task.rrule);

/** The words of a recurrence as records have it. @type {(recurrence: string, rule: string | null) => string} */
export const wordsOf = (recurrence, rule) => {
  if (recurrence !== "custom") return WORDS[recurrence];
  const plain = INTERVAL.exec(rule || "");
  if (plain) {
    const [number, unit] = [plain[2] ?? "1", UNITS[plain[1]]];
    return number === "1" ? `Every ${unit}` : `Every ${number} ${unit}s`;
  }
  const days = BY_DAY.exec(rule || "");
  if (!days) return "By its own rule";
  if (days[1] === "MO,TU,WE,TH,FR") return "Every weekday";
  return `Every ${days[1].split(",").map((day) => DAYS[day]).join(", ")}`; // prettier-ignore
};

/**
 * The task that comes when `task` is completed; null where it was the last.
 * @type {(task: Document, deleted: Document[], query: Query) => Mutation | null}
 */
export const nextTask = (task, deleted, query) => {
  const { recurrenceRule } = task;
  const rule = RULES.get(recurrenceRule) || task.rrule;
  if (recurrenceRule === "none" || !OPEN.includes(task.status) || !rule) return null;
  const start = task.dueDate ? toLocalInput(task.dueDate, query.zone) : `${query.day}T${ALL_DAY}`;
  const found = following(rule, start, `${query.day}T00:00`);
  if (found === null) return null;
  const [at, rest] = found;
  const id = impliedId(query.space, "tasks", `${task.id}/${at.slice(0, 10)}`);
  if (deleted.some((each) => each.id === id)) return { op: "restore", collection: "tasks", id };
  /** @type {Document} */
  const fields = Object.fromEntries(
    CARRIED.filter((name) => name in task && !task._stub?.[name]).map((name) => [name, task[name]]),
  );
  fields.dueDate = fromLocalInput(at, query.zone);
  fields.previousTaskId = task.id;
  if (recurrenceRule === "custom") fields.rrule = rest;
  return { op: "create", collection: "tasks", id, fields, stub: task._stub };
};
