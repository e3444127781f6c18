// @ts-check
/**
 * The layout of an account's database, as steps that lead to it (docs/sync.md, "Device").
 *
 * @typedef {{length: number, words: number, start: string}} Kept what stands for a long text that is not here
 * @typedef {Record<string, Kept> | null} Stub by field; null when the record is whole
 * @typedef {Record<string, any>} Body a document without `_rev` and `_stub`; a field that the stub stands for is ""
 * @typedef {{rev: number, deleted: number | null, body: Body, stub: Stub, conflict?: Conflict}} State a record at
 *   one moment; deleted in ms
 * @typedef {Record<string, number[][]>} Conflict by text field, the places where both of two texts were kept, until
 *   somebody settles it
 * @typedef {State & {id: string, collection: string, bytes: number, seq: number, seen?: number,
 *   base?: State | null}} Row
 *   a row of `records`: as it is shown. `base` is there while something is pending for it: the record as the server has
 *   it, null when the server does not. `seq` counts writes here; `seen` is the first sync that last showed the record
 * @typedef {{mid: number, op: "create" | "update" | "delete" | "restore", collection: string, id: string,
 *   fields: Body, bases: Record<string, string>, baseRev: number | null, ms: number, tooLarge?: true,
 *   stub?: Record<string, Kept>}} Entry
 *   a row of `outbox`: a mutation as it is pushed. Those up to `sentMid` in `meta` may have left. `stub` is for texts
 *   that the server takes over from another record
 * @typedef {Entry & {code: string, detail: string, body: Body}} Refused a row of `attention`; the body as it was shown
 */

/** What a writing transaction covers. */
export const WRITTEN = ["records", "outbox", "meta", "attention"];
export const PREFIX = "aios-";

/** @type {import("./indexeddb.js").Step[]} */
export const STEPS = [
  (database) => {
    const records = database.createObjectStore("records", { keyPath: "id" });
    records.createIndex("seq", "seq");
    records.createIndex("seen", "seen");
    database.createObjectStore("outbox", { keyPath: "mid" }).createIndex("id", "id");
    database.createObjectStore("attention", { keyPath: "mid" });
    database.createObjectStore("meta");
    database.createObjectStore("projection");
  },
  // When a record's page was last opened, in ms by id: a write of its own, which may be lost.
  (database) => void database.createObjectStore("used"),
];
