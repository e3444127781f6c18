// Reads a calendar from standard input with ical.js and prints its occurrences between two days, as JSON.
"use strict";

const ICAL = require("ical.js");
const { readFileSync } = require("node:fs");

const [first, last] = process.argv.slice(2);
const root = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
for (const zone of root.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
const events = root.getAllSubcomponents("vevent").map((each) => new ICAL.Event(each));
const found = [];

/** @param {any} item @param {any} start @param {any} end */
function take(item, start, end) {
  const from = start.isDate ? start.toString() : start.toJSDate().toISOString();
  const until = end.isDate ? end.adjust(-1, 0, 0, 0) && end.toString() : end.toJSDate().toISOString();
  if (until.slice(0, 10) >= first && from.slice(0, 10) <= last)
    found.push({ uid: item.uid, title: item.summary, startAt: from });
}

for (const event of events) {
  if (event.isRecurrenceException()) continue;
  for (const other of events) if (other.uid === event.uid && other.isRecurrenceException()) event.relateException(other);
  if (!event.isRecurring()) {
    take(event, event.startDate, event.endDate);
    continue;
  }
  const steps = event.iterator();
  for (let next = steps.next(), count = 0; next && count < 500; next = steps.next(), count += 1) {
    const details = event.getOccurrenceDetails(next);
    take(details.item, details.startDate, details.endDate);
  }
}
process.stdout.write(JSON.stringify(found));
