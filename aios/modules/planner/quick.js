/** The task that a line means, which static/device/quick.js has understood. Twin of quick.py. */
import { fromLocalInput } from "../../static/device/when.js";
import { ALL_DAY } from "./dates.js";

/**
 * @typedef {import("../module.js").Context} Context
 * @typedef {import("../module.js").Document} Document
 * @typedef {import("../module.js").Query} Query
 */

/**
 * The fields of the task. Throws RangeError where the calendar has no such instant.
 * @type {(understood: Context, query: Query) => Document}
 */
export const fieldsOf = (understood, query) => {
  /** @type {Document} */
  const fields = { title: understood.title };
  for (const name of ["priority", "projectId", "rrule", "recurrenceRule"]) {
    if (understood[name]) fields[name] = understood[name];
  }
  const { day, time } = understood;
  if (day) fields.dueDate = fromLocalInput(`${day}T${time || ALL_DAY}`, query.zone);
  return fields;
};
