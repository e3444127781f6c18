/** Notebook on the device: the pages, form posts and consequences that __init__.py declares. */
import { create, remove, restore, save, set } from "./pages.js";
import { derive } from "./rules.js";
import { newPage, notePage, notesPage } from "./views.js";

export { tile } from "./views.js";

export const pages = { "/notebook": notesPage, "/notebook/new": newPage, "/notebook/{id}": notePage };

export const actions = {
  "POST /notebook": create,
  "PUT /notebook/{id}": save,
  "DELETE /notebook/{id}": remove,
  "PUT /notebook/{id}/pin": set("isPinned", true),
  "DELETE /notebook/{id}/pin": set("isPinned", false),
  "PUT /notebook/{id}/archive": set("isArchived", true),
  "DELETE /notebook/{id}/archive": set("isArchived", false),
  "PUT /notebook/{id}/restoration": restore,
};

export const collections = { notes: { derive } };
