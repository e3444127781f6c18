/** One line, understood. Twin of aios/web/quick.py, which says how. */
import { DAY_MS, dateOf, dayNumber, fromWire } from "./clock.js";
import { SPACES, fold, trim } from "./text.js";
import { clock } from "./when.js";

/**
 * @typedef {import("../../modules/module.js").Context} Context
 * @typedef {import("../../modules/module.js").Document} Document
 * @typedef {import("../../modules/module.js").Query} Query
 * @typedef {{text: string, word: string, project: string}} Token a piece of the line; without `word` it is title
 * @typedef {{rule: string, rrule: string | null, days?: number[]}} Repeats
 * @typedef {[day: number, taken: number]} Taken a day, and how many words it took; 0 of none
 */

const QUOTES = '"“”';
const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const CODES = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
const MONTHS = [
  "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
]; // prettier-ignore
/** Short names that mean a day by themselves: mon to fri. `sat` and `sun` are also words. */
const ALONE = 5;
const PRIORITIES = new Map([
  ["!low", "low"], ["!medium", "medium"], ["!high", "high"], ["!urgent", "urgent"],
  ["!1", "urgent"], ["!2", "high"], ["!3", "medium"], ["!4", "low"],
]); // prettier-ignore
const UNITS = new Map([
  ["day", "DAILY"],
  ["week", "WEEKLY"],
  ["month", "MONTHLY"],
  ["year", "YEARLY"],
]);
const SIMPLE = ["DAILY", "WEEKLY", "MONTHLY"];
const NUMBER = /^[0-9]{1,3}$/;
const ISO = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/;
const DOTTED = /^([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})?$/;
const DAY_OF_MONTH = /^([0-9]{1,2})(?:st|nd|rd|th)?$/;
const YEAR = /^[0-9]{4}$/;
const CLOCK = /^([01]?[0-9]|2[0-3]):([0-5][0-9])$/;
const TWELVE = /^(0?[1-9]|1[0-2])(?::([0-5][0-9]))?(am|pm)$/;
const HOUR = /^(0?[1-9]|1[0-2])$/;
const COMMAS = /[,;]+$/;
const LAST = dayNumber(9999, 12, 31);
/** No day of the calendar. */
const NO_DAY = LAST + 1;

/**
 * What `line` means: `title`, and those of the other fields that were understood, with local `day` and `time`.
 * @type {(line: string, projects: Document[], query: Query) => Context}
 */
export const understand = (line, projects, query) => {
  /** @type {Context} */
  const found = {};
  /** @type {string[]} */
  const title = [];
  const today = fromWire(`${query.day}T00:00Z`) / DAY_MS;
  const names = new Map(projects.toReversed().map((each) => [nameKey(each.name), each]));
  const tokens = tokensOf(line);
  for (let at = 0; at < tokens.length; ) {
    let taken = take(tokens, at, found, today);
    const { text, project } = tokens[at];
    if (!taken && project && !found.projectId) {
      const known = names.get(nameKey(project));
      if (known) {
        [found.projectId, found.project] = [known.id, known.name];
        taken = 1;
      } else found.unknown ??= project;
    }
    if (!taken) title.push(text);
    at += taken || 1;
  }
  const rest = title.filter(Boolean).join(" ");
  return rest ? { title: rest, ...settled(found, today, query) } : { title: trim(line) };
};

/** @param {string} name */
const nameKey = (name) => fold(name).replaceAll("-", " ");

/**
 * The line at its spaces. Quotes count at the beginning of a word, or behind its `#`, and where they close again.
 * @type {(line: string) => Token[]}
 */
const tokensOf = (line) => {
  /** @type {Token[]} */
  const tokens = [];
  for (let at = 0; at < line.length; ) {
    if (SPACES.has(line[at])) {
      at += 1;
      continue;
    }
    const opening = line[at] === "#" ? at + 1 : at;
    const closing = closingOf(line, opening);
    let end = closing ? closing + 1 : at;
    while (end < line.length && !SPACES.has(line[end])) end += 1;
    const whole = line.slice(at, end);
    const inside = line.slice(opening + 1, closing);
    if (closing && opening === at) tokens.push({ text: inside + line.slice(closing + 1, end), word: "", project: "" });
    else {
      const named = whole[0] === "#" ? whole.slice(1).replace(COMMAS, "") : "";
      tokens.push({ text: whole, word: fold(whole).replace(COMMAS, ""), project: closing ? inside : named });
    }
    at = end;
  }
  return tokens;
};

/** The place of the quote that closes the one at `opening`; 0 without either. @param {string} line @param {number} opening */
const closingOf = (line, opening) => {
  if (opening >= line.length || !QUOTES.includes(line[opening])) return 0;
  for (let at = opening + 1; at < line.length; at += 1) if (QUOTES.includes(line[at])) return at;
  return 0;
};

/**
 * Note what begins at `at`, and tell how many tokens that takes; 0 when nothing does.
 * @type {(tokens: Token[], at: number, found: Context, today: number) => number}
 */
const take = (tokens, at, found, today) => {
  const words = [...tokens.slice(at, at + 4).map(({ word }) => word), "", "", ""];
  const priority = PRIORITIES.get(words[0]);
  if (priority && !found.priority) {
    found.priority = priority;
    return 1;
  }
  if (!found.repeats && words[0] === "every") {
    const [repeats, taken] = every(words);
    if (repeats) {
      found.repeats = repeats;
      return taken;
    }
  }
  if (!found.time) {
    const [time, taken] = timeOf(words);
    if (time) {
      found.time = time;
      return taken;
    }
  }
  if (found.day === undefined) {
    const [day, taken] = dateIn(words, today);
    if (taken && day <= LAST) {
      found.day = day;
      return taken;
    }
  }
  return 0;
};

/** @type {(words: string[]) => [Repeats | null, number]} */
const every = ([, one, two]) => {
  const weekday = weekdayOf(one, CODES.length);
  if (weekday >= 0) return [{ rule: "custom", rrule: `FREQ=WEEKLY;BYDAY=${CODES[weekday]}`, days: [weekday] }, 2];
  if (one === "weekday") {
    return [{ rule: "custom", rrule: `FREQ=WEEKLY;BYDAY=${CODES.slice(0, 5).join()}`, days: [0, 1, 2, 3, 4] }, 2];
  }
  const alone = UNITS.get(one);
  if (alone) return [interval(alone, 1), 2];
  const number = one === "other" ? 2 : numberOf(one);
  const unit = UNITS.get(singular(two, number));
  return number && unit ? [interval(unit, number), 3] : [null, 0];
};

/** @type {(frequency: string, number: number) => Repeats} */
const interval = (frequency, number) =>
  number === 1 && SIMPLE.includes(frequency)
    ? { rule: frequency.toLowerCase(), rrule: null }
    : { rule: "custom", rrule: `FREQ=${frequency}${number > 1 ? `;INTERVAL=${number}` : ""}` };

/** @type {(words: string[]) => [string, number]} */
const timeOf = (words) => {
  let start = words[0] === "at" ? 1 : 0;
  let word = words[start];
  if (start && word === "noon") return ["12:00", 2];
  if (HOUR.test(word) && ["am", "pm"].includes(words[start + 1])) {
    word += words[start + 1];
    start += 1;
  }
  const exact = CLOCK.exec(word);
  if (exact) return [`${exact[1].padStart(2, "0")}:${exact[2]}`, start + 1];
  const twelve = TWELVE.exec(word);
  if (!twelve) return ["", 0];
  const hour = (Number(twelve[1]) % 12) + (twelve[3] === "pm" ? 12 : 0);
  return [`${String(hour).padStart(2, "0")}:${twelve[2] ?? "00"}`, start + 1];
};

/** @type {(words: string[], today: number) => Taken} */
const dateIn = (words, today) => {
  const [first, second, third] = words;
  if (first === "today" || first === "tomorrow") return [today + (first === "tomorrow" ? 1 : 0), 1];
  if (first === "in") {
    const number = ["a", "an", "one"].includes(second) ? 1 : numberOf(second);
    const unit = singular(third, number);
    return number && UNITS.has(unit) ? [later(today, number, unit), 3] : [NO_DAY, 0];
  }
  const next = first === "next";
  if (next && second === "week") return [monday(today) + 7, 2];
  if (next && second === "month") return [later(today - dateOf(today).day + 1, 1, "month"), 2];
  const start = ["on", "this", "next"].includes(first) ? 1 : 0;
  const weekday = weekdayOf(words[start], start ? CODES.length : ALONE);
  if (weekday >= 0) {
    if (next) return [monday(today) + 7 + weekday, 2];
    return [today + 1 + modulo(weekday - today - 4), start + 1];
  }
  if (start && first !== "on") return [NO_DAY, 0];
  const [day, taken] = calendar(words.slice(start, start + 3), today);
  return [day, taken && taken + start];
};

/** @type {(words: string[], today: number) => Taken} */
const calendar = (words, today) => {
  const iso = ISO.exec(words[0]);
  if (iso) return [on(Number(iso[1]), Number(iso[2]), Number(iso[3])), 1];
  const dotted = DOTTED.exec(words[0]);
  if (dotted) return [nextOn(Number(dotted[3] ?? 0), Number(dotted[2]), Number(dotted[1]), today), 1];
  for (const [day, name] of [words, [words[1], words[0]]]) {
    const [number, month] = [DAY_OF_MONTH.exec(day), monthOf(name)];
    if (!number || !month) continue;
    const year = YEAR.test(words[2]) ? Number(words[2]) : 0;
    return [nextOn(year, month, Number(number[1]), today), year ? 3 : 2];
  }
  return [NO_DAY, 0];
};

/** @type {(year: number, month: number, day: number, today: number) => number} */
const nextOn = (year, month, day, today) => {
  if (year) return on(year, month, day);
  const now = dateOf(today).year;
  const found = on(now, month, day);
  return found < today || found > LAST ? on(now + 1, month, day) : found;
};

/** @type {(year: number, month: number, day: number) => number} */
const on = (year, month, day) => {
  try {
    return month >= 1 && month <= 12 ? dayNumber(year, month, day) : NO_DAY;
  } catch {
    return NO_DAY;
  }
};

/**
 * So many days, weeks, months or years on; the last of a shorter month. Beyond the calendar where there is none.
 * @type {(today: number, number: number, unit: string) => number}
 */
const later = (today, number, unit) => {
  if (unit === "day" || unit === "week") return today + number * (unit === "week" ? 7 : 1);
  const { year, month, day } = dateOf(today);
  const months = year * 12 + month - 1 + number * (unit === "year" ? 12 : 1);
  const days = [0, 1, 2, 3].map((less) => on(Math.floor(months / 12), (months % 12) + 1, day - less));
  return days.find((each) => each <= LAST) ?? NO_DAY;
};

/**
 * What was found, with a day for a time or a recurrence that has none: the next that is still to come.
 * @type {(found: Context, today: number, query: Query) => Context}
 */
const settled = ({ repeats, time = "", day = NO_DAY, ...found }, today, query) => {
  if (day === NO_DAY && (time || repeats)) {
    day = today + (time && time <= clock(query.now, query.zone) ? 1 : 0);
    while (repeats?.days && !repeats.days.includes(modulo(day + 3))) day += 1;
  }
  if (day <= LAST) {
    const { year, month, day: number } = dateOf(day);
    found.day = [String(year).padStart(4, "0"), ...[month, number].map((each) => String(each).padStart(2, "0"))].join("-");
    found.time = time;
  }
  return repeats ? { ...found, recurrenceRule: repeats.rule, rrule: repeats.rrule } : found;
};

/** @param {number} today */
const monday = (today) => today - modulo(today + 3);

/** Monday is 0. The short names of the first `short` days count, too. @param {string} word @param {number} short */
const weekdayOf = (word, short) =>
  WEEKDAYS.findIndex((name, at) => word === name || (at < short && word === name.slice(0, 3)));

/** January is 1; 0 for what is no month. @param {string} word */
const monthOf = (word) => MONTHS.findIndex((name) => word === name || word === name.slice(0, 3)) + 1;

/** @param {string} word */
const numberOf = (word) => (NUMBER.test(word) ? Number(word) : 0);

/** @param {string} word @param {number} number */
const singular = (word, number) => (number > 1 && word.endsWith("s") ? word.slice(0, -1) : word);

/** @param {number} number */
const modulo = (number) => ((number % 7) + 7) % 7;
