/** Planner on the device: the pages, form posts and rules that __init__.py declares. */
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
import { newProjectPage, newTaskPage, projectPage, projectsPage, taskPage } from "./views.js";

export { tile } from "./views.js";

export const pages = {
  "/planner": plannerPage,
  "/planner/new": newTaskPage,
  "/planner/projects": projectsPage,
  "/planner/projects/new": newProjectPage,
  "/planner/projects/{id}": projectPage,
  "/planner/{id}": taskPage,
};

export const actions = {
  "POST /planner": createTask,
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
