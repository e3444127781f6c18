/** The calendar by month, week and day, and as an agenda. Twin of views.py. */
import { addDays, clock, localDay, longDay, shortDay } from "../../static/device/when.js";
import { WEEKDAYS, monthAfter, monthBefore, monthName, timeText, twelve, weekOf, weekStart, weekday, weeksOf } from "./days.js";
import { gridOf } from "./grid.js";
import { byDay, chosenDay, happeningOn, rowsOf, toneOf, undoOf, viewsOf } from "./rows.js";

/** @typedef {import("../module.js").Documents} Documents @typedef {import("../module.js").Context} Context */
/** @typedef {import("../module.js").Query} Query */

const IN_CELL = 3;
const AGENDA = 30;

/** The weeks of a month, and the chosen day beside them. @param {Documents} documents @param {Query} query */
export function monthPage(documents, query) {
  const [day, start] = [chosenDay(query), weekStart(documents)];
  const weeks = weeksOf(day, start);
  const days = weeks.flat();
  const placed = byDay(happeningOn(documents, days[0], days[days.length - 1], query), days);
  const on = (/** @type {string} */ each) => placed.get(each) ?? [];
  return {
    ...around(day, monthBefore(day), monthAfter(day), "month", documents, query),
    title: `${monthName(day)} ${day.slice(0, 4)}`,
    month: monthName(day),
    year: day.slice(0, 4),
    before: monthName(monthBefore(day)),
    after: monthName(monthAfter(day)),
    weekdays: WEEKDAYS.map((_, number) => WEEKDAYS[(start + number) % 7]).map((name) => ({ short: name.slice(0, 3), name })),
    weeks: weeks.map((week) => week.map((each) => cell(each, on(each), day, query))),
    chosen: dayOf(day, on(day), documents, query),
    nothing: !documents.any,
  };
}

/** Seven days side by side, or one below the other. @param {Documents} documents @param {Query} query */
export function weekPage(documents, query) {
  const day = chosenDay(query);
  const days = weekOf(day, weekStart(documents));
  const placed = byDay(happeningOn(documents, days[0], days[6], query), days);
  return {
    ...around(day, addDays(day, -7), addDays(day, 7), "week", documents, query),
    title: `${dayMonth(days[0])} – ${dayMonth(days[6])}`,
    before: "The week before",
    after: "The week after",
    days: days.map((each) => dayOf(each, placed.get(each) ?? [], documents, query)),
  };
}

/** The hours of a day, and what is due that day. @param {Documents} documents @param {Query} query */
export function dayPage(documents, query) {
  const day = chosenDay(query);
  const found = byDay(happeningOn(documents, day, day, query), [day]).get(day) ?? [];
  const [before, after] = [addDays(day, -1), addDays(day, 1)];
  return {
    ...around(day, before, after, "day", documents, query),
    title: longDay(day),
    name: WEEKDAYS[weekday(day)],
    number: dayMonth(day),
    before: longDay(before),
    after: longDay(after),
    strip: weekOf(day, weekStart(documents)).map((each) => strip(each, day, query)),
    tasks: tasksOf(documents, day, query),
    ...gridOf(found, day, query, documents),
    free: !found.length,
  };
}

/** The days on which something happens. @param {Documents} documents @param {Query} query */
export function agendaPage(documents, query) {
  const day = chosenDay(query);
  const days = Array.from({ length: AGENDA }, (_, number) => addDays(day, number));
  const last = days[AGENDA - 1];
  const placed = byDay(happeningOn(documents, day, last, query), days);
  return {
    ...around(day, addDays(day, -AGENDA), addDays(day, AGENDA), "agenda", documents, query),
    title: "Agenda",
    until: shortDay(last, query.day),
    before: "30 days before",
    after: "30 days after",
    days: days.flatMap((each) => {
      const found = placed.get(each);
      return found?.length ? [dayOf(each, found, documents, query)] : [];
    }),
  };
}

/** How much of today is still to come. @param {Documents} documents @param {Query} query */
export function tile(documents, query) {
  const left = happeningOn(documents, query.day, query.day, query).filter(({ endAt }) => endAt > query.now).length;
  const label = left === 1 ? "event today" : left ? "events today" : "Nothing more today";
  return { value: left ? String(left) : "", label, tone: "" };
}

/** Open tasks that are due on a day. @param {Documents} documents @param {string} day @param {Query} query */
export function tasksOf(documents, day, query) {
  const kind = documents.kinds.find((/** @type {any} */ { name }) => name === "tasks");
  const chosen = query.settings.enabledModules;
  if (!kind || (chosen.length && !chosen.includes(kind.module_name))) return [];
  const halves = twelve(documents);
  return documents.tasks
    .filter((/** @type {any} */ { dueDate }) => localDay(dueDate, query.zone) === day)
    .map((/** @type {any} */ { id, title, dueDate }) => {
      const time = clock(dueDate, query.zone);
      return { href: kind.place.replace("{id}", id), title, by: time === "23:59" ? "" : `By ${timeText(time, halves)}` };
    });
}

/** @param {string} day @param {string} before @param {string} after @param {string} current @param {Documents} documents @param {Query} query */
function around(day, before, after, current, documents, query) {
  const root = current === "month" ? "/calendar" : `/calendar/${current}`;
  return {
    views: viewsOf(current, day),
    day,
    here: `${root}?date=${day}`,
    earlier: `${root}?date=${before}`,
    later: `${root}?date=${after}`,
    today: day === query.day ? "" : root,
    new: `/calendar/new?date=${day}`,
    undo: undoOf(documents, query),
  };
}

/** @param {string} day */
const dayMonth = (day) => `${Number(day.slice(8))} ${monthName(day).slice(0, 3)}`;

/** @param {string} day @param {Context[]} found @param {string} chosen @param {Query} query */
function cell(day, found, chosen, query) {
  const number = Number(day.slice(8));
  const count = found.length;
  const shown = count === IN_CELL + 1 ? found : found.slice(0, IN_CELL);
  return {
    href: `/calendar/day?date=${day}`,
    number: String(number),
    label: `${number} ${monthName(day)}, ${count === 0 ? "no events" : count === 1 ? "1 event" : `${count} events`}`,
    out: day.slice(0, 7) !== chosen.slice(0, 7),
    today: day === query.day,
    items: shown.map((each) => ({ title: each.title, tone: toneOf(each) })),
    more: count > shown.length ? `${count - shown.length} more` : "",
  };
}

/** @param {string} day @param {Context[]} found @param {Documents} documents @param {Query} query */
function dayOf(day, found, documents, query) {
  return {
    id: `d${day}`,
    href: `/calendar/day?date=${day}`,
    name: shortDay(day, query.day),
    full: longDay(day),
    today: day === query.day,
    rows: rowsOf(found, day, query, documents),
  };
}

/** @param {string} day @param {string} chosen @param {Query} query */
function strip(day, chosen, query) {
  return {
    href: `/calendar/day?date=${day}`,
    short: WEEKDAYS[weekday(day)].slice(0, 3),
    number: String(Number(day.slice(8))),
    full: longDay(day),
    chosen: day === chosen,
    today: day === query.day,
  };
}
