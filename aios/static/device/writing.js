// @ts-check
/** One writing transaction: records, outbox, ledger and counters change together or not at all. */
import { equal } from "./equal.js";
import { fold } from "./fold.js";
import { result } from "./indexeddb.js";
import { bytesOf, count, countWaiting, total } from "./ledger.js";

/**
 * @typedef {import("./layout.js").Row} Row
 * @typedef {import("./layout.js").Entry} Entry
 * @typedef {Omit<Row, "bytes" | "seq">} Written
 * @typedef {{collection: string, row: Row | null}} Changed what became of a record; null when it is not here any more
 */

/**
 * Local changes have revisions above all that a server gives, in the order they were made: this plus the number of
 * their mutation. A pull replaces them.
 */
export const PROVISIONAL = 2 ** 40;
/** Requests that take longer than one for everything. */
const MANY = 100;

/** What a `store.write` is given. Rows have to be loaded before they are asked for or put. */
export class Writing {
  /**
   * @param {IDBTransaction} transaction
   * @param {Record<string, any>} meta as it is stored
   */
  constructor(transaction, meta) {
    this.transaction = transaction;
    this.meta = structuredClone(meta);
    /** @type {Map<string, Changed>} */
    this.changed = new Map();
    /** Whether pages show anything else now: a revision alone is not seen. */
    this.visible = false;
    this.before = meta;
    /** @type {Map<string, Row | undefined>} */
    this.rows = new Map();
    /** The last entry of the outbox, or null; undefined until rows are loaded. @type {Entry | null | undefined} */
    this.tail = undefined;
  }

  /** @param {string} name */
  objects(name) {
    return this.transaction.objectStore(name);
  }

  /** Read the rows of `ids`. @param {Iterable<string>} ids */
  async load(ids) {
    const missing = [...new Set(ids)].filter((id) => !this.rows.has(id));
    for (const id of missing) this.rows.set(id, undefined);
    if (this.tail === undefined && total(this.meta.ledger).waiting) {
      this.tail = /** @type {Entry | undefined} */ (await result(this.objects("outbox").get(this.meta.nextMid - 1)));
    }
    const records = this.objects("records");
    const there = missing.length < MANY ? missing : await present(records, missing);
    const rows = /** @type {Row[]} */ (await Promise.all(there.map((id) => result(records.get(id)))));
    for (const [place, id] of there.entries()) this.rows.set(id, rows[place]);
  }

  /** The row with this id as it will be, or null. @param {string} id @returns {Row | null} */
  row(id) {
    return this.rows.get(id) ?? null;
  }

  /**
   * What is pending for each of `ids`, in order; ids without are left out.
   * @param {string[]} ids
   * @returns {Promise<Map<string, Entry[]>>}
   */
  async pending(ids) {
    /** @type {Map<string, Entry[]>} */
    const pending = new Map();
    const { waiting } = total(this.meta.ledger);
    if (!waiting || !ids.length) return pending;
    const wanted = new Set(ids);
    for (const entry of await this.#entries(ids, waiting)) {
      if (!wanted.has(entry.id)) continue;
      const before = pending.get(entry.id);
      if (before) before.push(entry);
      else pending.set(entry.id, [entry]);
    }
    return pending;
  }

  /**
   * Entries in order, those of `ids` among them: all where that is fewer requests.
   * @param {string[]} ids
   * @param {number} waiting
   * @returns {Promise<Entry[]>}
   */
  async #entries(ids, waiting) {
    const outbox = this.objects("outbox");
    if (ids.length > waiting / MANY) return result(outbox.getAll());
    return (await Promise.all(ids.map((id) => result(outbox.index("id").getAll(id))))).flat();
  }

  /**
   * Keep a record. One that is the same as before takes no new `seq`, so nobody has to look at it again.
   * @param {Written} written
   */
  put(written) {
    const old = this.row(written.id);
    const row = { ...written, bytes: bytesOf(written), seq: old?.seq ?? 0 };
    if (old && equal(old, row)) return;
    if (!old || !equal({ ...old, seen: 0 }, { ...row, seen: 0 })) {
      row.seq = this.meta.seq = (this.meta.seq ?? 0) + 1;
      this.changed.set(row.id, { collection: row.collection, row });
      const same = old && equal(old.body, row.body) && equal(old.stub, row.stub) && old.deleted === row.deleted;
      if (!same) this.visible = true;
    }
    if (old) count(this.meta.ledger, old, -1);
    count(this.meta.ledger, row, 1);
    this.rows.set(row.id, row);
    this.objects("records").put(row);
  }

  /** Forget a record, as if it had never been here. @param {string} id */
  remove(id) {
    const old = this.row(id);
    if (!old) return;
    count(this.meta.ledger, old, -1);
    this.meta.seq += 1;
    // A row that is gone has no `seq` to be found by, so the next start is told of it (resident.js).
    if (this.meta.snapshotSeq !== null) this.meta.removed.push([old.collection, id]);
    this.changed.set(id, { collection: old.collection, row: null });
    this.visible = true;
    this.rows.set(id, undefined);
    this.objects("records").delete(id);
  }

  /**
   * Append to the outbox, or make it part of the last entry.
   * @param {Omit<Entry, "mid">} mutation
   * @returns {number} the number that it got
   */
  enqueue(mutation) {
    const before = /** @type {Entry} */ (this.tail);
    const isHere = before && before.mid > (this.meta.sentMid ?? 0);
    const folded = isHere ? fold(before, mutation) : null;
    this.tail = folded ?? this.#add({ mid: this.meta.nextMid++, ...mutation });
    if (folded) {
      countWaiting(this.meta.ledger, before, -1);
      countWaiting(this.meta.ledger, folded, 1);
      this.objects("outbox").put(folded);
    }
    return this.tail.mid;
  }

  /**
   * Put an entry before all others: what a restored server has to be told first.
   * @param {Omit<Entry, "mid">} mutation
   * @returns {Entry}
   */
  prepend(mutation) {
    this.meta.firstMid = (this.meta.firstMid ?? 0) - 1;
    return this.#add({ mid: this.meta.firstMid, ...mutation });
  }

  /** @param {Entry} entry */
  #add(entry) {
    this.objects("outbox").add(entry);
    countWaiting(this.meta.ledger, entry, 1);
    return entry;
  }

  /**
   * Take entries out of the outbox: those that stand one after another in one request, since thousands take seconds.
   * @param {Entry[]} entries in order
   */
  dequeue(entries) {
    /** @type {[number, number][]} */
    const ranges = [];
    for (const entry of entries) {
      if (entry.mid === this.tail?.mid) this.tail = null;
      countWaiting(this.meta.ledger, entry, -1);
      const last = ranges.at(-1);
      if (last?.[1] === entry.mid - 1) last[1] = entry.mid;
      else ranges.push([entry.mid, entry.mid]);
    }
    for (const [from, to] of ranges) this.objects("outbox").delete(IDBKeyRange.bound(from, to));
  }

  /** Write what was counted. */
  finish() {
    const meta = this.objects("meta");
    for (const [name, value] of Object.entries(this.meta)) {
      if (!equal(value, this.before[name])) meta.put(value, name);
    }
  }
}

/**
 * Those of `ids` that are in a store: a first sync brings thousands that are not.
 * @param {IDBObjectStore} records
 * @param {string[]} ids
 * @returns {Promise<string[]>}
 */
async function present(records, ids) {
  const sorted = ids.toSorted();
  const range = IDBKeyRange.bound(sorted[0], sorted.at(-1));
  const there = new Set(await result(records.getAllKeys(range)));
  return ids.filter((id) => there.has(id));
}
