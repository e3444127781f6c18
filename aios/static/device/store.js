// @ts-check
/**
 * The database of one account on this device (docs/sync.md, "Device"). The service worker is its only writer; a write
 * has happened when its transaction is complete, on disk where `durability` is strict.
 */
import { newId } from "./ids.js";
import { complete, deleteDatabase, openDatabase, result } from "./indexeddb.js";
import { PREFIX, STEPS, WRITTEN } from "./layout.js";
import { total } from "./ledger.js";
import { Resident } from "./resident.js";
import { explained, LIMIT, RESERVED } from "./room.js";
import { PROVISIONAL, Writing } from "./writing.js";

/**
 * @typedef {import("./layout.js").Row} Row
 * @typedef {import("./layout.js").Entry} Entry
 */

const OF_DEVICE = "aios-device";
/** What a new database begins with. */
const BLANK = {
  epoch: null, cursor: null, boot: null, generation: 0, lastSync: null, paused: null, lastMid: 0, nextMid: 1, acked: 0,
  seq: 0, ledger: {}, attention: 0, snapshotSeq: null, removed: [],
}; // prettier-ignore

/** Another writer was here since this store last looked. */
class Outrun extends Error {}

/**
 * Open the database of an account; it is made when it is not there.
 * @param {string} account
 */
export async function openStore(account) {
  const store = new Store(account, await openDatabase(PREFIX + account, STEPS));
  await store.refresh();
  if (!store.known.client) await store.begin();
  return store;
}

/** Remove everything that this device keeps of an account. @param {string} account */
export async function deleteStore(account) {
  await deleteDatabase(PREFIX + account);
}

/** The accounts that have a database on this device. @returns {Promise<string[]>} */
export async function listAccounts() {
  const names = (await indexedDB.databases()).map(({ name }) => name ?? "");
  return names.filter((name) => name.startsWith(PREFIX) && name !== OF_DEVICE).map((name) => name.slice(PREFIX.length));
}

/** One account's database, and what of it is kept in memory. */
export class Store {
  /**
   * @param {string} account
   * @param {IDBDatabase} database
   */
  constructor(account, database) {
    this.account = account;
    this.database = database;
    /** @type {Record<string, any>} `meta` as it was when this store last looked */
    this.known = {};
    this.resident = new Resident(this);
    /** @type {Promise<unknown>} */
    this.turn = Promise.resolve();
  }

  close() {
    this.database.close();
  }

  /** Forget what is in memory, and look at what is stored. */
  async refresh() {
    const transaction = this.database.transaction(["meta", "records"]);
    const meta = await readMeta(transaction);
    const snapshotSeq = meta.snapshotSeq ?? null;
    this.known = meta;
    if (snapshotSeq === null) {
      this.resident.begin(false, [], []);
      return;
    }
    const later = IDBKeyRange.lowerBound(snapshotSeq, true);
    const rows = /** @type {Row[]} */ (await result(transaction.objectStore("records").index("seq").getAll(later)));
    this.resident.begin(true, rows, meta.removed);
  }

  /**
   * Run `work` in one transaction over everything but the projection. It may await nothing but that transaction's own
   * requests. When it throws, or the browser refuses, nothing of it is kept.
   * @template T
   * @param {(writing: Writing) => T | Promise<T>} work
   * @param {{durability?: IDBTransactionDurability, prepare?: () => Promise<void>}} how `prepare` runs before
   * @returns {Promise<T>} when it is complete
   * @throws {import("./room.js").NoRoomError} when there is no room; and what `work` throws
   */
  write(work, { durability = "strict", prepare = async () => {} } = {}) {
    return this.#inTurn(async () => {
      await prepare();
      try {
        return await this.#write(work, durability);
      } catch (error) {
        if (!(error instanceof Outrun)) throw explained(error);
      }
      await this.refresh();
      await prepare();
      return this.#write(work, durability);
    });
  }

  /**
   * @template T
   * @param {(writing: Writing) => T | Promise<T>} work
   * @param {IDBTransactionDurability} durability
   */
  async #write(work, durability) {
    const transaction = this.database.transaction(WRITTEN, "readwrite", { durability });
    const ended = complete(transaction);
    ended.catch(() => {});
    try {
      const writing = new Writing(transaction, await readMeta(transaction));
      if (writing.meta.seq !== this.known.seq) throw new Outrun();
      const given = await work(writing);
      writing.finish();
      transaction.commit();
      await ended;
      this.known = writing.meta;
      this.resident.change(writing.changed);
      return given;
    } catch (error) {
      abort(transaction);
      throw error;
    }
  }

  /**
   * Let `work` run when all writes before it are done.
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  #inTurn(work) {
    const done = this.turn.then(work);
    this.turn = done.catch(() => {});
    return done;
  }

  /**
   * Write the projection anew, so that the next start is quick. Nothing is lost when it fails or is cut.
   * @param {any} registry
   */
  settle(registry) {
    return this.#inTurn(async () => {
      const { parts, stored } = await this.resident.snapshot(registry);
      const transaction = this.database.transaction(["projection", "meta"], "readwrite", { durability: "relaxed" });
      const ended = complete(transaction);
      const meta = transaction.objectStore("meta");
      // What another writer did is not in the projection.
      const isCurrent = (await result(meta.get("seq"))) === this.known.seq;
      if (isCurrent) {
        for (const [name, part] of parts) transaction.objectStore("projection").put(part, name);
        meta.put(this.known.seq, "snapshotSeq");
        meta.put([], "removed");
      }
      await ended;
      if (!isCurrent) return;
      this.known = { ...this.known, snapshotSeq: this.known.seq, removed: [] };
      stored();
    });
  }

  /** How many writes the projection is behind. */
  get unsettled() {
    return this.known.snapshotSeq === null ? Infinity : this.known.seq - this.known.snapshotSeq;
  }

  /**
   * Rows by id, in one transaction; undefined where there is none.
   * @param {string[]} ids
   * @returns {Promise<(Row | undefined)[]>}
   */
  rows(ids) {
    if (!ids.length) return Promise.resolve([]);
    const records = this.database.transaction("records").objectStore("records");
    return Promise.all(ids.map((id) => result(records.get(id))));
  }

  /** Everything in `meta`. */
  async meta() {
    return this.known;
  }

  /** @param {string} name */
  async getMeta(name) {
    return this.known[name];
  }

  /** Set members of `meta`. @param {Record<string, any>} values */
  async setMeta(values) {
    await this.write(({ meta }) => void Object.assign(meta, values));
  }

  /** Fill a new database, unless another worker just did. */
  async begin() {
    const values = { ...BLANK, client: newId() };
    const transaction = this.database.transaction("meta", "readwrite", { durability: "strict" });
    const ended = complete(transaction);
    const meta = transaction.objectStore("meta");
    const begun = await result(meta.get("client"));
    if (!begun) for (const [name, value] of Object.entries(values)) meta.put(value, name);
    await ended;
    await this.refresh();
  }

  /** What everything takes up here, by collection. @returns {Promise<import("./ledger.js").Ledger>} */
  async ledger() {
    return this.known.ledger;
  }

  /**
   * @returns {Promise<{records: number, waiting: number, attention: number}>} living records; entries of outbox and
   *   attention
   */
  async counts() {
    const { records, waiting } = total(this.known.ledger);
    return { records, waiting, attention: this.known.attention };
  }

  /** Bytes that bodies may take up here. */
  async budget() {
    return LIMIT - RESERVED;
  }

  /**
   * The first entries of the outbox that the server has not taken yet, as they are pushed.
   * @param {number} limit
   * @returns {Promise<Entry[]>}
   */
  async unsent(limit) {
    const later = IDBKeyRange.lowerBound(this.known.lastMid, true);
    return result(this.database.transaction("outbox").objectStore("outbox").getAll(later, limit));
  }

  /** Note that entries may have left the device, so they are not changed any more. @param {number[]} mids */
  async markSent(mids) {
    if (!mids.length) return;
    await this.write(async (writing) => {
      const outbox = writing.objects("outbox");
      const range = IDBKeyRange.bound(Math.min(...mids), Math.max(...mids));
      const wanted = new Set(mids);
      for (const entry of await result(outbox.getAll(range))) {
        if (wanted.has(entry.mid) && !entry.sent) outbox.put({ ...entry, sent: true });
      }
    });
  }

  /** The server has taken all entries up to `mid`. They stay, until their effect was pulled. @param {number} mid */
  async sentUpTo(mid) {
    if (mid > this.known.lastMid) await this.setMeta({ lastMid: mid });
  }

  /** Become another client, whose entries are numbered from 1: the server lost what it knew of the old one. */
  async renumber() {
    await this.write(async (writing) => {
      const entries = /** @type {Entry[]} */ (await result(writing.objects("outbox").getAll()));
      const refused = /** @type {Entry[]} */ (await result(writing.objects("attention").getAll()));
      await writing.load(entries.map(({ id }) => id));
      const places = new Map(entries.map(({ mid }, place) => [mid, place + 1]));
      writing.objects("outbox").clear();
      for (const entry of entries) writing.objects("outbox").add({ ...entry, mid: places.get(entry.mid), sent: false });
      for (const id of new Set(entries.map(({ id }) => id))) {
        const row = writing.row(id);
        const place = row && places.get(row.rev - PROVISIONAL);
        if (row && place) writing.put({ ...row, rev: PROVISIONAL + place });
      }
      // Refused entries keep apart from those that the new numbers may be refused under.
      writing.objects("attention").clear();
      for (const [place, entry] of refused.entries()) writing.objects("attention").add({ ...entry, mid: -1 - place });
      Object.assign(writing.meta, { client: newId(), nextMid: entries.length + 1, lastMid: 0, acked: 0 });
    });
  }

  /**
   * Begin a first sync, or go on with one.
   * @param {{boot: number | null}} state null when it is a new one
   * @returns {Promise<number>} the number of it, for `receive` and `dropUnseen`
   */
  async beginBootstrap({ boot }) {
    if (boot === null) await this.setMeta({ generation: this.known.generation + 1 });
    return this.known.generation;
  }

  /**
   * The first entries of the outbox, with the title of their record.
   * @param {number} limit
   * @returns {Promise<(Entry & {title: string})[]>}
   */
  async waiting(limit) {
    return this.#titled("outbox", limit);
  }

  /**
   * The first refused entries, with the title of their record.
   * @param {number} limit
   * @returns {Promise<(import("./layout.js").Refused & {title: string})[]>}
   */
  async refused(limit) {
    return this.#titled("attention", limit);
  }

  /** Forget a refused entry: the person has seen to it. @param {number} mid */
  async dismiss(mid) {
    await this.write(async (writing) => {
      const attention = writing.objects("attention");
      if ((await result(attention.count(mid))) === 0) return;
      attention.delete(mid);
      writing.meta.attention -= 1;
    });
  }

  /** @param {string} name @param {number} limit @returns {Promise<any[]>} */
  async #titled(name, limit) {
    const entries = /** @type {Entry[]} */ (
      await result(this.database.transaction(name).objectStore(name).getAll(null, limit))
    );
    const rows = await this.rows(entries.map(({ id }) => id));
    return entries.map((entry, place) => ({
      ...entry,
      title: title(rows[place]?.body) || title(entry.fields) || entry.collection,
    }));
  }
}

/** @param {IDBTransaction} transaction @returns {Promise<Record<string, any>>} */
async function readMeta(transaction) {
  const meta = transaction.objectStore("meta");
  const [names, values] = await Promise.all([result(meta.getAllKeys()), result(meta.getAll())]);
  return Object.fromEntries(names.map((name, place) => [name, values[place]]));
}

/** @param {Record<string, any> | undefined} document @returns {string} */
function title(document) {
  return document?.title ?? document?.name ?? "";
}

/** @param {IDBTransaction} transaction */
function abort(transaction) {
  try {
    transaction.abort();
  } catch {
    // It has ended already.
  }
}
