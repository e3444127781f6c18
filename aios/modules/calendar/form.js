/** The form of an event: what it is filled with, and what comes back. Twin of form.py. */
import { fromWire, toWire } from "../../static/device/clock.js";
import { value } from "../../static/device/forms.js";
import { get } from "../../static/device/query.js";
import { understand } from "../../static/device/quick.js";
import { normalise, textHash, trim } from "../../static/device/text.js";
import { addDays, clock, fromLocalInput, isDay, isZone } from "../../static/device/when.js";
import { FIRST, LAST, occurrence } from "./happening.js";
import { meetingLink } from "./meetings.js";
import { repeatValues, ruleFrom } from "./repeating.js";
import { ENDS_FIRST, NO_MEETING, NO_ZONE } from "./rules.js";

/** @typedef {import("../module.js").Document} Document @typedef {import("../module.js").Form} Form */
/** @typedef {import("../module.js").Query} Query */

/** @type {[number, string][]} */
export const REMINDERS = [
  [0, "At the start"],
  [10, "10 minutes before"],
  [60, "An hour before"],
  [1_440, "A day before"],
];
export const NO_TITLE = "Write what happens.";
export const NO_TIME = "Choose a day and a time.";
const TIMES = ["startAt", "endAt", "allDay", "timezone"];

/** What the form of a new event is filled with. @param {Query} query @param {Document | null} copied @returns {Record<string, string>} */
export function newValues(query, copied) {
  if (copied !== null) return eventValues(copied, "");
  const date = get(query, "date");
  const day = isDay(date) ? date : query.day;
  let time = get(query, "time");
  if (!/^([01][0-9]|2[0-3]):[0-5][0-9]$/.test(time)) time = day === query.day ? nextHour(query) : "09:00";
  const hour = Number(time.slice(0, 2)) + 1;
  return {
    title: get(query, "title"),
    location: "",
    meetingLink: "",
    date: day,
    time,
    endDate: hour > 23 ? addDays(day, 1) : day,
    endTime: digits(hour % 24) + time.slice(2),
    allDay: "",
    timezone: query.zone,
    ...repeatValues({ recurrenceRule: "none", rrule: null }),
    ...reminders([]),
  };
}

/** What the form of an event is filled with, on the clocks of its own zone. @param {Document} event @param {string} on @returns {Record<string, string>} */
export function eventValues(event, on) {
  const shown = occurrence(event, on, event.timezone);
  const { allDay } = shown;
  const isOver = shown.ends === "24:00" && !allDay;
  return {
    title: shown.title,
    location: shown.location,
    meetingLink: shown.meetingLink ?? "",
    date: shown.first,
    time: allDay ? "09:00" : shown.begins,
    endDate: isOver ? addDays(shown.last, 1) : shown.last,
    endTime: allDay ? "10:00" : isOver ? "00:00" : shown.ends,
    allDay: allDay ? "true" : "",
    timezone: event.timezone,
    ...repeatValues(event),
    ...reminders(event.reminderMinutes),
  };
}

/** The event that a line means. Throws where the calendar has no such day. @param {string} line @param {Query} query @returns {Document} */
export function lineFields(line, query) {
  const found = understand(line, [], query);
  const { day = query.day, time = "" } = found;
  /** @type {Document} */
  const fields = { title: found.title, timezone: query.zone };
  for (const name of ["recurrenceRule", "rrule"]) if (found[name]) fields[name] = found[name];
  if (found.day && !time) {
    const [startAt, endAt] = [day, addDays(day, 1)].map((each) => fromLocalInput(`${each}T00:00`, query.zone));
    return { ...fields, startAt, endAt, allDay: true };
  }
  const startAt = fromLocalInput(`${day}T${time || nextHour(query)}`, query.zone);
  return { ...fields, startAt, endAt: toWire(fromWire(startAt) + 3_600_000) };
}

/**
 * The fields of an event as the form holds them, and a sentence for each that cannot be read.
 * @param {Form} form @param {Query} query @returns {{fields: Document, errors: Record<string, string>}}
 */
export function readForm(form, query) {
  /** @type {Record<string, string>} */
  const errors = {};
  /** @type {Document} */
  const fields = { title: trim(value(form, "title")), location: trim(value(form, "location")) };
  if (!fields.title) errors.title = NO_TITLE;
  fields.timezone = trim(value(form, "timezone")) || query.zone;
  if (!isZone(fields.timezone)) errors.timezone = NO_ZONE;
  fields.allDay = value(form, "allDay") === "true";
  try {
    const date = value(form, "date");
    if (date < FIRST || date > LAST) errors.date = NO_TIME;
    Object.assign(fields, times(form, fields.timezone, fields.allDay));
    // Whole days end at the midnight after the last, so an end on the day before would look like no time at all.
    if (fields.endAt < fields.startAt || (fields.allDay && fields.endAt === fields.startAt)) errors.endDate = ENDS_FIRST;
  } catch {
    errors.date = NO_TIME;
  }
  if (form.has("description")) fields.description = value(form, "description");
  const link = trim(value(form, "meetingLink"));
  const found = meetingLink(link || `${fields.location}\n${value(form, "description")}`);
  fields.meetingLink = found || null;
  if (link && !found) errors.meetingLink = NO_MEETING;
  Object.assign(fields, ruleFrom(form, value(form, "date"), errors));
  const others = value(form, "remind-other").split(",").filter((each) => /^[0-9]{1,5}$/.test(each));
  const chosen = REMINDERS.flatMap(([each]) => (value(form, `remind-${each}`) ? [each] : []));
  fields.reminderMinutes = [...others.map(Number), ...chosen].sort((a, b) => a - b);
  return { fields, errors };
}

/** Those of `fields` that the person changed; of what belongs together both. @param {Form} form @param {Document} fields @param {Query} query */
export function changedFields(form, fields, query) {
  const shown = new Map([...form].flatMap(([name, all]) => (name.startsWith("shown.") ? [[name.slice(6), all]] : [])));
  const before = readForm(shown, query).fields;
  const isChanged = (/** @type {string} */ name) => !shown.size || JSON.stringify(before[name]) !== JSON.stringify(fields[name]);
  const names = new Set(Object.keys(fields).filter(isChanged));
  if (Object.hasOwn(fields, "description")) {
    if (value(form, "bases.description") === textHash(normalise(fields.description))) names.delete("description");
    else names.add("description");
  }
  for (const together of [TIMES, ["recurrenceRule", "rrule"]]) {
    if (together.some((name) => names.has(name))) for (const name of together) names.add(name);
  }
  return Object.fromEntries([...names].map((name) => [name, fields[name]]));
}

/** @param {Form} form @param {string} zone @param {boolean} allDay */
function times(form, zone, allDay) {
  const day = value(form, "date");
  const last = value(form, "endDate") || day;
  if (allDay) return { startAt: fromLocalInput(`${day}T00:00`, zone), endAt: fromLocalInput(`${addDays(last, 1)}T00:00`, zone) };
  const startAt = fromLocalInput(`${day}T${value(form, "time")}`, zone);
  if (!value(form, "endTime")) return { startAt, endAt: toWire(fromWire(startAt) + 3_600_000) };
  return { startAt, endAt: fromLocalInput(`${last}T${value(form, "endTime")}`, zone) };
}

/** @param {number[]} minutes */
function reminders(minutes) {
  const known = REMINDERS.map(([each]) => each);
  return {
    ...Object.fromEntries(known.map((each) => [`remind-${each}`, minutes.includes(each) ? "true" : ""])),
    "remind-other": minutes.filter((each) => !known.includes(each)).join(),
  };
}

/** @param {Query} query */
const nextHour = ({ now, zone }) => `${digits(Math.min(Number(clock(now, zone).slice(0, 2)) + 1, 23))}:00`;

/** @param {number} number */
const digits = (number) => String(number).padStart(2, "0");
