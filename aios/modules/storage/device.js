// @ts-check
/** Storage: what this device keeps, what waits to be sent, and what needs a decision. */

import { archives, DAYS } from "./archive.js";
import { get } from "../../static/device/query.js";
import { compare } from "../../static/device/text.js";
import * as when from "../../static/device/when.js";

const ATTENTION = "/storage/attention";
const MB = 1_000_000;
const KB = 1_000;
const LIMITS = ["6", "7", "8", "9", "10"];
/** @type {Record<string, string>} */
const WORDS = { create: "New", update: "Changed", delete: "Deleted", restore: "Taken back" };
const SHADES = ["1", "0.8", "0.6", "0.4", "0.2"];
const NUMBERS = ["records", "bytes", "stubs", "waiting", "unsent"];

/**
 * The copy on this device.
 * @param {any} documents
 * @param {any} query
 */
function show(documents, query) {
  const { device } = query;
  const { limit, pins } = device;
  /** @type {Map<string, any>} */
  const kinds = new Map(documents.kinds.map((/** @type {any} */ each) => [each.name, each]));
  const modules = byModule(device.ledger, kinds);
  const unsent = sum(modules, "unsent");
  const used = sum(modules, "bytes") + unsent;
  const most = Math.floor(limit / MB);
  return {
    title: "Storage",
    copy: device.copy,
    state: device.state,
    label: device.label,
    restored: device.restored ? when.moment(device.restored, query.zone, query.now) : "",
    rows: modules.map((row) => moduleRow(row, modules[0], pins)),
    total_text: size(used),
    limit_text: `${most} MB`,
    segments: segments(modules, limit),
    ticks: [...Array(Math.max(most - 1, 0)).keys()].map((mb) => ({ x: share(mb * MB, limit), text: String(mb) })),
    warn_at: share(device.warn, limit),
    full_at: share(device.full, limit),
    warn_text: size(device.warn),
    full_text: size(device.full),
    files_text: size(device.files),
    free: device.free,
    free_text: size(device.free),
    largest: device.largest.map((/** @type {any} */ each) => large(each, kinds.get(each.collection))),
    limits: LIMITS.map((value) => ({ value, label: value })),
    limit: String(most),
    archives: [...kinds.values()]
      .filter(({ archive }) => archive)
      .map(({ name, module, archive }) => ({ of: name, title: module, place: archive.place })),
    ages: Object.entries(DAYS).map(([value, label]) => ({ value, label })),
    protection: device.protection,
    installed: device.installed,
    waiting: device.outbox.map((/** @type {any} */ each) => change(each, query)),
    waiting_count: device.waiting,
    unsent_text: size(unsent),
    attention_count: device.attention,
    paused: device.paused,
    last_sync: device.lastSync ? when.moment(device.lastSync, query.zone, query.now) : "",
    toast: toast(query, kinds),
  };
}

/**
 * What the server refused of this device, each with what the person wrote.
 * @param {any} _ documents
 * @param {any} query
 */
function attention(_, query) {
  const { device } = query;
  return {
    title: "Needs you",
    copy: device.copy,
    rows: device.refused.map((/** @type {any} */ each) => {
      const { detail, text, mid } = each;
      return { ...change(each, query), detail, text, path: `${ATTENTION}/${mid}` };
    }),
    more: device.attention > device.refused.length,
    toast: discarded(query),
  };
}

/** The way back, as long as this device keeps what was discarded. @param {any} query */
function discarded(query) {
  const { discarded: mid } = query.device;
  if (!mid || get(query, "discarded") !== mid) return null;
  return { text: "Discarded", icon: "trash-2", path: `${ATTENTION}/${mid}`, method: "POST", label: "Undo" };
}

/**
 * Bytes as a person reads them, rounded half up: `640 KB`, `6.42 MB`.
 * @param {number} bytes
 */
export function size(bytes) {
  if (bytes < MB) return `${Math.floor((bytes + KB / 2) / KB)} KB`;
  const hundredths = Math.floor((bytes * 100 + MB / 2) / MB);
  return `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, "0")} MB`;
}

/** The ledger by module, the largest first. @param {any[]} ledger @param {Map<string, any>} kinds @returns {any[]} */
function byModule(ledger, kinds) {
  /** @type {Map<string, any>} */
  const found = new Map();
  for (const line of ledger) {
    const { module, icon } = kinds.get(line.collection) ?? { module: line.collection, icon: "database" };
    const row = found.get(module) ?? { title: module, icon, collections: [] };
    row.collections.push(line.collection);
    for (const name of NUMBERS) row[name] = (row[name] ?? 0) + line[name];
    found.set(module, row);
  }
  return [...found.values()].sort((one, other) => other.bytes - one.bytes || compare(one.title, other.title));
}

/** @param {any} row @param {any} first @param {string[]} pins */
function moduleRow({ title, icon, records, bytes, stubs, waiting, collections }, first, pins) {
  const kept = collections.every((/** @type {string} */ each) => pins.includes(each));
  const part = percent(bytes, first.bytes);
  return { title, icon, records, bytes: size(bytes), stubs, waiting, percent: part, of: collections.join(" "), kept };
}

/** The modules one after another, as shares of the limit. @param {any[]} modules @param {number} limit */
function segments(modules, limit) {
  let at = 0;
  return modules.map(({ bytes, unsent }, place) => {
    const width = bytes + unsent;
    at += width;
    return { x: share(at - width, limit), width: share(width, limit), shade: SHADES[Math.min(place, SHADES.length - 1)] };
  });
}

/** @param {any[]} rows @param {string} name @returns {number} */
const sum = (rows, name) => rows.reduce((all, row) => all + row[name], 0);

/** @param {number} part @param {number} whole */
const share = (part, whole) => `${percent(part, whole)}%`;

/** At most 100, rounded up, so that a little shows as something. @param {number} part @param {number} whole */
function percent(part, whole) {
  return whole ? Math.min(100, Math.floor((part * 100 + whole - 1) / whole)) : 0;
}

/** @param {any} each @param {any} kind */
const large = ({ id, title, bytes, kept }, { singular, icon }) => ({ id, title, kind: singular, icon, bytes: size(bytes), kept });

/** @param {any} query @param {Map<string, any>} kinds */
function toast(query, kinds) {
  const plain = { icon: "circle-check", path: "", method: "", label: "" };
  const [freed, archived, at] = ["freed", "archived", "at"].map((name) => get(query, name));
  if (isNumber(freed)) return { ...plain, text: `${size(Number(freed))} freed` };
  const kind = kinds.get(get(query, "of"));
  if (!kind || !isNumber(archived)) return null;
  if (archived === "0" || !isNumber(at)) return { ...plain, text: "Nothing is that old" };
  const text = archived === "1" ? `1 ${kind.singular} archived` : `${archived} ${kind.name} archived`;
  return { text, icon: "archive", path: `/storage/archive/${kind.name}/${at}`, method: "DELETE", label: "Undo" };
}

/** @param {string} text */
const isNumber = (text) => /^[0-9]{1,15}$/.test(text);

/** @param {any} given @param {any} query */
function change(given, query) {
  return { title: given.title, what: WORDS[given.op], when: when.moment(given.at, query.zone, query.now) };
}

export const pages = { "/storage": show, "/storage/attention": attention };
export const actions = archives;
