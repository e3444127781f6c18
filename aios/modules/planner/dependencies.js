/** What a task waits for. Twin of dependencies.py. */
import { value } from "../../static/device/forms.js";
import { isId } from "../../static/device/ids.js";

/**
 * @typedef {import("../module.js").Context} Context
 * @typedef {import("../module.js").Document} Document
 * @typedef {import("../module.js").Documents} Documents
 * @typedef {import("../module.js").Form} Form
 * @typedef {import("../module.js").Submission} Submission
 * @typedef {import("../module.js").Submit} Submit
 */

/**
 * For a task's page: the open tasks that it waits for, those that wait for it, and what else it could wait for.
 * @type {(documents: Documents) => Context}
 */
export const waiting = ({ task, waits, blocks, others }) => {
  const known = new Set([task.id, ...task.dependencyIds]);
  const link = (/** @type {Document} */ { id, title }) => ({ href: `/planner/${id}`, title });
  return {
    waits: waits.map((/** @type {Document} */ each) => ({ id: each.id, ...link(each) })),
    blocks: blocks.map(link),
    others: others
      .filter((/** @type {Document} */ { id }) => !known.has(id))
      .map((/** @type {Document} */ { id, title }) => ({ value: id, label: title })),
  };
};

/** Let a task wait for another. @type {Submit} */
export const addDependency = (documents, form) => change(documents, form, true);

/** Let a task no longer wait for another. @type {Submit} */
export const removeDependency = (documents, form) => change(documents, form, null);

/** @type {(documents: Documents, form: Form, wanted: true | null) => Submission} */
const change = ({ task: { id } }, form, wanted) => {
  const other = value(form, "other");
  if (!isId(other)) return { errors: { dependencyIds: "Choose the task that comes first." } };
  return {
    mutations: [{ op: "update", collection: "tasks", id, fields: { [`dependencyIds/${other}`]: wanted } }],
    location: `/planner/${id}`,
  };
};
