/**
 * Instants as a person reads them: twin of aios/web/when.py. Pure: the instant, the zone and the present are given.
 *
 * Instants are in wire form, days are `2026-11-23`. Names are tables, because locales differ (docs/parity.md). `Intl`
 * is asked for one thing alone, by how much a zone is ahead of UTC. A zone that is unknown counts as UTC.
 */
import { DAY_MS, dateOf, dayNumber, fromWire, minuteText, toWire } from "./clock.js";

const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
const SHORT = 3;
const DAY = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/;
const LOCAL_INPUT = /^([0-9]{4}-[0-9]{2}-[0-9]{2})T([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?$/;
const RELATIVE = new Map([
  [-1, "Yesterday"],
  [0, "Today"],
  [1, "Tomorrow"],
]);
const MINUTE_MS = 60_000;
/** No zone was ever farther from UTC, and none changes its clocks twice within two days. */
const FARTHEST_MS = 16 * 60 * MINUTE_MS;
const FIRST_DAY = dayNumber(1, 1, 1);
const LAST_DAY = dayNumber(9999, 12, 31);
const MOST_OFFSETS = 4_096;

/** @type {Set<string>} */
let zones = new Set();
/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();
/** By zone, then by the start of a day. @type {Map<string, Map<number, number>>} */
const offsets = new Map();

/**
 * Say which zones there are: the server's list, so that both sides take the same names. Call it once.
 * @param {string[]} names
 */
export function setZones(names) {
  zones = new Set(names);
}

/**
 * Whether `zone` names a time zone.
 * @param {string} zone
 */
export function isZone(zone) {
  return zones.has(zone);
}

/**
 * The date at `instant` in `zone`: `2026-11-23`.
 * @param {string} instant
 * @param {string} zone
 */
export function localDay(instant, zone) {
  return writeDay(dayAt(instant, zone));
}

/** Whether `text` is a day of the calendar, like `2026-11-24`. @param {string} text */
export function isDay(text) {
  try {
    return Number.isFinite(readDay(text));
  } catch {
    return false;
  }
}

/**
 * What pages read by: `@now`, start and end of the local day, end of the seven days after it; `@date`.
 * @param {string} now
 * @param {string} zone
 * @param {string} chosen what `@date` begins with
 */
export function bounds(now, zone, chosen = "") {
  const today = dayAt(now, zone);
  return {
    "@now": now,
    "@date": isDay(chosen.slice(0, 10)) ? chosen.slice(0, 10) : writeDay(today),
    "@dayStart": startOf(today, zone),
    "@dayEnd": startOf(today + 1, zone),
    "@weekEnd": startOf(today + 8, zone),
  };
}

/**
 * `Today`, `Tomorrow`, `Yesterday`, `Tue 24 Nov`; in another year `24 Nov 2025`.
 * @param {string} day
 * @param {string} today
 */
export function shortDay(day, today) {
  const [that, now] = [readDay(day), readDay(today)];
  const relative = RELATIVE.get(that - now);
  if (relative) return relative;
  return isSameYear(that, now) ? `${weekday(that).slice(0, SHORT)} ${dayMonth(that)}` : dayMonthYear(that);
}

/**
 * `Tuesday 24 November`.
 * @param {string} day
 */
export function longDay(day) {
  const that = readDay(day);
  const { month, day: number } = dateOf(that);
  return `${weekday(that)} ${number} ${MONTHS[month - 1]}`;
}

/**
 * The time of day: `09:05`.
 * @param {string} instant
 * @param {string} zone
 */
export function clock(instant, zone) {
  const minutes = Math.floor(modulo(localMs(instant, zone), DAY_MS) / MINUTE_MS);
  return `${digits(Math.floor(minutes / 60), 2)}:${digits(minutes % 60, 2)}`;
}

/**
 * As short as it stays clear: `09:05` today, `Mon` in the last six days, `18 Nov` this year, `18 Nov 2025`.
 * @param {string} instant
 * @param {string} zone
 * @param {string} now
 */
export function moment(instant, zone, now) {
  const [that, today] = [dayAt(instant, zone), dayAt(now, zone)];
  const age = today - that;
  if (age === 0) return clock(instant, zone);
  if (age > 0 && age <= 6) return weekday(that).slice(0, SHORT);
  return isSameYear(that, today) ? dayMonth(that) : dayMonthYear(that);
}

/**
 * The day so many days later; the same one where the calendar ends.
 * @param {string} day
 * @param {number} count
 */
export function addDays(day, count) {
  const later = readDay(day) + count;
  return later >= FIRST_DAY && later <= LAST_DAY ? writeDay(later) : day;
}

/**
 * The value of a datetime-local input: `2026-11-24T09:00`.
 * @param {string} instant
 * @param {string} zone
 */
export function toLocalInput(instant, zone) {
  return minuteText(localMs(instant, zone));
}

/**
 * The instant that a datetime-local input means in `zone`. Throws RangeError for anything else.
 *
 * A time that a clock change repeats is the first of the two; one that it skips moves on by the gap.
 * @param {string} text
 * @param {string} zone
 */
export function fromLocalInput(text, zone) {
  const found = LOCAL_INPUT.exec(text);
  if (!found) throw new RangeError("a local time is written like 2026-11-24T09:00");
  const [, day, hour, minute, second = "0"] = found;
  const passed = ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000;
  return toWire(instantOf(readDay(day) * DAY_MS + passed, zone));
}

/**
 * Milliseconds from the epoch to the local time, as if that were UTC. At the ends of the calendar, where a zone has
 * no local time, that of UTC.
 * @param {string} instant
 * @param {string} zone
 */
function localMs(instant, zone) {
  const ms = fromWire(instant);
  const local = ms + offset(ms, zone);
  const day = Math.floor(local / DAY_MS);
  return day < FIRST_DAY || day > LAST_DAY ? ms : local;
}

/**
 * The instant of a local time; twin of `fold=0` (PEP 495): near a clock change what the zone had before it counts,
 * unless the time is wholly after it.
 * @param {number} local
 * @param {string} zone
 */
function instantOf(local, zone) {
  const [before, after] = [offset(local - FARTHEST_MS, zone), offset(local + FARTHEST_MS, zone)];
  const isBefore = offset(local - before, zone) === before || offset(local - after, zone) !== after;
  return local - (isBefore ? before : after);
}

/**
 * By how many milliseconds `zone` is ahead of UTC at the instant `ms`.
 *
 * Asking `Intl` takes some microseconds, so the answers at the two ends of a day are kept; where they are equal, they
 * hold between.
 * @param {number} ms
 * @param {string} zone
 */
function offset(ms, zone) {
  if (zone === "UTC" || !isZone(zone)) return 0;
  const start = Math.floor(ms / DAY_MS) * DAY_MS;
  const known = keptOffset(start, zone);
  return known === keptOffset(start + DAY_MS, zone) ? known : askOffset(ms, zone);
}

/** @param {number} ms @param {string} zone */
function keptOffset(ms, zone) {
  let known = offsets.get(zone);
  if (!known) offsets.set(zone, (known = new Map()));
  let found = known.get(ms);
  if (found === undefined) {
    if (known.size >= MOST_OFFSETS) known.clear();
    found = askOffset(ms, zone);
    known.set(ms, found);
  }
  return found;
}

/** @param {number} ms @param {string} zone */
function askOffset(ms, zone) {
  // Zones have local mean time before they have rules; the first days of year 1 would be written as of 1 BC.
  const at = Math.max(Math.floor(ms / 1000) * 1000, (FIRST_DAY + 2) * DAY_MS);
  const [month, day, year, hour, minute, second] = (formatOf(zone).format(at).match(/[0-9]+/g) ?? []).map(Number);
  const passed = ((hour * 60 + minute) * 60 + second) * 1000;
  // Year 10000 has no day number; its days follow 31 December 9999.
  const number = year > 9999 ? LAST_DAY + day : dayNumber(year, month, day);
  return number * DAY_MS + passed - at;
}

/** @param {string} zone */
function formatOf(zone) {
  let found = formats.get(zone);
  if (!found) {
    found = makeFormat(zone);
    formats.set(zone, found);
  }
  return found;
}

/** @param {string} zone */
function makeFormat(zone) {
  const numeric = /** @type {const} */ ("numeric");
  const time = { hour: numeric, minute: numeric, second: numeric, hourCycle: /** @type {const} */ ("h23") };
  const parts = { year: numeric, month: numeric, day: numeric, ...time };
  try {
    return new Intl.DateTimeFormat("en-US", { ...parts, timeZone: zone });
  } catch {
    // The server knows zones that are newer than this engine.
    return new Intl.DateTimeFormat("en-US", { ...parts, timeZone: "UTC" });
  }
}

/**
 * The first instant of a day. The date of a clock change may have no midnight; then it is what the rule for skipped
 * times gives.
 * @param {number} day
 * @param {string} zone
 */
function startOf(day, zone) {
  if (day > LAST_DAY) throw new RangeError("there is no such day");
  return toWire(instantOf(day * DAY_MS, zone));
}

/** @param {string} instant @param {string} zone */
function dayAt(instant, zone) {
  return Math.floor(localMs(instant, zone) / DAY_MS);
}

/** @param {string} text */
function readDay(text) {
  const found = DAY.exec(text);
  if (!found) throw new RangeError("a day is written like 2026-11-24");
  return dayNumber(Number(found[1]), Number(found[2]), Number(found[3]));
}

/** @param {number} number */
function writeDay(number) {
  const { year, month, day } = dateOf(number);
  return `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`;
}

/** 1 January 1970 was a Thursday. @param {number} number */
function weekday(number) {
  return DAYS[modulo(number + 3, 7)];
}

/** @param {number} number */
function dayMonth(number) {
  const { month, day } = dateOf(number);
  return `${day} ${MONTHS[month - 1].slice(0, SHORT)}`;
}

/** @param {number} number */
function dayMonthYear(number) {
  return `${dayMonth(number)} ${dateOf(number).year}`;
}

/** @param {number} one @param {number} other */
function isSameYear(one, other) {
  return dateOf(one).year === dateOf(other).year;
}

/** @param {number} number @param {number} width */
function digits(number, width) {
  return String(number).padStart(width, "0");
}

/** The remainder that is never negative. @param {number} number @param {number} by */
function modulo(number, by) {
  return ((number % by) + by) % by;
}
