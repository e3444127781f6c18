// @ts-check
/**
 * The room that an account may take up on this device (docs/storage.md). Records that were not used for long keep all
 * but their long texts, which the server has and gives again. What only this device has never goes.
 *
 * @typedef {import("./layout.js").Row} Row
 * @typedef {{id: string, collection: string, title: string, bytes: number, gain: number, used: number, opened: number, kept: boolean}}
 *   Found a record with a long text that may go: what it takes up, about how much goes, when it was last of use;
 *   whether it has to stay, because the person wants it here or has just opened it
 */
import { fromWire } from "./clock.js";
import { AiosError } from "./errors.js";
import { result, scan } from "./indexeddb.js";
import { bytesOf, total } from "./ledger.js";
import { keep, START } from "./stubs.js";
import { head } from "./text.js";
import { PROVISIONAL } from "./writing.js";

const MB = 1_000_000;
const DETAIL =
  "This device has no room left, so this was not kept. Your text is still on the screen: " +
  "copy it or leave it open, make some room, then save again.";
/** Limits that a person may choose, in MB. A browser begins with the most (docs/sync.md). */
export const LEAST = 6;
export const MOST = 10;
/** Bytes that are kept free for what is written here. */
export const RESERVED = MB;
/** From this part of the limit on, long texts go until there is a little air. */
const [FULL, AIRY] = [0.8, 0.75];
/** The pages that were opened last, so long ago at most, may still be edited, so their texts stay. */
const [MOST_OPEN, OPEN_MS] = [10, 3_600_000];

/** The device refused to store more. Nothing of the change was kept. */
export class NoRoomError extends AiosError {
  status = 507;
  code = "no_room";
  /** @param {number} missing bytes; 0 when the browser refused, which says no number */
  constructor(missing = 0) {
    super(DETAIL);
    this.missing = missing;
  }
}

/** What an error of the store means: the same error, unless it is one of room. @param {any} error */
export const explained = (error) => (error?.name === "QuotaExceededError" ? new NoRoomError() : error);

/**
 * The limit of this device, and where it warns and makes room by itself, in bytes.
 * @param {Record<string, any>} meta
 */
export function limits({ limit, shell }) {
  const most = (limit ?? shell ?? MOST) * MB;
  return { limit: most, warn: Math.min(LEAST * MB, most - MB), full: most * FULL, airy: most * AIRY };
}

/** All that an account takes up here. @param {Record<string, any>} meta */
export function taken({ ledger }) {
  const { bytes, unsent } = total(ledger);
  return bytes + unsent;
}

/**
 * Refuse a save that the limit has no room for. What waits may always take up the reserve; deleting is always possible.
 * @param {import("./writing.js").Writing} writing
 * @throws {NoRoomError}
 */
export function claim({ meta, before }) {
  const over = taken(meta) - limits(meta).limit;
  if (over > 0 && total(meta.ledger).unsent > RESERVED && taken(meta) > taken(before)) throw new NoRoomError(over);
}

/**
 * Records with long texts that the server has as well, those of least use first: what was put aside, then by when it was
 * last opened or changed.
 * @param {import("./store.js").Store} store
 * @returns {Promise<Found[]>}
 */
export async function found(store) {
  const { registry, known } = store;
  const now = Date.now();
  const transaction = store.database.transaction(["records", "used"]);
  const used = await times(transaction.objectStore("used"));
  const aside = Object.fromEntries(registry.modules.flatMap((/** @type {any} */ each) => each.archives.map((/** @type {any} */ one) => [one.collection, one.field])));
  /** @type {Found[]} */
  const all = [];
  for await (const rows of scan(transaction.objectStore("records"))) {
    for (const row of rows) {
      const { id, collection, body, bytes, deleted } = row;
      const small = stubbed(registry, row, guess);
      if (!small) continue;
      const opened = used.get(id) ?? 0;
      const isAside = deleted !== null || body[aside[collection]] === true;
      const at = isAside ? 0 : Math.max(opened, fromWire(body.updatedAt));
      const title = body.title ?? body.name ?? "";
      all.push({ id, collection, title, bytes, gain: bytes - bytesOf(small), used: at, opened, kept: isKept(known, row) });
    }
  }
  all.sort((one, other) => one.used - other.used);
  for (const each of all.filter(({ opened }) => opened > now - OPEN_MS).slice(-MOST_OPEN)) each.kept = true;
  return all;
}

/**
 * Take the long texts of records out, unless they may not go by now.
 * @param {any} registry
 * @param {import("./writing.js").Writing} writing
 * @param {string[]} ids
 */
export async function evict(registry, writing, ids) {
  await writing.load(ids);
  for (const id of ids) {
    const row = writing.row(id);
    const small = row && !isKept(writing.meta, row) ? stubbed(registry, row) : null;
    if (small) writing.put(small);
  }
}

/** Whether the person wants a record to stay here, or all of its kind. @param {Record<string, any>} meta @param {{id: string, collection: string}} row */
const isKept = ({ pins = [] }, { id, collection }) => pins.includes(id) || pins.includes(collection);

/**
 * About what a stub keeps: counting the words of everything that is here would take long.
 * @type {(text: string) => import("./stubs.js").Kept}
 */
const guess = (text) => ({ length: text.length, words: text.length, start: head(text, START) });

/**
 * A row without its long texts; null where they may not go: what waits to be sent, what has two versions to settle, and
 * what would save nothing.
 * @param {any} registry
 * @param {Row} row
 * @param {(text: string) => import("./stubs.js").Kept} [how]
 * @returns {Row | null}
 */
function stubbed(registry, row, how = keep) {
  const { collection, rev, body, stub, base, conflict } = row;
  if (base !== undefined || rev >= PROVISIONAL || stub !== null || conflict) return null;
  const names = (registry.collections[collection]?.texts ?? []).filter((/** @type {string} */ name) => body[name]);
  const texts = names.map((/** @type {string} */ name) => /** @type {const} */ ([name, how(body[name])]));
  if (!texts.some((/** @type {readonly [string, import("./stubs.js").Kept]} */ [name, { start }]) => start !== body[name])) return null;
  const blank = Object.fromEntries(names.map((/** @type {string} */ name) => [name, ""]));
  return { ...row, body: { ...body, ...blank }, stub: Object.fromEntries(texts) };
}

/** @param {IDBObjectStore} used @returns {Promise<Map<string, number>>} */
async function times(used) {
  const [ids, values] = await Promise.all([result(used.getAllKeys()), result(used.getAll())]);
  return new Map(ids.map((id, place) => [String(id), values[place]]));
}
