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
import { evict, explained, found, limits, NoRoomError, RESERVED, taken } from "./room.js";
import { Writing } from "./writing.js";

/**
 * @typedef {import("./layout.js").Row} Row
 * @typedef {import("./layout.js").Entry} Entry
 */

const OF_DEVICE = "aios-device";
/** What a new database begins with. */
const BLANK = {
  epoch: null, cursor: null, boot: null, generation: 0, lastSync: null, paused: null, lastMid: 0, nextMid: 1, acked: 0,
  sentMid: 0, firstMid: 0, healing: false, retry: null, discarded: null, seq: 0, ledger: {}, attention: 0, snapshotSeq: null, removed: [],
  pins: [], limit: null, shell: null,
}; // prettier-ignore

/** Records of one transaction that makes room, and the part of what may go that goes when the browser refuses. */
const [AT_ONCE, SHARE] = [200, 0.2];

/** Another writer was here since this store last looked. */
class Outrun extends Error {}

/**
 * Open the database of an account; it is made when it is not there.
 * @param {string} account
 * @param {any} [registry] with which it can make room
 */
export async function openStore(account, registry = null) {
  const store = new Store(account, await openDatabase(PREFIX + account, STEPS), registry);
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
   * @param {any} registry
   */
  constructor(account, database, registry) {
    this.account = account;
    this.database = database;
    this.registry = registry;
    /** @type {Record<string, any>} `meta` as it was when this store last looked */
    this.known = {};
    this.resident = new Resident(this);
    /** The record whose page was shown last. */
    this.lastUsed = "";
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
    const attempt = async () => {
      await prepare();
      return this.#write(work, durability);
    };
    return this.#inTurn(() => this.#roomy(() => attempt().catch((error) => this.#outrun(error, attempt))));
  }

  /**
   * @template T
   * @param {unknown} error @param {() => Promise<T>} attempt
   */
  async #outrun(error, attempt) {
    if (!(error instanceof Outrun)) throw error;
    await this.refresh();
    return attempt();
  }

  /**
   * Do something that may find no room: then once more, after some was made.
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  async #roomy(work) {
    try {
      return await work();
    } catch (error) {
      const why = explained(error);
      if (!(why instanceof NoRoomError)) throw error;
      const { limit, airy } = limits(this.known);
      const wanted = why.missing && why.missing + limit - airy;
      const freed = await this.#makeRoom(wanted, why.missing ? 0 : SHARE).catch(() => 0);
      if (!freed) throw why;
    }
    return work().catch((error) => {
      throw explained(error);
    });
  }

  /**
   * Where little room is left, let the long texts of least use go.
   * @param {boolean} [all] whether the person wants all of them to go, now
   * @returns {Promise<number>} the bytes that went
   */
  async trim(all = false) {
    const { full, airy } = limits(this.known);
    if (!all && taken(this.known) <= full) return 0;
    const room = () => this.#makeRoom(taken(this.known) - (all ? 0 : airy), 0);
    return this.#inTurn(() => room().catch((error) => Promise.reject(explained(error))));
  }

  /**
   * Records that the person wants here, and whose long texts are not.
   * @param {number} most
   * @returns {Promise<string[]>}
   */
  async wanted(most) {
    const { pins = [] } = this.known;
    if (!pins.length || taken(this.known) > limits(this.known).full) return [];
    await this.resident.load(this.registry, Object.keys(this.registry.collections));
    /** @type {string[]} */
    const ids = [];
    for (const [name, table] of this.resident.tables) {
      const stubs = [...table.stubs.keys()].map((place) => table.ids[place]);
      ids.push(...stubs.filter((id) => pins.includes(id) || pins.includes(name)));
    }
    return ids.slice(0, most);
  }

  /**
   * @param {number} wanted bytes
   * @param {number} share of all that may go
   * @returns {Promise<number>} the bytes that went
   */
  async #makeRoom(wanted, share) {
    if (!this.registry) return 0;
    const all = (await found(this)).filter(({ kept }) => !kept);
    const bytes = Math.max(wanted, share * all.reduce((sum, { gain }) => sum + gain, 0));
    const before = taken(this.known);
    for (let from = 0; from < all.length && before - taken(this.known) < bytes; ) {
      /** @type {string[]} */
      const ids = [];
      for (let gained = before - taken(this.known); from < all.length && gained < bytes && ids.length < AT_ONCE; from += 1) {
        ids.push(all[from].id);
        gained += all[from].gain;
      }
      const attempt = () => this.#write((writing) => evict(this.registry, writing, ids), "relaxed");
      await attempt().catch((error) => this.#outrun(error, attempt));
    }
    return before - taken(this.known);
  }

  /** A record's page is opened: it is of use. @param {string} id @param {number} ms */
  async use(id, ms) {
    if (this.lastUsed === id) return;
    this.lastUsed = id;
    const transaction = this.database.transaction("used", "readwrite", { durability: "relaxed" });
    transaction.objectStore("used").put(ms, id);
    await complete(transaction);
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
    return this.#inTurn(() => this.#roomy(() => this.#settle(registry)));
  }

  /** @param {any} registry */
  async #settle(registry) {
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

  /** Bytes that a first sync may bring whole: stubs come on top of it. */
  async budget() {
    return limits(this.known).full - RESERVED;
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

  /** The server has taken all entries up to `mid`. They stay, until their effect was pulled. @param {number} mid */
  async sentUpTo(mid) {
    if (mid > this.known.lastMid) await this.setMeta({ lastMid: mid });
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
   * @param {number} [mid] of the only one that is wanted
   * @returns {Promise<(import("./layout.js").Refused & {title: string})[]>}
   */
  async refused(limit, mid) {
    return this.#titled("attention", limit, mid);
  }

  /**
   * Take a refused entry away: the person has seen to it.
   * @param {number} mid
   * @param {boolean} [keep] so that it can be put back
   */
  async dismiss(mid, keep = false) {
    await this.write(async (writing) => {
      const attention = writing.objects("attention");
      const entry = await result(attention.get(mid));
      if (!entry) return;
      attention.delete(mid);
      writing.meta.attention -= 1;
      if (keep) writing.meta.discarded = entry;
    });
  }

  /** Put back the entry that was last taken away. @param {number} mid */
  async putBack(mid) {
    await this.write((writing) => {
      const { discarded } = writing.meta;
      if (discarded?.mid !== mid) return;
      writing.objects("attention").put(discarded);
      Object.assign(writing.meta, { attention: writing.meta.attention + 1, discarded: null });
    });
  }

  /** @param {string} name @param {number} limit @param {number} [mid] @returns {Promise<any[]>} */
  async #titled(name, limit, mid) {
    const entries = /** @type {Entry[]} */ (
      await result(this.database.transaction(name).objectStore(name).getAll(mid, limit))
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
