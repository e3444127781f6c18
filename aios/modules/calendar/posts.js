/** What the calendar's form posts mean. Twin of posts.py. */
import { fromWire, toWire } from "../../static/device/clock.js";
import { bases, nextPath, recordId, seenRev, value } from "../../static/device/forms.js";
import { impliedId, isId } from "../../static/device/ids.js";
import { get } from "../../static/device/query.js";
import { refusal } from "../../static/device/recurrence.js";
import { addDays, isDay, localDay } from "../../static/device/when.js";
import { spanText, twelve } from "./days.js";
import { NO_TIME, NO_TITLE, changedFields, lineFields, readForm } from "./form.js";
import { clashes, happenings, occurrence } from "./happening.js";
import { ended } from "./repeating.js";
import { OVERRIDABLE, ruleOf } from "./rules.js";
import { apart, fromHere, shifted } from "./series.js";

/** @typedef {import("../module.js").Documents} Documents @typedef {import("../module.js").Document} Document */
/** @typedef {import("../module.js").Query} Query @typedef {import("../module.js").Form} Form */
/** @typedef {import("../module.js").Submission} Submission @typedef {import("../module.js").Submit} Submit */
/** @typedef {import("../module.js").Mutation} Mutation */

const AHEAD = 28;
const SIMPLE = ["daily", "weekly", "monthly"];
const OWN = [...Object.keys(OVERRIDABLE), "startAt", "endAt", "allDay"];
const PLAIN = { overrides: {}, exceptions: [], source: "LOCAL", lastAt: "" };
const ONCE = { recurrenceRule: "none", rrule: null };

/** @type {Submit} */
export const createEvent = (documents, form, query) => {
  const id = recordId(form, query);
  if (form.has("quick")) return fromLine(value(form, "quick"), id, query);
  const { fields, errors } = readForm(form, query);
  const refused = refusedOf(errors) ?? inTheWay({ ...PLAIN, ...fields, id }, documents, form, query);
  if (refused) return { errors: refused };
  return { mutations: [{ op: "create", collection: "events", id, fields }], location: nextPath(form, "calendar", `/calendar/${id}`) };
};

/** @type {Submit} */
export const saveEvent = (documents, form, query) => {
  const { event } = documents;
  const { fields, errors } = readForm(form, query);
  const [on, scope] = scopeOf(event, form);
  if (refusedOf(errors)) return { errors };
  const changed = changedFields(form, fields, query);
  if (Object.hasOwn(changed, "startAt") || Object.hasOwn(changed, "rrule")) {
    const alone = scope === "one" ? ONCE : {};
    const refused = inTheWay({ ...PLAIN, ...fields, ...alone, id: event.id }, documents, form, query);
    if (refused) return { errors: refused };
  }
  if (scope === "one") return saveOne(event, on, changed, form);
  if (scope === "following") return saveFollowing(event, on, changed, form, query);
  const mutation = {
    ...update(event, shifted(event, changed, value(form, "shown.date"), value(form, "date")), seenRev(form)),
    bases: bases(form, "description"),
  };
  return { mutations: [mutation], location: `/calendar/${event.id}` };
};

/** @type {Submit} */
export const moveEvent = ({ event }, form, query) => {
  const repeats = ruleOf(event) || Object.keys(event.overrides).length;
  const { on, startAt, endAt } = occurrence(event, repeats ? value(form, "on") : "", query.zone);
  const [move, stretch] = ["move", "stretch"].map((name) => (/^-?[0-9]{1,4}$/.test(value(form, name)) ? Number(value(form, name)) : 0));
  const begin = fromWire(startAt) + move * 60_000;
  const end = Math.max(fromWire(endAt) + (move + stretch) * 60_000, begin);
  const location = nextPath(form, "calendar", `/calendar/${event.id}`);
  let times;
  try {
    times = { startAt: toWire(begin), endAt: toWire(end) };
  } catch {
    return { location };
  }
  const fields = on ? { [`overrides/${on}`]: { ...event.overrides[on], ...times } } : times;
  return { mutations: [update(event, fields)], location };
};

/** @type {Submit} */
export const deleteEvent = ({ event }, form) => {
  const [on, scope] = scopeOf(event, form);
  const back = `/calendar?date=${on || localDay(event.startAt, event.timezone)}&deleted=${event.id}`;
  if (scope === "all") return { mutations: [{ op: "delete", collection: "events", id: event.id }], location: back };
  if (scope === "one") return { mutations: [update(event, { [`exceptions/${on}`]: true })], location: `${back}&on=${on}` };
  const [fields, days] = endedOn(event, on);
  const was = event.recurrenceRule === "custom" ? event.rrule : event.recurrenceRule;
  const location = `${back}&was=${was.replaceAll(";", "%3B").replaceAll("+", "%2B")}&days=${days.join()}`;
  return { mutations: [update(event, fields)], location };
};

/** @type {Submit} */
export const restoreEvent = (_, __, query) => {
  const id = get(query, "id");
  return { mutations: [{ op: "restore", collection: "events", id }], location: `/calendar/${id}` };
};

/** @type {Submit} */
export const restoreOccurrences = ({ event }, form) => {
  const days = [value(form, "on"), ...value(form, "days").split(",")].filter(isDay);
  /** @type {Document} */
  const fields = {};
  for (const day of days) if (event.exceptions.includes(day)) fields[`exceptions/${day}`] = null;
  const was = value(form, "was");
  if (SIMPLE.includes(was)) Object.assign(fields, { recurrenceRule: was, rrule: null });
  else if (was && !refusal(was)) Object.assign(fields, { recurrenceRule: "custom", rrule: was });
  const at = isDay(value(form, "on")) ? `?on=${days[0]}` : "";
  return { mutations: Object.keys(fields).length ? [update(event, fields)] : [], location: `/calendar/${event.id}${at}` };
};

/** @type {Submit} */
export const saveSettings = ({ chosen }, form, query) => {
  const names = ["weekStart", "hours"].filter((name) => form.has(name));
  return {
    mutations: [
      {
        op: chosen.length ? "update" : "create",
        collection: "calendarSettings",
        id: impliedId(query.space, "calendarSettings", "calendarSettings"),
        fields: Object.fromEntries(names.map((name) => [name, value(form, name)])),
      },
    ],
    location: "/calendar/settings?saved=1",
  };
};

/** @param {string} line @param {string} id @param {Query} query @returns {Submission} */
function fromLine(line, id, query) {
  let fields;
  try {
    fields = lineFields(line, query);
  } catch {
    return { errors: { date: NO_TIME } };
  }
  if (!fields.title) return { errors: { title: NO_TITLE } };
  return { mutations: [{ op: "create", collection: "events", id, fields }], location: `/calendar/${id}` };
}

/** @param {Document} event @param {string} on @param {Document} changed @param {Form} form @returns {Submission} */
function saveOne(event, on, changed, form) {
  const before = event.overrides[on] ?? {};
  const isOwn = (/** @type {string} */ name) =>
    OWN.includes(name) && (Object.hasOwn(before, name) || !["allDay", "timezone"].includes(name) || changed[name] !== event[name]);
  const own = Object.entries(changed).filter(([name]) => isOwn(name));
  const location = `/calendar/${event.id}?on=${on}`;
  if (!own.length) return { location };
  const entry = { ...before, ...Object.fromEntries(own) };
  return { mutations: [update(event, { [`overrides/${on}`]: entry }, seenRev(form))], location };
}

/** @param {Document} event @param {string} on @param {Document} changed @param {Form} form @param {Query} query @returns {Submission} */
function saveFollowing(event, on, changed, form, query) {
  const given = value(form, "newId");
  const id = isId(given) ? given : query.newId;
  const fields = fromHere(event, on, changed, value(form, "date"));
  const mutations = [update(event, endedOn(event, on)[0], seenRev(form)), /** @type {Mutation} */ ({ op: "create", collection: "events", id, fields })];
  return { mutations, location: `/calendar/${id}` };
}

/** A series that ends before `on`, and the dates that no longer happen. @param {Document} event @param {string} on @returns {[Document, string[]]} */
function endedOn(event, on) {
  const days = apart(event, on)[1].filter((day) => !event.exceptions.includes(day));
  const rule = { recurrenceRule: "custom", rrule: ended(ruleOf(event), addDays(on, -1)) };
  return [{ ...rule, ...Object.fromEntries(days.map((day) => [`exceptions/${day}`, true])) }, days];
}

/** The occurrence that a form is about, and what it changes: one, following or all. @param {Document} event @param {Form} form */
function scopeOf(event, form) {
  const [on, scope] = [value(form, "on"), value(form, "scope")];
  const rule = ruleOf(event);
  if (!isDay(on) || !(rule || Object.keys(event.overrides).length) || !["one", "following"].includes(scope)) return ["", "all"];
  const begins = occurrence(event, "", event.timezone).first;
  return scope === "one" || (on > begins && rule) ? [on, scope] : ["", "all"];
}

/** @param {Record<string, string>} errors */
const refusedOf = (errors) => (Object.keys(errors).length ? errors : null);

/** What an event overlaps with, as a sentence. @param {Document} event @param {Documents} documents @param {Form} form @param {Query} query */
function inTheWay(event, documents, form, query) {
  if (value(form, "anyway")) return null;
  const begins = occurrence(event, "", query.zone);
  const { first } = begins;
  const last = ruleOf(event) ? addDays(first, AHEAD) : begins.last;
  const others = happenings([...documents.events, ...documents.lasting], first, last, query.zone);
  const found = clashes(happenings([event], first, last, query.zone), others);
  if (!found.length) return null;
  const halves = twelve(documents);
  const names = found.slice(0, 2).map(([, each]) => `${each.title} (${spanText(each, query, halves)})`);
  const more = found.length - names.length;
  return { conflict: `This overlaps with ${names.join(" and ")}${more ? `, and ${more} more` : ""}.` };
}

/** @param {Document} event @param {Document} fields @param {number | null} baseRev @returns {Mutation} */
const update = (event, fields, baseRev = null) => ({ op: "update", collection: "events", id: event.id, fields, baseRev });
