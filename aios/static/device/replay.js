// @ts-check
/**
 * Meeting what the server says: what is shown is always the server's record with the outbox played over it
 * (docs/sync.md, "Pull"), so a pull never overwrites pending work. Everything here may be cut and repeated.
 *
 * @typedef {import("./layout.js").Row} Row
 * @typedef {import("./layout.js").Entry} Entry
 * @typedef {import("./layout.js").State} State
 * @typedef {import("./store.js").Store} Store
 * @typedef {import("./writing.js").Writing} Writing
 * @typedef {Record<string, import("./apply.js").Half>} Halves by collection
 * @typedef {{id: string, collection: string, rev: number, deleted: number | null, body: Record<string, any>,
 *   stub?: Record<string, import("./layout.js").Kept>, conflict?: import("./layout.js").Conflict}} Pulled
 * @typedef {import("./heal.js").Circumstances | null} Heal of a first sync after a restore
 */
import { equal } from "./equal.js";
import { AiosError } from "./errors.js";
import { healing } from "./heal.js";
import { result } from "./indexeddb.js";
import { renumber } from "./outbox.js";
import { replayed } from "./plan.js";
import { PROVISIONAL } from "./writing.js";

const TOO_LARGE = "This change is larger than your server takes at once. Copy it, and keep it in several parts.";

/**
 * Keep a page of pulled records and the members of `meta` that go with it, in one transaction. Older records than
 * those here are ignored, except in a first sync.
 * @param {Store} store
 * @param {any} registry
 * @param {Halves} halves
 * @param {Pulled[]} records
 * @param {Record<string, any>} given members of `meta`; in a first sync `generation` (`store.beginBootstrap`), and `heal`
 * when it is of a server that was restored
 * @returns {Promise<boolean>} whether anything that is shown is another now
 */
export async function receive(store, registry, halves, records, { generation, heal = null, ...meta }) {
  const work = async (/** @type {Writing} */ writing) => {
    const ids = records.map(({ id }) => id);
    await writing.load(ids);
    const pending = await writing.pending(ids.filter((id) => mayBePending(writing, id)));
    const player = new Player(registry, halves, writing, heal);
    for (const record of records) {
      const row = writing.row(record.id);
      const state = stateOf(registry.collections[record.collection], record);
      if (generation === undefined && row && !isNews(row, state)) continue;
      const seen = generation ?? writing.meta.generation;
      const entries = pending.get(record.id) ?? [];
      player.show(record.id, record.collection, state, player.mended(record.id, record.collection, state, entries), seen);
    }
    // The sweep is part of the last page's transaction: it would not be done again if the worker ended in between.
    if (generation !== undefined && meta.boot === null) {
      await drop(player, generation);
      if (heal) await renumber(writing, () => false);
      meta.healing = false;
    }
    Object.assign(writing.meta, meta);
    return writing.visible;
  };
  return store.write(work, { durability: "relaxed" });
}

/**
 * Let entries up to `lastMid` leave the outbox: the server has taken them. Call it only when a pull that gave this
 * `lastMid` has reached its end, so that their effect is here.
 * @param {Store} store
 * @param {any} registry
 * @param {Halves} halves
 * @param {number} lastMid
 * @returns {Promise<boolean>} whether anything left
 */
export async function acknowledge(store, registry, halves, lastMid) {
  if (!(await store.counts()).waiting) return false;
  const work = async (/** @type {Writing} */ writing) => {
    const range = IDBKeyRange.upperBound(lastMid);
    const entries = /** @type {Entry[]} */ (await result(writing.objects("outbox").getAll(range)));
    // What the server took has come back by now. If not, it was deleted since, and its trash emptied.
    await settle(registry, halves, writing, entries);
    writing.meta.lastMid = Math.max(writing.meta.lastMid, lastMid);
    return entries.length > 0;
  };
  return store.write(work, { durability: "relaxed" });
}

/**
 * Move refused entries to where the person sees them, and show their records without them.
 * @param {Store} store
 * @param {any} registry
 * @param {Halves} halves
 * @param {{mid: number, code: string, detail: string}[]} rejects
 * @param {number} [lastMid] the last entry that the server has taken
 */
export async function reject(store, registry, halves, rejects, lastMid = 0) {
  await store.write(async (writing) => {
    const [outbox, attention] = [writing.objects("outbox"), writing.objects("attention")];
    const found = await Promise.all(
      rejects.map(({ mid }) => /** @type {Promise<Entry | undefined>} */ (result(outbox.get(mid)))),
    );
    /** @type {Entry[]} */
    const entries = [];
    for (const [place, { mid, code, detail }] of rejects.entries()) {
      const entry = found[place];
      writing.meta.acked = Math.max(writing.meta.acked, mid);
      if (!entry) continue;
      entries.push(entry);
      const why = entry.tooLarge ? { code: "too_large", detail: TOO_LARGE } : { code, detail };
      await writing.load([entry.id]);
      // As it was shown, so that nothing of it is lost where the record itself is gone.
      attention.put({ ...entry, ...why, body: here(writing.row(entry.id)) });
      writing.meta.attention += 1;
    }
    await settle(registry, halves, writing, entries);
    writing.meta.lastMid = Math.max(writing.meta.lastMid, lastMid);
  });
}

/**
 * What results when entries are played over the server's record; one that does not apply any more is left out, since
 * the server will refuse it.
 * @param {any} registry
 * @param {Halves} halves
 * @param {State | null} base
 * @param {Entry[]} entries of one record, in order
 * @returns {State | null}
 */
export function replay(registry, halves, base, entries) {
  let state = base;
  for (const entry of entries) {
    const collection = registry.collections[entry.collection];
    if (!collection) continue;
    try {
      const kind = { collection, derive: halves[entry.collection]?.derive };
      const planned = replayed(kind, entry, state);
      if (planned.effect !== "same") state = { ...planned.state, rev: PROVISIONAL + entry.mid };
    } catch (error) {
      if (!(error instanceof AiosError)) throw error;
    }
  }
  return state;
}

/**
 * Forget what the server did not show in a first sync. What was written here and is not sent yet stays, and what a
 * restored server has lost.
 * @param {Player} player
 * @param {number} generation of the sync that has ended
 */
async function drop(player, generation) {
  const { writing } = player;
  const unseen = IDBKeyRange.upperBound(generation, true);
  const ids = /** @type {string[]} */ (await result(writing.objects("records").index("seen").getAllKeys(unseen)));
  await writing.load(ids);
  const pending = await writing.pending(ids.filter((id) => mayBePending(writing, id)));
  for (const id of ids) {
    const collection = writing.row(id)?.collection ?? "";
    player.show(id, collection, null, player.mended(id, collection, null, pending.get(id) ?? []), generation);
  }
}

/** Shows records as the server's state and what is pending make them. */
class Player {
  /** @param {any} registry @param {Halves} halves @param {Writing} writing @param {Heal} heal */
  constructor(registry, halves, writing, heal = null) {
    this.registry = registry;
    this.halves = halves;
    this.writing = writing;
    this.heal = heal;
  }

  /**
   * The entries of a record with what a restored server has to be told before them. Of what it has now they have seen
   * what was there when it was restored.
   * @param {string} id @param {string} name of its collection @param {State | null} server @param {Entry[]} entries
   * @returns {Entry[]}
   */
  mended(id, name, server, entries) {
    const { heal, writing } = this;
    const collection = this.registry.collections[name];
    const row = writing.row(id);
    if (!heal || !collection) return entries;
    const known = row?.base === undefined ? row : row.base;
    const steps = healed({ collection, derive: this.halves[name]?.derive }, id, known, server, heal);
    const later = entries.map((entry) => ({ ...entry, baseRev: Math.min(entry.baseRev ?? 0, heal.restored) }));
    for (const entry of later) writing.objects("outbox").put(entry);
    const before = steps.toReversed().map((step) => writing.prepend({ ...step, collection: name, id }));
    return [...before.toReversed(), ...later];
  }

  /**
   * @param {string} id @param {string} collection @param {State | null} server @param {Entry[]} entries
   * @param {number} [seen]
   */
  show(id, collection, server, entries, seen) {
    const shown = replay(this.registry, this.halves, server, entries);
    if (!shown) return this.writing.remove(id);
    const more = { ...(seen === undefined ? {} : { seen }), ...(entries.length ? { base: server } : {}) };
    this.writing.put({ id, collection, ...shown, ...more });
  }
}

/** @type {typeof healing} what cannot be made again stays lost */
function healed(...given) {
  try {
    return healing(...given);
  } catch (error) {
    if (error instanceof AiosError) return [];
    throw error;
  }
}

/**
 * Take entries out of the outbox, and show their records without them.
 * @param {any} registry @param {Halves} halves @param {Writing} writing @param {Entry[]} entries
 */
async function settle(registry, halves, writing, entries) {
  writing.dequeue(entries);
  const collections = new Map(entries.map(({ id, collection }) => [id, collection]));
  const ids = [...collections.keys()];
  await writing.load(ids);
  const pending = await writing.pending(ids);
  const player = new Player(registry, halves, writing);
  for (const [id, collection] of collections) {
    const row = writing.row(id);
    player.show(id, collection, row?.base ?? null, pending.get(id) ?? [], row?.seen);
  }
}

/**
 * Nothing may be shown of a record that has pending entries, when none of them applies.
 * @param {Writing} writing
 * @param {string} id
 */
function mayBePending(writing, id) {
  const row = writing.row(id);
  return row === null || row.base !== undefined;
}

/**
 * Whether the server's state is newer than what is known of it, or whole where a stub is here.
 * @param {Row} row
 * @param {State} state
 */
function isNews(row, state) {
  const known = row.base === undefined ? row : row.base;
  if (known === null || state.rev > known.rev) return true;
  return state.rev === known.rev && known.stub !== null && state.stub === null;
}

/**
 * A pulled record as it is kept: the fields that a stub stands for are "", in their places.
 * @param {any} collection
 * @param {Pulled} record
 * @returns {State}
 */
function stateOf(collection, { rev, deleted, body, stub = undefined, conflict = undefined }) {
  const marked = conflict ? { conflict } : {};
  if (!stub) return { rev, deleted, body, stub: null, ...marked };
  const filled = { ...body, ...Object.fromEntries(Object.keys(stub).map((name) => [name, ""])) };
  const names = [...(collection?.stored ?? []), ...Object.keys(filled)].filter((name) => Object.hasOwn(filled, name));
  return { rev, deleted, body: Object.fromEntries(names.map((name) => [name, filled[name]])), stub, ...marked };
}

/** What is here of a record: of a text that the server had, its beginning. @param {Row | null} row */
function here(row) {
  const starts = Object.entries(row?.stub ?? {}).map(([name, { start }]) => [name, `${start}…`]);
  return { ...row?.body, ...Object.fromEntries(starts) };
}
