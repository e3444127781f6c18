/**
 * Instants as the wire has them: RFC 3339, UTC, milliseconds, `Z`. Twin of aios/records/clock.py.
 *
 * Days are counted from 1970-01-01 in the Gregorian calendar, by whole numbers alone: engines disagree on which
 * texts `Date` takes, and it reads the years 0 to 99 as 1900 to 1999.
 */

export const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const MOST_DAYS = 4_096;
const FIRST_MS = -62_135_596_800_000;
const LAST_MS = 253_402_300_799_999;
const INSTANT = new RegExp(
  "^([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9])(?:\\.([0-9]+))?)?" +
    "(?:Z|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))$",
);
const DAYS_BEFORE = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];
const EPOCH_DAY = 719_162;
const [DAYS_IN_400_YEARS, DAYS_IN_100_YEARS, DAYS_IN_4_YEARS] = [146_097, 36_524, 1_461];

/** Milliseconds since the Unix epoch. */
export function nowMs() {
  return Date.now();
}

/**
 * Write milliseconds since the epoch as `2026-01-16T09:30:00.000Z`. Throws RangeError outside years 1 to 9999.
 * @param {number} ms
 */
export function toWire(ms) {
  if (!(ms >= FIRST_MS && ms <= LAST_MS)) throw new RangeError("an instant must lie in the years 1 to 9999");
  return ms % MINUTE_MS ? new Date(ms).toISOString() : `${minuteText(ms)}:00.000Z`;
}

/** Days and times of day as they were written before: a date takes longer to write than to look up. @type {Map<number, string>} */
const days = new Map();
/** @type {string[]} */
const times = [];

/** `2026-01-16T09:30`, in the years 1 to 9999. @param {number} ms */
export function minuteText(ms) {
  const day = Math.floor(ms / DAY_MS);
  const minute = Math.floor((ms - day * DAY_MS) / MINUTE_MS);
  let date = days.get(day);
  if (date === undefined) {
    if (days.size >= MOST_DAYS) days.clear();
    date = new Date(ms).toISOString().slice(0, 10);
    days.set(day, date);
  }
  times[minute] ??= new Date(minute * MINUTE_MS).toISOString().slice(10, 16);
  return date + times[minute];
}

/**
 * Read any RFC 3339 instant as milliseconds since the epoch; seconds may be left out. Throws RangeError.
 * @param {string} text
 */
export function fromWire(text) {
  const [date, time] = [text.slice(0, 11), text.slice(11, 16)];
  const isPlain = text.slice(16) === ":00.000Z";
  const [day, minute] = [dayOf.get(date), minuteOf.get(time)];
  if (isPlain && day !== undefined && minute !== undefined) return day * DAY_MS + minute * MINUTE_MS;
  const ms = read(text);
  if (isPlain) {
    if (dayOf.size >= MOST_DAYS) dayOf.clear();
    dayOf.set(date, Math.floor(ms / DAY_MS));
    minuteOf.set(time, Math.floor((ms - Math.floor(ms / DAY_MS) * DAY_MS) / MINUTE_MS));
  }
  return ms;
}

/** Days and times that were read before. @type {Map<string, number>} */
const dayOf = new Map();
/** @type {Map<string, number>} */
const minuteOf = new Map();

/** @param {string} text */
function read(text) {
  const found = INSTANT.exec(text);
  if (!found) throw new RangeError("an instant is written like 2026-01-16T09:30:00.000Z");
  const [, year, month, day, hour, minute, second = "0", fraction = "", sign = "+", hours = "0", minutes = "0"] = found;
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === "-" ? -1 : 1);
  const passed = ((Number(hour) * 60 + Number(minute) - offset) * 60 + Number(second)) * 1000;
  return dayNumber(Number(year), Number(month), Number(day)) * DAY_MS + passed + Number(`${fraction}000`.slice(0, 3));
}

/**
 * The number of a day. Throws RangeError for one that no calendar has, and outside years 1 to 9999.
 * @param {number} year
 * @param {number} month from 1
 * @param {number} day
 */
export function dayNumber(year, month, day) {
  const most = month === 2 ? 28 + leap(year) : DAYS_BEFORE[month] - DAYS_BEFORE[month - 1];
  if (!(year >= 1 && year <= 9999 && day >= 1 && day <= most)) throw new RangeError("there is no such day");
  return yearStart(year) + monthStart(year, month) + day - 1 - EPOCH_DAY;
}

/**
 * Year, month and day of a number of days: the opposite of `dayNumber`.
 * @param {number} number
 */
export function dateOf(number) {
  let left = number + EPOCH_DAY;
  let year = 1 + 400 * whole(left / DAYS_IN_400_YEARS);
  left %= DAYS_IN_400_YEARS;
  const centuries = Math.min(whole(left / DAYS_IN_100_YEARS), 3);
  left -= centuries * DAYS_IN_100_YEARS;
  const fours = whole(left / DAYS_IN_4_YEARS);
  left -= fours * DAYS_IN_4_YEARS;
  const years = Math.min(whole(left / 365), 3);
  left -= years * 365;
  year += centuries * 100 + fours * 4 + years;
  let month = 12;
  while (left < monthStart(year, month)) month--;
  return { year, month, day: left - monthStart(year, month) + 1 };
}

/** Days before `month` in its year. @param {number} year @param {number} month */
function monthStart(year, month) {
  return DAYS_BEFORE[month - 1] + (month > 2 ? leap(year) : 0);
}

/** Days before the first of January, from the first day of year 1. @param {number} year */
function yearStart(year) {
  const before = year - 1;
  return before * 365 + whole(before / 4) - whole(before / 100) + whole(before / 400);
}

/** 1 in a leap year, else 0. @param {number} year */
function leap(year) {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 1 : 0;
}

const whole = Math.floor;
