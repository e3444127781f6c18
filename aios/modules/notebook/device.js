/** Notebook on the device: the pages, form posts and consequences that __init__.py declares. */
import { conflictPage } from "../../static/device/conflict.js";
import { completionPage } from "./completion.js";
import { graphPage } from "./graph.js";
import { notesPage } from "./listing.js";
import { create, remove, restore, save, set } from "./pages.js";
import { derive } from "./rules.js";
import { select } from "./selection.js";
import { similarPage } from "./similar.js";
import { statisticsPage } from "./statistics.js";
import { tick } from "./ticking.js";
import { newPage, notePage } from "./views.js";

export { tile } from "./views.js";

const conflict = conflictPage("notes", "bodyMarkdown", "/notebook/{id}");

export const pages = {
  "/notebook": notesPage,
  "/notebook/new": newPage,
  "/notebook/completion": completionPage,
  "/notebook/statistics": statisticsPage,
  "/notebook/graph": graphPage,
  "/notebook/{id}/similar": similarPage,
  "/notebook/{id}": notePage,
  "/notebook/{id}/conflict": conflict.show,
};

export const actions = {
  "POST /notebook": create,
  "PUT /notebook/selection": select,
  "PUT /notebook/{id}/tasks": tick,
  "PUT /notebook/{id}/conflict": conflict.settle,
  "PUT /notebook/{id}": save,
  "DELETE /notebook/{id}": remove,
  "PUT /notebook/{id}/pin": set("isPinned", true),
  "DELETE /notebook/{id}/pin": set("isPinned", false),
  "PUT /notebook/{id}/archive": set("isArchived", true),
  "DELETE /notebook/{id}/archive": set("isArchived", false),
  "PUT /notebook/{id}/restoration": restore,
};

export const collections = { notes: { derive } };
