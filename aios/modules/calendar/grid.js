/** The hours of a day, and where its events stand in them. Twin of grid.py. */
import { clock } from "../../static/device/when.js";
import { timeText, twelve } from "./days.js";
import { rowsOf } from "./rows.js";

/** @typedef {import("../module.js").Documents} Documents @typedef {import("../module.js").Context} Context */
/** @typedef {import("../module.js").Query} Query */

const LANES = 6;
const [EARLY, LATE] = [7, 21];
const [LEAST, MOST] = [30, 12 * 60];
const [STEP, HOUR, DAY] = [5, 60, 24 * 60];
const down = (/** @type {number} */ a, /** @type {number} */ b) => Math.floor(a / b);

/** `hours` with their events, and `whole`. @param {Context[]} found @param {string} day @param {Query} query @param {Documents} documents */
export function gridOf(found, day, query, documents) {
  const rows = rowsOf(found, day, query, documents);
  const whole = [];
  /** @type {Context[]} */
  let placed = [];
  for (const [at, each] of found.entries()) {
    let begin = each.first === day ? minutes(each.begins) : 0;
    const end = each.last === day ? minutes(each.ends) : DAY;
    if (each.allDay || end - begin > MOST) whole.push(rows[at]);
    else {
      begin = Math.min(begin, DAY - LEAST);
      const height = Math.max(Math.min(end, DAY) - begin, LEAST);
      placed.push({ ...rows[at], begin, end: begin + height });
    }
  }
  const crowded = lanes(placed);
  whole.push(...crowded);
  placed = placed.filter((each) => !crowded.includes(each));
  const now = day === query.day ? minutes(clock(query.now, query.zone)) : -1;
  const present = now >= 0 ? [down(now, HOUR)] : [];
  const first = Math.min(EARLY, ...placed.map(({ begin }) => down(begin, HOUR)), ...present);
  const last = Math.max(LATE, ...placed.map(({ end }) => down(end - 1, HOUR)), ...present);
  const halves = twelve(documents);
  const hours = Array.from({ length: last - first + 1 }, (_, at) => first + at);
  return {
    whole,
    hours: hours.map((hour) => ({
      label: timeText(`${digits(hour)}:00`, halves),
      now: mark(now, hour, halves),
      events: placed.filter(({ begin }) => down(begin, HOUR) === hour).map(block),
    })),
  };
}

/** @param {string} text */
const minutes = (text) => Number(text.slice(0, 2)) * HOUR + Number(text.slice(3));
/** @param {number} number */
const digits = (number) => String(number).padStart(2, "0");

/** @param {number} now @param {number} hour @param {boolean} halves */
function mark(now, hour, halves) {
  if (now < 0 || down(now, HOUR) !== hour) return [];
  const time = timeText(`${digits(hour)}:${digits(now % HOUR)}`, halves);
  return [{ at: `m${down(now % HOUR, STEP) * STEP}`, time }];
}

/** @param {Context} each */
function block(each) {
  const height = down(each.end - each.begin, STEP) * STEP;
  const at = `m${down(each.begin % HOUR, STEP) * STEP} lane-${each.lane} lanes-${each.lanes}`;
  return { ...each, at, size: `h${down(height, HOUR)} m${height % HOUR}` };
}

/** Give each event a lane. What finds none is given back. @param {Context[]} placed */
function lanes(placed) {
  const crowded = [];
  /** @type {Context[]} */
  let heap = [];
  /** @type {number[]} */
  let ends = [];
  const settle = () => heap.forEach((each) => (each.lanes = ends.length));
  for (const each of [...placed].sort((a, b) => a.begin - b.begin)) {
    if (heap.length && each.begin >= Math.max(...ends)) {
      settle();
      [heap, ends] = [[], []];
    }
    let free = ends.findIndex((end) => end <= each.begin);
    if (free < 0) free = ends.length;
    if (free >= LANES) crowded.push(each);
    else {
      each.lane = free + 1;
      ends[free] = each.end;
      heap.push(each);
    }
  }
  settle();
  return crowded;
}
