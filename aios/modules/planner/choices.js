/** What can be chosen for a task. Twin of that part of views.py. */
/**
 * @typedef {import("../module.js").Context} Context
 * @typedef {import("../module.js").Document} Document
 * @typedef {import("../module.js").Documents} Documents
 */

export const PRIORITIES = [
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
const RECURRENCES = [
  { value: "none", label: "Never" },
  { value: "daily", label: "Every day" },
  { value: "weekly", label: "Every week" },
  { value: "monthly", label: "Every month" },
  { value: "custom", label: "By its own rule" },
];

/** @param {string} priority */
export const priorityLabel = (priority) => PRIORITIES.find(({ value }) => value === priority)?.label ?? "";

const REMINDERS = [
  { value: "", label: "When it is due" },
  { value: "10", label: "10 minutes before" },
  { value: "30", label: "30 minutes before" },
  { value: "60", label: "1 hour before" },
  { value: "1440", label: "1 day before" },
  { value: "10080", label: "1 week before" },
];

/**
 * The options of the selects. What is stored is always among them, even a project that is gone, or 7 minutes.
 * @type {(documents: Documents, projectId: string, minutes: string) => Context}
 */
export const choices = (documents, projectId, minutes) => {
  /** @type {Context[]} */
  const known = documents.projects.map((/** @type {Document} */ { id, name }) => ({ value: id, label: name }));
  const isKnown = !projectId || known.some(({ value }) => value === projectId);
  const gone = isKnown ? [] : [{ value: projectId, label: "Deleted project" }];
  return {
    projects: [{ value: "", label: "None" }, ...known, ...gone],
    priorities: PRIORITIES,
    statuses: STATUSES,
    recurrences: RECURRENCES,
    reminders: REMINDERS.some(({ value }) => value === minutes)
      ? REMINDERS
      : [...REMINDERS, { value: minutes, label: `${minutes} minutes before` }],
  };
};
