/** The page of an event, and the pages with its form. Twin of event.py. */
import { conflictPath } from "../../static/device/conflict.js";
import { shown as shownFields } from "../../static/device/forms.js";
import { get, typed } from "../../static/device/query.js";
import { isStub } from "../../static/device/stubs.js";
import { textHash } from "../../static/device/text.js";
import { isDay } from "../../static/device/when.js";
import { spanText, twelve } from "./days.js";
import { REMINDERS, eventValues, newValues } from "./form.js";
import { occurrence } from "./happening.js";
import { meetingName } from "./meetings.js";
import { CHOICES, dayBoxes, wordsOf } from "./repeating.js";
import { toneOf } from "./rows.js";
import { ruleOf } from "./rules.js";

/** @typedef {import("../module.js").Documents} Documents @typedef {import("../module.js").Document} Document */
/** @typedef {import("../module.js").Query} Query */

const AWAY = "The description is on your server, which does not answer. Copy it later, or save without it.";
const SCOPES = [
  { value: "one", label: "This one" },
  { value: "following", label: "This and following" },
  { value: "all", label: "All" },
];

/** An event, or an occurrence of a series. @param {Documents} documents @param {Query} query */
export function eventPage(documents, query) {
  const { event } = documents;
  const on = onOf(event, query);
  const each = occurrence(event, on, query.zone);
  const [path, halves] = [`/calendar/${event.id}`, twelve(documents)];
  const atHome = occurrence(event, on, event.timezone);
  const abroad = !event.allDay && atHome.begins !== each.begins;
  const edit = `${path}/edit?date=${each.first}`;
  return {
    title: each.title,
    path,
    on,
    back: `/calendar/day?date=${each.first}`,
    tone: toneOf(each),
    when: spanText(each, query, halves),
    elsewhere: abroad ? `${spanText(atHome, query, halves)} in ${event.timezone}` : "",
    repeats: wordsOf(event, query.day),
    skipped: event.exceptions.includes(on),
    location: each.location,
    link: each.meetingLink || "",
    join: meetingName(each.meetingLink || ""),
    reminders: event.reminderMinutes.map(before),
    description: each.description,
    source: event.source === "LOCAL" ? "" : "From another calendar",
    series: documents.series === null ? "" : `/calendar/${documents.series.id}`,
    edit: on ? `${edit}&on=${on}` : edit,
    copy: `/calendar/new?copy=${event.id}&date=${each.first}`,
    history: `/history/events/${event.id}`,
    file: `/calendar/ics/${event.id}.ics`,
    conflict: conflictPath(event, "description", path),
    scopes: on && ruleOf(event) ? SCOPES : [],
  };
}

/** The form of an event, empty or as a copy, or the one that was refused. @param {Documents} documents @param {Query} query */
export function newPage({ copied }, query) {
  const values = newValues(query, copied);
  return {
    title: "New event",
    form_error: copied && isStub(copied, "description") ? AWAY : "",
    id: typed(query, "id", query.newId),
    description: typed(query, "description", copied?.description ?? ""),
    back: `/calendar/day?date=${values.date}`,
    ...formOf(values, query),
  };
}

/** The form of an event that is there, at one of its occurrences. @param {Documents} documents @param {Query} query */
export function editPage({ event }, query) {
  const on = typed(query, "on", onOf(event, query));
  const values = eventValues(event, on);
  const { description } = occurrence(event, on, query.zone);
  const path = `/calendar/${event.id}`;
  return {
    title: "Edit event",
    path,
    back: on ? `${path}?on=${on}` : path,
    on,
    new_id: typed(query, "newId", query.newId),
    scopes: on ? SCOPES : [],
    scope: typed(query, "scope", on ? "one" : "all"),
    base_rev: typed(query, "baseRev", String(event._rev)),
    base: typed(query, "bases.description", textHash(description)),
    shown: shownFields(query, values),
    description: typed(query, "description", description),
    ...formOf(values, query),
  };
}

/** @param {Record<string, string>} values @param {Query} query */
function formOf(values, query) {
  /** @type {Record<string, string>} */
  let fields = values;
  if (Object.keys(query.form).length) {
    // A box that is not ticked sends nothing.
    const boxes = Object.keys(values).filter((name) => name === "allDay" || name.startsWith("day-") || name.startsWith("remind-"));
    fields = { ...values, ...Object.fromEntries(boxes.map((name) => [name, ""])), ...query.form };
  }
  return {
    fields,
    all_day: fields.allDay === "true",
    repeats: CHOICES.map(([value, label]) => ({ value, label })),
    days: dayBoxes(fields),
    reminders: REMINDERS.map(([minutes, label]) => {
      const name = `remind-${minutes}`;
      return { name, label, on: fields[name] !== "" };
    }),
    more: Boolean(query.errors.timezone || query.errors.meetingLink),
  };
}

/** @param {Document} event @param {Query} query */
function onOf(event, query) {
  const on = get(query, "on");
  return isDay(on) && (ruleOf(event) || Object.keys(event.overrides).length) ? on : "";
}

/** @param {number} minutes */
function before(minutes) {
  if (minutes === 0) return "At the start";
  const [number, unit] = minutes % 1_440 === 0 ? [minutes / 1_440, "day"] : minutes % 60 === 0 ? [minutes / 60, "hour"] : [minutes, "minute"];
  return `${number} ${unit}${number === 1 ? "" : "s"} before`;
}
