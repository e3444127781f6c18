/** Series that are changed as a whole, or cut in two. Twin of series.py. */
import { DAY_MS, fromWire } from "../../static/device/clock.js";
import { following } from "../../static/device/recurrence.js";
import { addDays, fromLocalInput, isDay, toLocalInput } from "../../static/device/when.js";
import { occurrence } from "./happening.js";
import { ruleOf } from "./rules.js";

/** @typedef {import("../module.js").Document} Document */

const CARRIED = ["title", "description", "location", "meetingLink", "allDay", "timezone", "reminderMinutes", "source"];

/** `changed` for the whole series. @param {Document} event @param {Document} changed @param {string} shown @param {string} given @returns {Document} */
export function shifted(event, changed, shown, given) {
  if (!changed.startAt || !isDay(shown) || !isDay(given)) return changed;
  const begins = occurrence(event, "", event.timezone).first;
  const by = days(shown, given);
  /** @type {Document} */
  const fields = { ...changed, ...moved(changed, days(given, begins) + by) };
  const own = Object.entries(event.overrides);
  if (by && (event.exceptions.length || own.length)) {
    fields.exceptions = event.exceptions.map((/** @type {string} */ day) => addDays(day, by));
    fields.overrides = Object.fromEntries(own.map(([day, each]) => [addDays(day, by), each]));
  }
  return fields;
}

/** The event that takes over from a series on the date `on`. @param {Document} event @param {string} on @param {Document} changed @param {string} given @returns {Document} */
export function fromHere(event, on, changed, given) {
  const rest = following(ruleOf(event), toLocalInput(event.startAt, event.timezone), `${on}T00:00`);
  const here = occurrence(event, on, event.timezone);
  const by = isDay(given) && changed.startAt ? days(on, given) : 0;
  const [skipped, own] = apart(event, on);
  return {
    ...Object.fromEntries(CARRIED.map((name) => [name, event[name]])),
    startAt: here.startAt,
    endAt: here.endAt,
    recurrenceInstanceOf: event.id,
    recurrenceRule: event.recurrenceRule,
    rrule: rest && event.recurrenceRule === "custom" ? rest[1] : event.rrule,
    exceptions: skipped.map((day) => addDays(day, by)),
    overrides: Object.fromEntries(own.filter((day) => day !== on).map((day) => [addDays(day, by), event.overrides[day]])),
    ...changed,
  };
}

/** The exceptions of a series from `on`, and its dates from there with something of their own. @param {Document} event @param {string} on @returns {[string[], string[]]} */
export function apart({ exceptions, overrides }, on) {
  const from = (/** @type {string} */ day) => day >= on;
  return [exceptions.filter(from), Object.keys(overrides).filter(from)];
}

/** @param {string} one @param {string} other */
const days = (one, other) => (fromWire(`${other}T00:00:00Z`) - fromWire(`${one}T00:00:00Z`)) / DAY_MS;

/** Start and end so many days later on the clocks of their zone. @param {Document} changed @param {number} count */
function moved({ startAt, endAt, timezone }, count) {
  const later = (/** @type {string} */ instant) => {
    const local = toLocalInput(instant, timezone);
    return fromLocalInput(addDays(local.slice(0, 10), count) + local.slice(10), timezone);
  };
  return { startAt: later(startAt), endAt: later(endAt) };
}
