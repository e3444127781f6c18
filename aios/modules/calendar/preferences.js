/** The page of the calendar's settings. Twin of preferences.py. */
import { get, typed } from "../../static/device/query.js";

const STARTS = [["monday", "Monday"], ["saturday", "Saturday"], ["sunday", "Sunday"]]; // prettier-ignore
const HOURS = [["24", "17:00"], ["12", "5:00 pm"]]; // prettier-ignore
const SAVED = { text: "Settings saved", icon: "check", path: "", method: "", label: "" };

/** How weeks and times are written. @param {import("../module.js").Documents} documents @param {import("../module.js").Query} query */
export function settingsPage(documents, query) {
  const [chosen = { weekStart: "monday", hours: "24" }] = documents.chosen;
  return {
    title: "Calendar settings",
    starts: STARTS.map(([value, label]) => ({ value, label })),
    hours: HOURS.map(([value, label]) => ({ value, label })),
    week_start: typed(query, "weekStart", chosen.weekStart),
    chosen_hours: typed(query, "hours", chosen.hours),
    zone: query.zone,
    toast: get(query, "saved") ? SAVED : null,
  };
}
