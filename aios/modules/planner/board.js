/** The board: tasks in columns by their status, in the person's own order. Twin of board.py. */
import { get } from "../../static/device/query.js";
import { STATUSES, placeOf } from "./order.js";
import { completedUndo } from "./parts.js";
import { namesOf, openIds, row } from "./rows.js";

/**
 * @typedef {import("../module.js").Context} Context
 * @typedef {import("../module.js").Document} Document
 * @typedef {import("../module.js").Documents} Documents
 * @typedef {import("../module.js").Query} Query
 * @typedef {import("../module.js").View} View
 */

/** @type {Record<string, string>} */
const TITLES = { pending: "To do", in_progress: "In progress", completed: "Done" };
/** @type {Record<string, string>} */
const EMPTY = {
  pending: "Nothing to do here.",
  in_progress: "Move a task here when you begin it.",
  completed: "What is done appears here, the last first.",
};

/** Three columns, of all tasks or of one project. @type {View} */
export const boardPage = (documents, query) => {
  const asked = get(query, "project");
  const project = namesOf(documents).has(asked) ? asked : "";
  return {
    title: "Board",
    here: project ? `/planner/board?project=${project}` : "/planner/board",
    project,
    projects: documents.projects.map((/** @type {Document} */ { id, name }) => ({ value: id, label: name })),
    columns: STATUSES.map((status) => column(status, documents, query)),
    undo: completedUndo(documents, query),
  };
};

/** Up and down for the task at `at`: between which two it would stand then. @type {(tasks: Document[], at: number) => Context[]} */
export const moves = (tasks, at) => {
  const places = ["", ...tasks.map(placeOf), ""];
  const found = [];
  if (at > 0) found.push({ label: "Move up", icon: "arrow-up", to: `~${places[at - 1]}~${places[at]}` });
  if (at < tasks.length - 1) {
    found.push({ label: "Move down", icon: "arrow-down", to: `~${places[at + 2]}~${places[at + 3]}` });
  }
  return found;
};

/** @type {(status: string, documents: Documents, query: Query) => Context} */
const column = (status, documents, query) => {
  const [names, opened] = [namesOf(documents), openIds(documents)];
  /** @type {Document[]} */
  const tasks = documents[status === "completed" ? "finished" : status];
  return {
    id: status,
    title: TITLES[status],
    empty: EMPTY[status],
    cards: tasks.map((task, at) => ({
      ...row(task, names, query, opened),
      place: placeOf(task),
      moves: [...(status === "completed" ? [] : moves(tasks, at)), ...beside(status)],
    })),
  };
};

/** The columns left and right of this one; a task comes to their top. @type {(status: string) => Context[]} */
const beside = (status) => {
  const at = STATUSES.indexOf(status);
  const sides = [
    { to: STATUSES[at - 1], icon: "arrow-left" },
    { to: STATUSES[at + 1], icon: "arrow-right" },
  ];
  return sides.filter(({ to }) => to).map(({ to, icon }) => ({ label: `Move to ${TITLES[to]}`, icon, to: `${to}~~` }));
};
