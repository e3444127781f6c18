/** Figures of a month, as whole numbers that the template draws. Twin of statistics.py. */
import { fromWire } from "../../static/device/clock.js";
import { compare } from "../../static/device/text.js";
import { addDays } from "../../static/device/when.js";
import { WEEKDAYS, monthAfter, monthBefore, monthName, weekStart, weekday } from "./days.js";
import { chosenDay, happeningOn } from "./rows.js";

/** How much happens in a month, when and where. @param {import("../module.js").Documents} documents @param {import("../module.js").Query} query */
export function statisticsPage(documents, query) {
  const [day, start] = [chosenDay(query), weekStart(documents)];
  const month = day.slice(0, 7);
  const all = happeningOn(documents, `${month}-01`, addDays(monthAfter(day), -1), query);
  const found = all.filter(({ first }) => first.slice(0, 7) === month);
  const timed = found.filter(({ allDay }) => !allDay);
  const minutes = timed.reduce((sum, { startAt, endAt }) => sum + Math.floor((fromWire(endAt) - fromWire(startAt)) / 60_000), 0);
  const counts = WEEKDAYS.map(() => 0);
  for (const { first } of found) counts[weekday(first)] += 1;
  /** @type {Map<string, number>} */
  const places = new Map();
  for (const { location } of found) if (location) places.set(location, (places.get(location) ?? 0) + 1);
  const top = [...places].sort((a, b) => b[1] - a[1] || compare(a[0], b[0])).slice(0, 5);
  return {
    title: "Statistics",
    month: `${monthName(day)} ${day.slice(0, 4)}`,
    earlier: `/calendar/statistics?date=${monthBefore(day)}`,
    later: `/calendar/statistics?date=${monthAfter(day)}`,
    back: `/calendar?date=${day}`,
    figures: [
      { label: "Events", value: String(found.length) },
      { label: "Hours", value: String(Math.floor((minutes + 30) / 60)) },
      { label: "Whole days", value: String(found.length - timed.length) },
      { label: "With a link", value: String(found.filter(({ meetingLink }) => meetingLink).length) },
    ],
    weekdays: shares(WEEKDAYS.map((_, number) => [WEEKDAYS[(start + number) % 7], counts[(start + number) % 7]])),
    places: shares(top),
    empty: !found.length,
  };
}

/** @param {[string, number][]} pairs */
function shares(pairs) {
  const most = Math.max(1, ...pairs.map(([, count]) => count));
  return pairs.map(([label, count]) => ({ label, count, most }));
}
