/** How an event stands in a list, and what stands around the calendar's pages. Twin of rows.py. */
import { isId } from "../../static/device/ids.js";
import { get } from "../../static/device/query.js";
import { addDays, isDay } from "../../static/device/when.js";
import { timeText, twelve } from "./days.js";
import { happenings } from "./happening.js";
import { meetingName } from "./meetings.js";

/** @typedef {import("../module.js").Documents} Documents @typedef {import("../module.js").Context} Context */
/** @typedef {import("../module.js").Query} Query */

const VIEWS = [["day", "Day"], ["week", "Week"], ["month", "Month"], ["agenda", "Agenda"]]; // prettier-ignore
const DELETED = "Event deleted";

/** The address of an event, or of one occurrence of a series. @param {Context} each */
export const pathOf = ({ id, on }) => `/calendar/${id}${on ? `?on=${on}` : ""}`;

/** @param {Context} each */
export function toneOf({ meetingLink, source, allDay }) {
  if (meetingLink) return "blue";
  if (source !== "LOCAL") return "purple";
  return allDay ? "green" : "accent";
}

/** What happens from one day to another, of what a page has read. @param {Documents} documents @param {string} first @param {string} last @param {Query} query */
export function happeningOn({ events, lasting }, first, last, { zone }) {
  return happenings([...events, ...lasting], first, last, zone);
}

/**
 * What happens on each of `days`: whole days first, then by start.
 * @param {Context[]} found @param {string[]} days
 */
export function byDay(found, days) {
  /** @type {Map<string, Context[]>} */
  const placed = new Map(days.map((day) => [day, []]));
  const [first] = days;
  const end = /** @type {string} */ (days.at(-1));
  for (const ahead of [true, false]) {
    for (const each of found) {
      let day = each.first > first ? each.first : first;
      while (day <= each.last && day <= end) {
        if ((each.allDay || each.first < day) === ahead) placed.get(day)?.push(each);
        const after = addDays(day, 1);
        if (after === day) break;
        day = after;
      }
    }
  }
  return placed;
}

/** An event in the list of a day. @param {Context} each @param {string} day @param {Query} query @param {boolean} halves @param {boolean} clash */
export function row(each, day, query, halves, clash = false) {
  const begins = each.first === day ? timeText(each.begins, halves) : "";
  const ends = each.last === day && each.ends !== "24:00" ? timeText(each.ends, halves) : "";
  const whole = each.allDay || !(begins || ends);
  const link = each.meetingLink || "";
  return {
    id: each.id,
    on: each.on,
    href: pathOf(each),
    title: each.title,
    location: each.location,
    begins: whole ? "All day" : begins || "until",
    ends: whole || ends === begins ? "" : ends,
    tone: toneOf(each),
    link,
    join: meetingName(link),
    clash,
    over: each.endAt <= query.now,
    series: each.on !== "",
  };
}

/** The events of a day, those marked that overlap. @param {Context[]} found @param {string} day @param {Query} query @param {Documents} documents */
export function rowsOf(found, day, query, documents) {
  const [marks, halves] = [overlapping(found), twelve(documents)];
  return found.map((each, at) => row(each, day, query, halves, marks[at]));
}

/** Which of the events of a day overlap with another. @param {Context[]} found */
export function overlapping(found) {
  const marks = found.map(() => false);
  let latest = -1;
  for (const [at, { allDay, startAt, endAt }] of found.entries()) {
    if (allDay || startAt === endAt) continue;
    if (latest >= 0 && found[latest].endAt > startAt) marks[at] = marks[latest] = true;
    if (latest < 0 || endAt > found[latest].endAt) latest = at;
  }
  return marks;
}

/** The ways to look at the calendar. @param {string} current @param {string} day */
export function viewsOf(current, day) {
  return VIEWS.map(([name, label]) => ({
    href: `${name === "month" ? "/calendar" : `/calendar/${name}`}?date=${day}`,
    label,
    current: name === current,
  }));
}

/** The day that the page is about. @param {Query} query */
export const chosenDay = (query) => query.bounds["@date"];

/** What was just deleted, and the form that takes it back; empty without it. @param {Documents} documents @param {Query} query */
export function undoOf({ undeleted }, query) {
  const [deleted, on] = [get(query, "deleted"), get(query, "on")];
  if (isId(deleted) && undeleted === null) return [{ text: DELETED, path: `/calendar/${deleted}/restoration`, fields: [] }];
  if (undeleted === null) return [];
  const path = `/calendar/${undeleted.id}/occurrences`;
  if (isDay(on) && undeleted.exceptions.includes(on)) return [{ text: DELETED, path, fields: [{ name: "on", value: on }] }];
  const was = get(query, "was");
  if (was && was !== (undeleted.rrule || undeleted.recurrenceRule)) {
    const fields = ["was", "days"].map((name) => ({ name, value: get(query, name) }));
    return [{ text: "Events deleted from this one on", path, fields }];
  }
  return [];
}
