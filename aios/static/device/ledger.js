// @ts-check
/**
 * What an account takes up here, by collection: exact from the first record on, and kept in the same transaction, since
 * browsers' own estimates are not real (docs/sync.md, "Storage budget").
 *
 * @typedef {{records: number, bytes: number, stubs: number, waiting: number, unsent?: number}} Line living records;
 *   UTF-8 bytes of the JSON of all bodies and stubs, the trash and what waits to be replaced included; records that are
 *   stubs; entries of the outbox, and the bytes of their fields
 * @typedef {Record<string, Line>} Ledger
 */

const encoder = new TextEncoder();

/**
 * How many bytes a record counts; while something is pending for it, with what the server has.
 * @param {{body: import("./layout.js").Body, stub: import("./layout.js").Stub, base?: any}} row
 * @returns {number}
 */
export function bytesOf({ body, stub, base }) {
  return size(body) + (stub === null ? 0 : size(stub)) + (base ? bytesOf({ body: base.body, stub: base.stub }) : 0);
}

/**
 * Add a record to the ledger, or with `sign` -1 take it out.
 * @param {Ledger} ledger
 * @param {import("./layout.js").Row} row
 * @param {1 | -1} sign
 */
export function count(ledger, row, sign) {
  const line = lineOf(ledger, row.collection);
  line.records += row.deleted === null ? sign : 0;
  line.bytes += sign * row.bytes;
  line.stubs += row.stub === null ? 0 : sign;
}

/**
 * Add an entry of the outbox, or take it out.
 * @param {Ledger} ledger
 * @param {{collection: string, fields: import("./layout.js").Body}} entry
 * @param {1 | -1} sign
 */
export function countWaiting(ledger, entry, sign) {
  const line = lineOf(ledger, entry.collection);
  line.waiting += sign;
  // Entries of an older build were not counted.
  line.unsent = line.waiting ? Math.max(0, (line.unsent ?? 0) + sign * size(entry.fields)) : 0;
}

/**
 * The sums of all collections.
 * @param {Ledger} ledger
 * @returns {Required<Line>}
 */
export function total(ledger) {
  const sum = { records: 0, bytes: 0, stubs: 0, waiting: 0, unsent: 0 };
  for (const line of Object.values(ledger)) {
    sum.records += line.records;
    sum.bytes += line.bytes;
    sum.stubs += line.stubs;
    sum.waiting += line.waiting;
    sum.unsent += line.unsent ?? 0;
  }
  return sum;
}

/** @param {Ledger} ledger @param {string} collection */
function lineOf(ledger, collection) {
  return (ledger[collection] ??= { records: 0, bytes: 0, stubs: 0, waiting: 0, unsent: 0 });
}

/** @param {unknown} value */
function size(value) {
  return encoder.encode(JSON.stringify(value)).length;
}
