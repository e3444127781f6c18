/** Events found by their texts or by their place. Twin of search.py. */
import { get, pageNumber } from "../../static/device/query.js";
import { spanText, twelve } from "./days.js";
import { occurrence } from "./happening.js";
import { wordsOf } from "./repeating.js";
import { toneOf } from "./rows.js";

/** The latest first; nothing before something is asked for. @param {import("../module.js").Documents} documents @param {import("../module.js").Query} query */
export function searchPage(documents, query) {
  const [q, place, page] = [get(query, "q"), get(query, "place"), pageNumber(query)];
  const found = q || place ? documents.found : [];
  const halves = twelve(documents);
  return {
    title: "Search events",
    q,
    place,
    asked: Boolean(q || place),
    rows: found.map((/** @type {any} */ event) => ({
      href: `/calendar/${event.id}`,
      title: event.title,
      when: spanText(occurrence(event, "", query.zone), query, halves),
      repeats: wordsOf(event, query.day),
      location: event.location,
      tone: toneOf(event),
    })),
    newer: page > 1 ? String(page - 1) : "",
    older: found.length === 50 ? String(page + 1) : "",
  };
}
