// @ts-check
/**
 * What an account takes up here, by collection: exact from the first record on, and kept in the same transaction, since
 * browsers' own estimates are not real (docs/sync.md, "Storage budget").
 *
 * @typedef {{records: number, bytes: number, stubs: number, waiting: number}} Line living records; UTF-8 bytes of the
 *   JSON of all bodies and stubs, the trash included; records that are stubs; entries of the outbox
 * @typedef {Record<string, Line>} Ledger
 */

const encoder = new TextEncoder();

/**
 * How many bytes a record counts.
 * @param {import("./layout.js").Body} body
 * @param {import("./layout.js").Stub} stub
 */
export function bytesOf(body, stub) {
  return size(body) + (stub === null ? 0 : size(stub));
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
 * @param {{collection: string}} entry
 * @param {1 | -1} sign
 */
export function countWaiting(ledger, entry, sign) {
  lineOf(ledger, entry.collection).waiting += sign;
}

/**
 * The sums of all collections.
 * @param {Ledger} ledger
 * @returns {Line}
 */
export function total(ledger) {
  const sum = { records: 0, bytes: 0, stubs: 0, waiting: 0 };
  for (const line of Object.values(ledger)) {
    sum.records += line.records;
    sum.bytes += line.bytes;
    sum.stubs += line.stubs;
    sum.waiting += line.waiting;
  }
  return sum;
}

/** @param {Ledger} ledger @param {string} collection */
function lineOf(ledger, collection) {
  return (ledger[collection] ??= { records: 0, bytes: 0, stubs: 0, waiting: 0 });
}

/** @param {unknown} value */
function size(value) {
  return encoder.encode(JSON.stringify(value)).length;
}
