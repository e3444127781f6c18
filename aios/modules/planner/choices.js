/** What can be chosen for a task. Twin of that part of views.py. */
/**
 * @typedef {import("../module.js").Context} Context
 * @typedef {import("../module.js").Document} Document
 * @typedef {import("../module.js").Documents} Documents
 */

const PRIORITIES = [
  { value: "low", label: "Low" },
  { value: "medium", label: "Medium" },
  { value: "high", label: "High" },
  { value: "urgent", label: "Urgent" },
];
const STATUSES = [
  { value: "pending", label: "To do" },
  { value: "in_progress", label: "In progress" },
  { value: "completed", label: "Done" },
  { value: "cancelled", label: "Cancelled" },
];
/** Each rule's words. */
export const RECURRENCES = new Map([
  ["none", "Never"],
  ["daily", "Every day"],
  ["weekly", "Every week"],
  ["monthly", "Every month"],
  ["custom", "By its own rule"],
]);

/**
 * The options of the selects. What is stored is always among them, even a project that is gone.
 * @type {(documents: Documents, projectId: string, recurrence: string) => Context}
 */
export const choices = (documents, projectId, recurrence) => {
  /** @type {Context[]} */
  const known = documents.projects.map((/** @type {Document} */ { id, name }) => ({ value: id, label: name }));
  const isKnown = !projectId || known.some(({ value }) => value === projectId);
  const gone = isKnown ? [] : [{ value: projectId, label: "Deleted project" }];
  const shown = [...RECURRENCES].filter(([value]) => value !== "custom" || recurrence === "custom");
  return {
    projects: [{ value: "", label: "None" }, ...known, ...gone],
    priorities: PRIORITIES,
    statuses: STATUSES,
    recurrences: shown.map(([value, label]) => ({ value, label })),
  };
};
