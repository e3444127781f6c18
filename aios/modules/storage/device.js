// @ts-check
/** Storage: what this device keeps, what waits to be sent, and what needs a decision. */

import { head } from "../../static/device/text.js";
import * as when from "../../static/device/when.js";

const MB = 1_000_000;
const KB = 1_000;
/** @type {Record<string, string>} */
const WORDS = { create: "New", update: "Changed", delete: "Deleted", restore: "Taken back" };

/**
 * The copy on this device.
 * @param {any} _ documents
 * @param {any} query
 */
function show(_, query) {
  const { device } = query;
  let used = 0;
  for (const row of device.ledger) used += row.bytes;
  return {
    title: "Storage",
    copy: device.copy,
    state: device.state,
    label: device.label,
    rows: device.ledger.map((/** @type {any} */ row) => storedRow(row, device.limit)),
    total_text: size(used),
    limit_text: size(device.limit),
    percent: percent(used, device.limit),
    waiting: device.outbox.map((/** @type {any} */ each) => change(each, query)),
    attention: device.refused.map((/** @type {any} */ { title, detail, path }) => ({ title, detail, path })),
    last_sync: device.lastSync ? when.moment(device.lastSync, query.zone, query.now) : "",
  };
}

/**
 * Bytes as a person reads them, rounded half up: `640 KB`, `6.42 MB`.
 * @param {number} count
 */
export function size(count) {
  if (count < MB) return `${Math.floor((count + KB / 2) / KB)} KB`;
  const hundredths = Math.floor((count * 100 + MB / 2) / MB);
  return `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, "0")} MB`;
}

/** @param {any} row @param {number} limit */
function storedRow(row, limit) {
  const first = head(row.collection, 1);
  return {
    title: first.toUpperCase() + row.collection.slice(first.length),
    records: row.records,
    bytes: size(row.bytes),
    stubs: row.stubs,
    waiting: row.waiting,
    percent: percent(row.bytes, limit),
  };
}

/** At most 100, rounded up, so that a little shows as something. @param {number} part @param {number} whole */
function percent(part, whole) {
  return whole ? Math.min(100, Math.floor((part * 100 + whole - 1) / whole)) : 0;
}

/** @param {any} given @param {any} query */
function change(given, query) {
  return { title: given.title, what: WORDS[given.op], when: when.moment(given.at, query.zone, query.now) };
}

export const pages = { "/storage": show };
export const actions = {};
