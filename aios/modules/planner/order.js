/** The person's own order: texts that compare, with room between any two. Twin of order.py. */
import { nextPath, value } from "../../static/device/forms.js";
import { nextTask } from "./recurring.js";

/**
 * @typedef {import("../module.js").Document} Document
 * @typedef {import("../module.js").Mutation} Mutation
 * @typedef {import("../module.js").Submit} Submit
 */

/** The columns of the board. */
export const STATUSES = ["pending", "in_progress", "completed"];
const KEY = /^[--z]{1,100}$/;
const [LOWEST, BEYOND] = [0x2d, 0x7b];

/** Where a task stands; one that was never moved, where it was made. @type {(task: Document) => string} */
export const placeOf = (task) => task.position || task.id;

/**
 * A text after `low` and before `high`; "" leaves an end open. Close behind `high` where there is no room.
 * @type {(low: string, high: string) => string}
 */
export const between = (low, high) => {
  const unit = (/** @type {string} */ text, /** @type {number} */ otherwise) =>
    made.length < text.length ? text.charCodeAt(made.length) : otherwise;
  let [made, end] = ["", low < high ? high : ""];
  let [first, last] = [unit(low, LOWEST), unit(end, BEYOND)];
  while (last - first < 2) {
    made += String.fromCharCode(first);
    if (first !== last) end = "";
    [first, last] = [unit(low, LOWEST), unit(end, BEYOND)];
  }
  return made + String.fromCharCode(Math.floor((first + last) / 2));
};

/** Put a task elsewhere: `to` is `status~low~high`, the column and what it stands between there. @type {Submit} */
export const placeTask = ({ task, following, trash }, form, query) => {
  const [status, ...keys] = value(form, "to").split("~");
  const [low, high] = [0, 1].map((at) => (KEY.test(keys[at] ?? "") ? keys[at] : ""));
  /** @type {Document} */
  const fields = low || high ? { position: between(low, high) } : {};
  const isMoved = STATUSES.includes(status);
  if (isMoved) fields.status = status;
  const next = status === "completed" && !following.length ? nextTask(task, trash, query) : null;
  /** @type {Mutation} */
  const moved = { op: "update", collection: "tasks", id: task.id, fields };
  return { mutations: next ? [moved, next] : [moved], location: nextPath(form, "planner", "/planner/board") };
};
