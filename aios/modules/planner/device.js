/** Planner on the device: the pages, form posts and rules that __init__.py declares. */
import { conflictPage } from "../../static/device/conflict.js";
import { boardPage } from "./board.js";
import { addDependency, removeDependency } from "./dependencies.js";
import { plannerPage } from "./list.js";
import {
  completeTask,
  createProject,
  createTask,
  deleteProject,
  deleteTask,
  reopenTask,
  restoreProject,
  restoreTask,
  saveProject,
  saveTask,
} from "./pages.js";
import { deriveTask, due, refuseDependencyCycle, refuseParentCycle } from "./rules.js";
import { placeTask } from "./order.js";
import { reviewPage } from "./review.js";
import { statisticsPage } from "./statistics.js";
import { changeSelected } from "./selection.js";
import { understoodPage } from "./understood.js";
import { newProjectPage, newTaskPage, projectPage, projectsPage, taskPage } from "./views.js";

export { tile } from "./views.js";

const taskConflict = conflictPage("tasks", "userNotes", "/planner/{id}");
const projectConflict = conflictPage("projects", "description", "/planner/projects/{id}");

export const pages = {
  "/planner/{id}/conflict": taskConflict.show,
  "/planner/projects/{id}/conflict": projectConflict.show,
  "/planner": plannerPage,
  "/planner/board": boardPage,
  "/planner/review": reviewPage,
  "/planner/statistics": statisticsPage,
  "/planner/new": newTaskPage,
  "/planner/understood": understoodPage,
  "/planner/projects": projectsPage,
  "/planner/projects/new": newProjectPage,
  "/planner/projects/{id}": projectPage,
  "/planner/{id}": taskPage,
};

export const actions = {
  "PUT /planner/{id}/conflict": taskConflict.settle,
  "PUT /planner/projects/{id}/conflict": projectConflict.settle,
  "POST /planner": createTask,
  "PUT /planner/selection": changeSelected,
  "PUT /planner/{id}/place": placeTask,
  "PUT /planner/{id}/dependencies": addDependency,
  "DELETE /planner/{id}/dependencies": removeDependency,
  "PUT /planner/{id}": saveTask,
  "DELETE /planner/{id}": deleteTask,
  "PUT /planner/{id}/restoration": restoreTask,
  "PUT /planner/{id}/completion": completeTask,
  "DELETE /planner/{id}/completion": reopenTask,
  "POST /planner/projects": createProject,
  "PUT /planner/projects/{id}": saveProject,
  "DELETE /planner/projects/{id}": deleteProject,
  "PUT /planner/projects/{id}/restoration": restoreProject,
};

export const collections = {
  tasks: { derive: deriveTask, due, rules: [refuseParentCycle, refuseDependencyCycle] },
};
