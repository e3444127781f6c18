/** The days of a recurrence. Twin of aios/records/recurrence.py, which says what is refused and why. */
import { iter } from "../vendor/rrule/rrule.min.js";
import { DAY_MS, dayNumber, fromWire, minuteText } from "./clock.js";

/** @typedef {Record<string, number[]>} Parts see Python's */

const NOT_A_RULE = "Write a rule like FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE.";
const TOO_OFTEN = "A rule repeats at most once a day: FREQ is DAILY, WEEKLY, MONTHLY or YEARLY.";
const NEVER = "This rule gives no day. Change its BYDAY, BYMONTHDAY, BYMONTH or BYSETPOS.";
const BY_WEEKS = "Only a rule for every day may name days or months. Use FREQ=WEEKLY or FREQ=MONTHLY.";
const WINDOW_MS = 40 * 366 * 86_400_000;
/** How many periods are tried: the days of the window. */
const STEPS = 40 * 366 + 1;
const MOST = 1_000;
const FREQUENCIES = ["YEARLY", "MONTHLY", "WEEKLY", "DAILY"];
const [YEARLY, MONTHLY, WEEKLY, DAILY] = [0, 1, 2, 3];
const DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
const NUMBER = /^[+-]?[0-9]{1,4}$/;
const DAY = /^([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)$/;
const UNTIL = /^([0-9]{4})([0-9]{2})([0-9]{2})(?:T([0-9]{2})([0-9]{2})(?:[0-5][0-9]|60)Z?)?$/;
const LOCAL = /^(?:19|[2-8][0-9]|9[0-8])[0-9]{2}-/;
/** @type {Record<string, number>} */
const LIMITS = { INTERVAL: 999, COUNT: 9_999, BYMONTH: 12, BYMONTHDAY: 31, BYYEARDAY: 366, BYWEEKNO: 53, BYSETPOS: 366 };
const MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Why `rule` cannot be followed, as a sentence for a person; "" when it can. @param {string} rule */
export function refusal(rule) {
  try {
    parse(rule);
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
  return "";
}

/**
 * The local times of `rule`, begun at `start`, from `since` on and before `below`; at most MOST.
 * @param {string} rule @param {string} start @param {string} since @param {string} below
 */
export function occurrences(rule, start, since, below) {
  const key = `${rule} ${start} ${since} ${below}`;
  let found = followed.get(key);
  if (found) return found;
  found = /** @type {string[]} */ ([]);
  if (followed.size > 512) followed.clear();
  followed.set(key, found);
  follow(rule, start, since, (each) => {
    if (each >= below || found.length === MOST) return false;
    if (each >= since) found.push(each);
    return true;
  });
  return found;
}

/** What was answered before: a page asks the same of each series whenever it is shown. @type {Map<string, string[]>} */
const followed = new Map();

/**
 * The first time after `start` that is not before `since`, and the rule from there on; null where the rule has ended.
 * @param {string} rule @param {string} start @param {string} since @returns {[string, string] | null}
 */
export function following(rule, start, since) {
  /** @type {[string, string] | null} */
  let found = null;
  let done = -1;
  follow(rule, start, "", (each) => {
    done += 1;
    if (each <= start || each < since) return true;
    found = [each, rule.replace(/COUNT=([0-9]+)/, (_, count) => `COUNT=${Number(count) - done}`)];
    return false;
  });
  return found;
}

/**
 * Give each time to `accept`, until it answers false; of those before `since` some may be left out.
 * @param {string} rule @param {string} start @param {string} since @param {(local: string) => boolean} accept
 */
function follow(rule, start, since, accept) {
  if (refusal(rule) || !LOCAL.test(start)) return;
  const parts = parse(rule);
  const begin = new Date(fromWire(`${start}:00Z`));
  let until = begin.getTime() + WINDOW_MS;
  if (parts.UNTIL) until = Math.min(until, fromParts(parts.UNTIL));
  const [frequency] = parts.FREQ;
  const days = parts.BYDAY ?? null;
  const free = !days && !parts.BYMONTHDAY && !parts.BYYEARDAY && !parts.BYWEEKNO;
  const monthDays = parts.BYMONTHDAY ?? (free && frequency <= MONTHLY ? [begin.getUTCDate()] : []);
  const plain = days?.filter((day) => day >= 0 && day < 7) ?? (free && frequency === WEEKLY ? [(begin.getUTCDay() + 6) % 7] : []);
  const counted = days?.filter((day) => day < 0 || day >= 7) ?? [];
  let [from, left] = [begin, parts.COUNT?.[0] ?? Infinity];
  if (since > start) {
    const close = Math.min(fromWire(`${since}:00Z`), until);
    if (parts.COUNT) [from, left] = aheadCounted(begin, parts, dayStart(close));
    else from = ahead(begin, parts, close);
  }
  if (left === 0) return;
  iter(
    {
      accept: (date) => {
        left -= 1;
        return accept(minuteText(date.getTime())) && left > 0;
      },
      getValue: () => undefined,
    },
    {
      freq: frequency,
      dtstart: from,
      interval: parts.INTERVAL?.[0] ?? 1,
      wkst: parts.WKST?.[0] ?? 0,
      count: null,
      until: new Date(until),
      steps: STEPS,
      bysetpos: parts.BYSETPOS ?? null,
      bymonth: parts.BYMONTH ?? (free && frequency === YEARLY ? [begin.getUTCMonth() + 1] : null),
      bymonthday: monthDays.filter((day) => day > 0),
      bynmonthday: monthDays.filter((day) => day < 0),
      byyearday: parts.BYYEARDAY ?? null,
      byweekno: parts.BYWEEKNO ?? null,
      byweekday: plain.length ? plain : null,
      bynweekday: counted.length ? counted.map((day) => [(day + 700) % 7, Math.floor(day / 7)]) : null,
      byhour: [begin.getUTCHours()],
      byminute: [begin.getUTCMinutes()],
      bysecond: [0],
      byeaster: null,
    },
  );
}

/** A later begin with the same times from `since` on. @param {Date} begin @param {Parts} parts @param {number} since ms */
function ahead(begin, parts, since) {
  const [frequency] = parts.FREQ;
  const interval = parts.INTERVAL?.[0] ?? 1;
  if (frequency >= WEEKLY) {
    const step = interval * (frequency === WEEKLY ? 7 : 1) * DAY_MS;
    return new Date(begin.getTime() + Math.max(Math.floor((dayStart(since) - begin.getTime()) / step) - 2, 0) * step);
  }
  const months = interval * (frequency === YEARLY ? 12 : 1);
  const until = new Date(since);
  const between = (until.getUTCFullYear() - begin.getUTCFullYear()) * 12 + until.getUTCMonth() - begin.getUTCMonth();
  const passed = Math.max(Math.floor(between / months) - 1, 0) * months;
  if (passed === 0) return begin;
  const month = frequency === MONTHLY ? begin.getUTCMonth() + passed : passed;
  const year = begin.getUTCFullYear() + Math.floor(month / 12);
  return new Date(dayNumber(year, (month % 12) + 1, 1) * DAY_MS + (begin.getTime() - dayStart(begin.getTime())));
}

/**
 * The same, with less to COUNT: where each period has as many times as the next. Nothing is left of a rule that ended.
 * @param {Date} begin @param {Parts} parts @param {number} until ms @returns {[Date, number]}
 */
function aheadCounted(begin, parts, until) {
  const [[frequency], [count], days] = [parts.FREQ, parts.COUNT, new Set(parts.BYDAY)];
  if (frequency < WEEKLY || parts.BYMONTH || parts.BYMONTHDAY || parts.BYSETPOS) return [begin, count];
  let [first, missed] = [begin.getTime(), 0];
  if (frequency === WEEKLY && days.size) {
    // The first week has what is left of it.
    const weekStart = parts.WKST?.[0] ?? 0;
    const into = (begin.getUTCDay() + 13 - weekStart) % 7;
    first -= into * DAY_MS;
    missed = [...days].filter((day) => (day + 7 - weekStart) % 7 < into).length;
  }
  const period = (days.size || frequency === WEEKLY ? 7 : 1) * (parts.INTERVAL?.[0] ?? 1) * DAY_MS;
  const passed = Math.floor((until - first) / period) - 1;
  if (passed <= 0) return [begin, count];
  return [new Date(first + passed * period), Math.max(count - passed * Math.max(days.size, 1) + missed, 0)];
}

/** @param {number} ms */
const dayStart = (ms) => Math.floor(ms / DAY_MS) * DAY_MS;

/** @type {Map<string, Parts>} the last rules that were read */
const known = new Map();

/** The parts of a rule. Throws RangeError with a sentence. @param {string} rule */
function parse(rule) {
  let parts = known.get(rule);
  if (!parts) {
    parts = read(rule);
    if (known.size > 256) known.clear();
    known.set(rule, parts);
  }
  return parts;
}

/** @param {string} rule */
function read(rule) {
  /** @type {Parts} */
  const parts = {};
  for (const part of rule.replace(/^RRULE:/, "").split(";")) {
    const [name] = part.split("=", 1);
    const value = part.slice(name.length + 1);
    if (Object.hasOwn(parts, name) || !value) throw new RangeError(NOT_A_RULE);
    parts[name] = valuesOf(name, value);
  }
  if (!parts.FREQ || (parts.COUNT && parts.UNTIL)) throw new RangeError(NOT_A_RULE);
  check(parts);
  return parts;
}

/** @param {string} name @param {string} value @returns {number[]} */
function valuesOf(name, value) {
  if (name === "FREQ") {
    const frequency = FREQUENCIES.indexOf(value);
    if (frequency >= 0) return [frequency];
    throw new RangeError(["HOURLY", "MINUTELY", "SECONDLY"].includes(value) ? TOO_OFTEN : NOT_A_RULE);
  }
  if (name === "WKST" && DAYS.includes(value)) return [DAYS.indexOf(value)];
  if (name === "UNTIL") return untilOf(value);
  const given = value.split(",");
  if (name === "BYDAY") {
    return given.map((each) => {
      const day = DAY.exec(each);
      if (!day) throw new RangeError(NOT_A_RULE);
      return Number(day[1] ?? 0) * 7 + DAYS.indexOf(day[2]);
    });
  }
  if (!Object.hasOwn(LIMITS, name) || (["INTERVAL", "COUNT"].includes(name) && given.length > 1)) {
    throw new RangeError(["BYHOUR", "BYMINUTE", "BYSECOND"].includes(name) ? TOO_OFTEN : NOT_A_RULE);
  }
  const numbers = given.map((each) => (NUMBER.test(each) ? Number(each) : 0));
  const positive = ["INTERVAL", "COUNT", "BYMONTH"].includes(name);
  const fits = (/** @type {number} */ each) => each > 0 && each <= LIMITS[name];
  if (!numbers.every((each) => fits(positive ? each : Math.abs(each)))) throw new RangeError(NOT_A_RULE);
  return numbers;
}

/** Year, month, day, hour and minute; a day alone lasts until its end. @param {string} value */
function untilOf(value) {
  const found = UNTIL.exec(value);
  if (!found) throw new RangeError(NOT_A_RULE);
  const numbers = [...found.slice(1, 4), found[4] ?? "23", found[5] ?? "59"].map(Number);
  fromParts(numbers);
  return numbers;
}

/** @param {number[]} numbers */
function fromParts([year, month, day, hour, minute]) {
  if (month < 1 || month > 12 || hour > 23 || minute > 59) throw new RangeError(NOT_A_RULE);
  let number;
  try {
    number = dayNumber(year, month, day);
  } catch {
    throw new RangeError(NOT_A_RULE);
  }
  return ((number * 24 + hour) * 60 + minute) * 60_000;
}

/** Refuse what RFC 5545 does not allow together, and what never gives a day. Throws RangeError. @param {Parts} parts */
function check(parts) {
  const [frequency] = parts.FREQ;
  const by = Object.keys(parts).filter((name) => name.startsWith("BY"));
  const days = parts.BYDAY ?? [];
  const most = frequency === YEARLY ? (parts.BYMONTH ? 5 : 53) : frequency === MONTHLY ? 5 : 0;
  if (frequency === DAILY && parts.BYSETPOS) throw new RangeError(NEVER);
  if (
    (frequency !== YEARLY && (parts.BYYEARDAY || parts.BYWEEKNO)) ||
    (frequency === WEEKLY && parts.BYMONTHDAY) ||
    (days.some((day) => day < 0 || day >= 7) && (!most || parts.BYWEEKNO)) ||
    days.some((day) => Math.abs(Math.floor(day / 7)) > most) ||
    by.join() === "BYSETPOS"
  ) {
    throw new RangeError(NOT_A_RULE);
  }
  if (frequency === DAILY && by.length && (parts.INTERVAL?.[0] ?? 1) !== 1) throw new RangeError(BY_WEEKS);
  const inWeek = new Set(parts.BYDAY ?? [0]).size;
  if (frequency === WEEKLY && parts.BYSETPOS?.some((each) => Math.abs(each) > inWeek)) throw new RangeError(NEVER);
  const months = parts.BYMONTH ?? [1];
  if (parts.BYMONTHDAY?.every((day) => months.every((month) => Math.abs(day) > MONTH_DAYS[month - 1]))) {
    throw new RangeError(NEVER);
  }
}
