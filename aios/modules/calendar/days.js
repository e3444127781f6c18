/** Days, weeks and months of the calendar's pages, and how times are written there. Twin of days.py. */
import { addDays, longDay, shortDay } from "../../static/device/when.js";

/** @typedef {import("../module.js").Documents} Documents @typedef {import("../module.js").Context} Context */

export const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
export const CODES = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
/** @type {Record<string, number>} */
const STARTS = { monday: 0, saturday: 5, sunday: 6 };

/** Monday is 0. @param {string} day */
export function weekday(day) {
  return WEEKDAYS.indexOf(longDay(day).split(" ")[0]);
}

/** The seven days of the week that `day` is in. @param {string} day @param {number} first */
export function weekOf(day, first) {
  const start = addDays(day, -((weekday(day) - first + 7) % 7) + 0);
  return [0, 1, 2, 3, 4, 5, 6].map((number) => addDays(start, number));
}

/** The weeks that hold the month of `day`. @param {string} day @param {number} first */
export function weeksOf(day, first) {
  const month = day.slice(0, 7);
  const weeks = [weekOf(`${month}-01`, first)];
  let after = addDays(weeks[0][6], 1);
  while (weeks.length < 7 && after.slice(0, 7) === month) {
    weeks.push(weekOf(after, first));
    after = addDays(after, 7);
  }
  return weeks;
}

/** The first day of the month before that of `day`. @param {string} day */
export function monthBefore(day) {
  return `${addDays(`${day.slice(0, 7)}-01`, -1).slice(0, 7)}-01`;
}

/** The first day of the month after that of `day`. @param {string} day */
export function monthAfter(day) {
  return `${addDays(`${day.slice(0, 7)}-01`, 31).slice(0, 7)}-01`;
}

/** `November`. @param {string} day */
export function monthName(day) {
  return longDay(day).split(" ")[2];
}

/** On which day the person's weeks begin. @param {Documents} documents */
export function weekStart({ chosen }) {
  return chosen.length ? STARTS[chosen[0].weekStart] : 0;
}

/** Whether the person writes `5:00 pm`. @param {Documents} documents */
export function twelve({ chosen }) {
  return chosen.length > 0 && chosen[0].hours === "12";
}

/** A time of day as the person writes it. @param {string} clock @param {boolean} halves */
export function timeText(clock, halves) {
  if (!halves) return clock;
  const hour = Number(clock.slice(0, 2));
  return `${hour % 12 || 12}${clock.slice(2)} ${hour >= 12 && hour < 24 ? "pm" : "am"}`;
}

/** When it is, in a line. @param {Context} each @param {{day: string}} query @param {boolean} halves */
export function spanText(each, query, halves) {
  const [first, last] = [shortDay(each.first, query.day), shortDay(each.last, query.day)];
  if (each.allDay) return first === last ? first : `${first} – ${last}`;
  const [begins, ends] = [timeText(each.begins, halves), timeText(each.ends, halves)];
  if (first === last) return begins === ends ? `${first}, ${begins}` : `${first}, ${begins} – ${ends}`;
  return `${first}, ${begins} – ${last}, ${ends}`;
}
