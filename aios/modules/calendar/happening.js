/** What happens between two days. Twin of happening.py, which says how clocks and overrides count. */
import { DAY_MS, fromWire, toWire } from "../../static/device/clock.js";
import { occurrences } from "../../static/device/recurrence.js";
import { addDays, fromLocalInput, isDay, toLocalInput } from "../../static/device/when.js";
import { ruleOf } from "./rules.js";

/** @typedef {import("../module.js").Document} Document @typedef {import("../module.js").Context} Context */
/** @typedef {{zone: string, begin: string, length: number, days: number}} Series */

export const FIRST = "1900-01-02";
export const LAST = "9899-12-30";
const LAST_MS = fromWire("9999-12-31T23:59:59.999Z");

/**
 * What happens from the day `first` to the day `last`, by start.
 * @param {Document[]} events @param {string} first @param {string} last @param {string} zone
 * @returns {Context[]}
 */
export function happenings(events, first, last, zone) {
  const found = [];
  const [early, late] = [addDays(first, -2), addDays(last, 3)];
  for (const event of new Map(events.map((each) => [each.id, each])).values()) {
    // Most of what a page reads happens once, and not within these days when an overlap is looked for.
    if (event.lastAt === null && (event.endAt < early || event.startAt >= late)) continue;
    for (const each of of(event, first, last)) {
      if (each.endAt < early || each.startAt >= late) continue;
      place(each, zone);
      if (each.first <= last && each.last >= first) found.push(each);
    }
  }
  return found.sort((a, b) => compare(a.startAt, b.startAt) || compare(a.id, b.id) || compare(a.on, b.on));
}

/** Texts of ASCII. @param {string} a @param {string} b */
const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/**
 * The occurrence of a series that the date `on` names; for any other text the first, or the event itself.
 * @param {Document} event @param {string} on @param {string} zone @returns {Context}
 */
export function occurrence(event, on, zone) {
  const found = isDay(on) && on >= FIRST && on <= LAST ? one(event, on, seriesOf(event)) : lean(event, event.startAt, event.endAt, "");
  place(found, zone);
  return { ...event, ...found };
}

/**
 * Pairs that overlap. Whole days, and what lasts no time, are in nobody's way.
 * @param {Context[]} wanted @param {Context[]} others @returns {[Context, Context][]}
 */
export function clashes(wanted, others) {
  const timed = others.filter(({ allDay }) => !allDay);
  return wanted
    .filter(({ allDay }) => !allDay)
    .flatMap((each) =>
      timed
        .filter(({ id, startAt, endAt }) => id !== each.id && each.startAt < endAt && startAt < each.endAt)
        .map((other) => /** @type {[Context, Context]} */ ([each, other])),
    );
}

/** @param {Document} event @returns {Series} */
function seriesOf({ timezone, startAt, endAt }) {
  const length = fromWire(endAt) - fromWire(startAt);
  const days = Math.floor((length + DAY_MS / 2) / DAY_MS);
  return { zone: timezone, begin: toLocalInput(startAt, timezone), length, days };
}

/** When the occurrence of `day` begins and ends. @param {Series} series @param {string} day @param {boolean} allDay */
function at({ zone, begin, length, days }, day, allDay) {
  const startAt = fromLocalInput(day + begin.slice(10), zone);
  if (allDay) return { startAt, endAt: fromLocalInput(addDays(day, days) + begin.slice(10), zone) };
  return { startAt, endAt: later(startAt, length) };
}

/** @param {Document} event @param {string} first @param {string} last @returns {Context[]} */
function of(event, first, last) {
  const rule = ruleOf(event);
  const own = Object.keys(event.overrides);
  if (!rule && !own.length) return [lean(event, event.startAt, event.endAt, "")];
  const series = seriesOf(event);
  const begins = series.begin.slice(0, 10);
  const [from, to] = [addDays(first, -3 - Math.floor(series.length / DAY_MS)), addDays(last, 3)];
  const [since, below] = [from < FIRST ? FIRST : from, to > LAST ? LAST : to];
  const days = since <= begins && begins < below ? [begins] : [];
  if (rule) days.push(...occurrences(rule, series.begin, `${since}T00:00`, `${below}T00:00`).map((each) => each.slice(0, 10)));
  days.push(...own.filter((each) => each >= FIRST && each <= LAST));
  return [...new Set(days)].filter((day) => !event.exceptions.includes(day)).map((day) => one(event, day, series));
}

/** @param {Document} event @param {string} day @param {Series} series @returns {Context} */
function one(event, day, series) {
  const { startAt, endAt } = at(series, day, event.allDay);
  const made = lean(event, startAt, endAt, day);
  if (!Object.hasOwn(event.overrides, day)) return made;
  const own = event.overrides[day];
  Object.assign(made, own);
  if (own.startAt && !own.endAt) made.endAt = later(own.startAt, series.length);
  if (made.endAt < made.startAt) made.endAt = made.startAt;
  return made;
}

/** @param {string} instant @param {number} ms */
const later = (instant, ms) => toWire(Math.min(fromWire(instant) + ms, LAST_MS));

/** What lists show of an event, and its place in them, which `place` fills in. @param {Document} event @param {string} startAt @param {string} endAt @param {string} on @returns {Context} */
function lean({ id, title, location, meetingLink, allDay, timezone, source }, startAt, endAt, on) {
  return { id, on, title, location, meetingLink, allDay, timezone, source, startAt, endAt, first: "", last: "", begins: "", ends: "" };
}

/** @param {Context} each @param {string} zone */
function place(each, zone) {
  const where = each.allDay ? each.timezone : zone;
  const [begin, end] = [toLocalInput(each.startAt, where), toLocalInput(each.endAt, where)];
  each.first = begin.slice(0, 10);
  each.last = end.slice(0, 10);
  each.begins = begin.slice(11);
  each.ends = end.slice(11);
  if (each.last > each.first && each.ends === "00:00") {
    each.last = addDays(each.last, -1);
    each.ends = "24:00";
  }
}
