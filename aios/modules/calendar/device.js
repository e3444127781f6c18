/** Calendar on the device: the pages, form posts and rules that __init__.py declares. */
import { conflictPage } from "../../static/device/conflict.js";
import { editPage, eventPage, newPage } from "./event.js";
import { createEvent, deleteEvent, moveEvent, restoreEvent, restoreOccurrences, saveEvent, saveSettings } from "./posts.js";
import { settingsPage } from "./preferences.js";
import { deriveEvent, due } from "./rules.js";
import { searchPage } from "./search.js";
import { statisticsPage } from "./statistics.js";
import { agendaPage, dayPage, monthPage, weekPage } from "./views.js";

export { tile } from "./views.js";

const conflict = conflictPage("events", "description", "/calendar/{id}");

export const pages = {
  "/calendar": monthPage,
  "/calendar/week": weekPage,
  "/calendar/day": dayPage,
  "/calendar/agenda": agendaPage,
  "/calendar/search": searchPage,
  "/calendar/statistics": statisticsPage,
  "/calendar/settings": settingsPage,
  "/calendar/new": newPage,
  "/calendar/{id}": eventPage,
  "/calendar/{id}/edit": editPage,
  "/calendar/{id}/conflict": conflict.show,
};

export const actions = {
  "POST /calendar": createEvent,
  "PUT /calendar/settings": saveSettings,
  "PUT /calendar/time": moveEvent,
  "PUT /calendar/{id}": saveEvent,
  "DELETE /calendar/{id}": deleteEvent,
  "PUT /calendar/{id}/restoration": restoreEvent,
  "PUT /calendar/{id}/occurrences": restoreOccurrences,
  "PUT /calendar/{id}/conflict": conflict.settle,
};

export const collections = { events: { derive: deriveEvent, due } };
