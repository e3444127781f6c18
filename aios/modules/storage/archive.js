// @ts-check
/** Putting old records of any module aside, and taking that back. Twin of archive.py. */

import { DAY_MS, fromWire } from "../../static/device/clock.js";
import { value } from "../../static/device/forms.js";
import { get } from "../../static/device/query.js";

/** @type {Record<string, string>} */
export const DAYS = { 90: "3 months", 180: "6 months", 365: "a year", 730: "2 years" };
/** What was put aside by one press has been changed within so long. */
const TOGETHER_MS = 5_000;

/** Put aside what was last changed before so many days. @type {import("../module.js").Submit} */
const putAside = (documents, form, query) => {
  const [of, days] = [value(form, "of"), value(form, "days")];
  const isKnown = Object.keys(documents).some((name) => name.startsWith(`living/${of}/`));
  if (!isKnown || !Object.hasOwn(DAYS, days)) return { location: "/storage" };
  const now = fromWire(query.now);
  const before = now - Number(days) * DAY_MS;
  const mutations = set(documents, "living", of, (at) => at < before, true);
  return { mutations, location: `/storage?archived=${mutations.length}&of=${of}&at=${now}` };
};

/** Take back what was put aside at an instant, in ms. @type {import("../module.js").Submit} */
const takeBack = (documents, _, query) => {
  const given = get(query, "at");
  const at = /^[0-9]+$/.test(given) ? Number(given) : 0;
  const mutations = set(documents, "aside", get(query, "of"), (each) => at <= each && each <= at + TOGETHER_MS, false);
  return { mutations, location: "/storage" };
};

/**
 * @param {import("../module.js").Documents} documents @param {string} state @param {string} of
 * @param {(at: number) => boolean} fits @param {boolean} aside
 * @returns {import("../module.js").Mutation[]}
 */
function set(documents, state, of, fits, aside) {
  /** @type {import("../module.js").Mutation[]} */
  const mutations = [];
  for (const [name, rows] of Object.entries(documents)) {
    if (!name.startsWith(`${state}/${of}/`)) continue;
    const field = name.slice(name.lastIndexOf("/") + 1);
    for (const { id, updatedAt } of rows) {
      if (fits(fromWire(updatedAt))) mutations.push({ op: "update", collection: of, id, fields: { [field]: aside } });
    }
  }
  return mutations;
}

/** There is no copy to choose for. @type {import("../module.js").Submit} */
const nothingHere = () => ({ location: "/storage" });

export const archives = { "PUT /storage/pins": nothingHere, "DELETE /storage/pins": nothingHere, "POST /storage/archive": putAside, "DELETE /storage/archive/{of}/{at}": takeBack };
