/** How often an event happens: as a form asks for it, as a rule, in words. Twin of repeating.py. */
import { value } from "../../static/device/forms.js";
import { refusal } from "../../static/device/recurrence.js";
import { trim } from "../../static/device/text.js";
import { isDay, shortDay } from "../../static/device/when.js";
import { CODES, WEEKDAYS, weekday } from "./days.js";
import { ruleOf } from "./rules.js";

/** @typedef {import("../module.js").Document} Document @typedef {import("../module.js").Form} Form */

export const CHOICES = [
  ["none", "Does not repeat"],
  ["daily", "Daily"],
  ["weekly", "Weekly"],
  ["monthly", "Monthly"],
  ["yearly", "Yearly"],
  ["custom", "By a rule of its own"],
];
/** @type {Record<string, string>} */
const UNITS = { daily: "day", weekly: "week", monthly: "month", yearly: "year" };
const RULE =
  /^FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)(?:;INTERVAL=([1-9][0-9]{0,2}))?(?:;BYDAY=((?:MO|TU|WE|TH|FR|SA|SU)(?:,(?:MO|TU|WE|TH|FR|SA|SU))*))?(?:;UNTIL=([0-9]{4})([0-9]{2})([0-9]{2}))?$/;

/** What the form shows of an event's recurrence. @param {Document} event @returns {Record<string, string>} */
export function repeatValues(event) {
  const rule = ruleOf(event);
  if (!rule) return values("none");
  const found = RULE.exec(rule);
  if (!found || (found[3] && found[1] !== "WEEKLY")) return { ...values("custom"), rrule: rule };
  const days = (found[3] ?? "").split(",");
  return {
    ...values(found[1].toLowerCase()),
    interval: found[2] ?? "1",
    until: found[4] ? found.slice(4).join("-") : "",
    ...Object.fromEntries(CODES.map((code) => [`day-${code}`, days.includes(code) ? "true" : ""])),
  };
}

/** `recurrenceRule` and `rrule` of a form. @param {Form} form @param {string} day @param {Record<string, string>} errors */
export function ruleFrom(form, day, errors) {
  const repeat = value(form, "repeat");
  if (repeat === "custom") {
    const rrule = trim(value(form, "rrule"));
    const why = refusal(rrule);
    if (why) errors.rrule = why;
    return { recurrenceRule: "custom", rrule };
  }
  if (!Object.hasOwn(UNITS, repeat)) return { recurrenceRule: "none", rrule: null };
  const [interval, until] = [value(form, "interval") || "1", value(form, "until")];
  if (!/^[1-9][0-9]{0,2}$/.test(interval)) errors.interval = "Write a number from 1 to 999.";
  if (until && !isDay(until)) errors.until = "Choose a day, or leave it empty.";
  else if (until && until < day) errors.until = "The last day is before the first. Choose a later one.";
  let days = repeat === "weekly" ? CODES.filter((code) => value(form, `day-${code}`)) : [];
  if (isDay(day) && days.join() === CODES[weekday(day)]) days = [];
  const simple = `FREQ=${repeat.toUpperCase()}`;
  let rrule = simple;
  if (interval !== "1") rrule += `;INTERVAL=${interval}`;
  if (days.length) rrule += `;BYDAY=${days.join()}`;
  if (until) rrule += `;UNTIL=${until.replaceAll("-", "")}`;
  if (repeat !== "yearly" && rrule === simple) return { recurrenceRule: repeat, rrule: null };
  return { recurrenceRule: "custom", rrule };
}

/** `Every 2 weeks on Monday and Thursday, until 24 Dec`; "" for what happens once. @param {Document} event @param {string} today */
export function wordsOf(event, today) {
  const given = repeatValues(event);
  if (given.repeat === "none") return "";
  if (given.repeat === "custom") return "By a rule of its own";
  const unit = UNITS[given.repeat];
  let text = given.interval === "1" ? `Every ${unit}` : `Every ${given.interval} ${unit}s`;
  const days = WEEKDAYS.filter((_, at) => given[`day-${CODES[at]}`]);
  if (days.length === 1) text += ` on ${days[0]}`;
  else if (days.length) text += ` on ${days.slice(0, -1).join(", ")} and ${days.at(-1)}`;
  return isDay(given.until) ? `${text}, until ${shortDay(given.until, today)}` : text;
}

/** The rule with its end on `day`. @param {string} rule @param {string} day */
export function ended(rule, day) {
  const kept = rule.split(";").filter((part) => !part.startsWith("COUNT=") && !part.startsWith("UNTIL="));
  return `${kept.join(";")};UNTIL=${day.replaceAll("-", "")}`;
}

/** The days of a week, to be ticked. @param {Record<string, any>} fields */
export function dayBoxes(fields) {
  return CODES.map((code, at) => ({ name: `day-${code}`, label: WEEKDAYS[at].slice(0, 3), on: fields[`day-${code}`] !== "" }));
}

/** @param {string} repeat @returns {Record<string, string>} */
function values(repeat) {
  return { repeat, interval: "1", until: "", rrule: "", ...Object.fromEntries(CODES.map((code) => [`day-${code}`, ""])) };
}
