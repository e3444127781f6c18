/** What holds for events. Twin of rules.py. */
import { DAY_MS, dayNumber, fromWire, toWire } from "../../static/device/clock.js";
import { InvalidError } from "../../static/device/errors.js";
import { refusal } from "../../static/device/recurrence.js";
import { length } from "../../static/device/text.js";
import { isZone } from "../../static/device/when.js";
import { meetingLink } from "./meetings.js";

/** @typedef {import("../module.js").Document} Document */

const SHORT_MS = 25 * 3_600_000;
/** @type {Record<string, number>} */
export const OVERRIDABLE = { title: 200, description: 5_000, location: 500, meetingLink: 2_000, timezone: 100 };
export const ENDS_FIRST = "The end is before the start. Choose a later end.";
const NO_INSTANT = "Write an instant like 2026-01-16T09:30:00.000Z.";
export const NO_ZONE = "This zone is not known. Write it like Europe/Lisbon.";
export const NO_MEETING = "Only links to Zoom, Google Meet or Teams are kept here. Put others into the description.";
const NO_OVERRIDE = "What one date has of its own must be texts, times or allDay, under a date like 2026-11-24.";
const FOREVER = "9999-12-31T23:59:59.999Z";
const FIRST_MS = fromWire("0001-01-01T00:00:00.000Z");
const LAST_MS = fromWire(FOREVER);
const DAY = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/;
const UNTIL = /UNTIL=([0-9]{4})([0-9]{2})([0-9]{2})/;
/** @type {Record<string, string>} */
const RULES = { none: "", daily: "FREQ=DAILY", weekly: "FREQ=WEEKLY", monthly: "FREQ=MONTHLY" };

/** @type {(document: Document, previous: Document | null) => void} throws InvalidError */
export const deriveEvent = (document, previous) => {
  const isNew = (/** @type {string} */ name) =>
    previous === null || JSON.stringify(previous[name]) !== JSON.stringify(document[name]);
  for (const name of ["startAt", "endAt"]) document[name] = wire(document[name], name);
  if (document.endAt < document.startAt) throw refused("endAt", ENDS_FIRST);
  if (isNew("timezone") && !isZone(document.timezone)) throw refused("timezone", NO_ZONE);
  const why = document.rrule !== null && isNew("rrule") && refusal(document.rrule);
  if (why) throw refused("rrule", why);
  if (document.meetingLink !== null && isNew("meetingLink")) {
    document.meetingLink = link(document.meetingLink, "meetingLink");
  }
  if (isNew("overrides")) {
    const own = Object.entries(document.overrides).map(([day, each]) => [day, override(day, each)]);
    document.overrides = Object.fromEntries(own);
  }
  document.reminderMinutes = [...new Set(document.reminderMinutes)].sort((a, b) => Number(a) - Number(b));
  document.lastAt = lastAt(document);
};

/** @type {(document: Document) => string | null} */
export const due = ({ startAt, reminderMinutes }) =>
  reminderMinutes.length ? toWire(Math.max(fromWire(startAt) - Math.max(...reminderMinutes) * 60_000, FIRST_MS)) : null;

/** The RFC 5545 rule of an event; "" for one that happens once. @param {Document} event @returns {string} */
export function ruleOf({ recurrenceRule, rrule }) {
  return RULES[recurrenceRule] ?? rrule ?? "";
}

/** @param {Document} event */
function lastAt(event) {
  const span = fromWire(event.endAt) - fromWire(event.startAt);
  const rule = ruleOf(event);
  const own = Object.entries(event.overrides);
  if (!rule && !own.length) return span > SHORT_MS ? event.endAt : null;
  const until = UNTIL.exec(rule);
  if (rule && !until) return FOREVER;
  const days = [until ? until.slice(1).join("-") : event.startAt.slice(0, 10)];
  for (const [day, { startAt = day, endAt = day }] of own) days.push(day, startAt.slice(0, 10), endAt.slice(0, 10));
  const last = /** @type {string} */ (days.sort().at(-1));
  return toWire(Math.min(fromWire(`${last}T00:00:00Z`) + span + 3 * DAY_MS, LAST_MS));
}

/** @param {string} day @param {any} given */
function override(day, given) {
  if (!isDay(day) || typeof given !== "object" || given === null || Array.isArray(given)) {
    throw refused("overrides", NO_OVERRIDE);
  }
  const kept = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, overridden(name, value)]));
  if (kept.startAt && (kept.endAt ?? kept.startAt) < kept.startAt) throw refused("overrides", ENDS_FIRST);
  return kept;
}

/** @param {string} name @param {any} value */
function overridden(name, value) {
  if ((name === "allDay" && typeof value === "boolean") || (name === "meetingLink" && value === null)) return value;
  if (typeof value !== "string") throw refused("overrides", NO_OVERRIDE);
  if (name === "startAt" || name === "endAt") return wire(value, "overrides");
  const most = Object.hasOwn(OVERRIDABLE, name) ? OVERRIDABLE[name] : -1;
  if (length(value) > most || (name === "title" && !value)) throw refused("overrides", NO_OVERRIDE);
  if (name === "timezone" && !isZone(value)) throw refused("overrides", NO_ZONE);
  return name === "meetingLink" ? link(value, "overrides") : value;
}

/** @param {string} text */
function isDay(text) {
  const found = DAY.exec(text);
  try {
    return found !== null && Number.isFinite(dayNumber(Number(found[1]), Number(found[2]), Number(found[3])));
  } catch {
    return false;
  }
}

/** @param {string} given @param {string} field */
function link(given, field) {
  const found = meetingLink(given);
  if (!found) throw refused(field, NO_MEETING);
  return found;
}

/** @param {string} given @param {string} field */
function wire(given, field) {
  try {
    return toWire(Math.min(Math.max(fromWire(given), FIRST_MS), LAST_MS));
  } catch {
    throw refused(field, NO_INSTANT);
  }
}

/** @param {string} field @param {string} why */
const refused = (field, why) => new InvalidError(why, [{ field, message: why }]);
