/** What a line will make, shown before it is saved. Twin of understood.py. */
import { get } from "../../static/device/query.js";
import { shortDay } from "../../static/device/when.js";
import { priorityLabel } from "./choices.js";
import { understand } from "../../static/device/quick.js";
import { wordsOf } from "./recurring.js";

/** @typedef {import("../module.js").Context} Context @typedef {import("../module.js").View} View */

/** The line, the title that it leaves, and a chip for each thing that was understood. @type {View} */
export const understoodPage = ({ projects }, query) => {
  const line = get(query, "quick");
  const found = understand(line, projects, query);
  /** @type {Context[]} */
  const chips = [];
  if (found.day) {
    const day = shortDay(found.day, query.day);
    chips.push({ icon: "calendar-days", text: found.time ? `${day}, ${found.time}` : day });
  }
  if (found.recurrenceRule) chips.push({ icon: "repeat", text: wordsOf(found.recurrenceRule, found.rrule) });
  if (found.priority) chips.push({ icon: "circle-alert", text: `${priorityLabel(found.priority)} priority` });
  if (found.projectId) chips.push({ icon: "folder", text: found.project });
  return { title: "Add a task", id: query.newId, line, name: found.title, chips, unknown: found.unknown ?? "" };
};
