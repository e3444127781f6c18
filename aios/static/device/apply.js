// @ts-check
/**
 * The device's one write path: every form post that it answers ends here. Twin of aios/records/apply.py as far as one
 * writer who sees the head needs it. Record and outbox are written in one transaction, or nothing is.
 *
 * @typedef {import("./layout.js").Row} Row
 * @typedef {import("./layout.js").Body} Body
 * @typedef {import("./plan.js").Effect} Effect
 * @typedef {{op: "create" | "update" | "delete" | "restore", collection: string, id: string, fields?: Body,
 *   bases?: Record<string, string>, baseRev?: number | null, stub?: Record<string, any>}} Mutation
 * @typedef {{mutation: Mutation, collection: any, previous: Body | null, document: Body, effect: Effect}} Change
 * @typedef {{derive?: (document: Body, previous: Body | null) => void,
 *   rules?: ((batch: Batch, change: Change) => void)[]}} Half what a module does with a collection
 */
import { ConflictError, InvalidError, NotFoundError } from "./errors.js";
import { isId } from "./ids.js";
import { decide } from "./plan.js";
import { claim } from "./room.js";
import { textHash } from "./text.js";
import { check, REFUSED } from "./validate.js";
import { PROVISIONAL } from "./writing.js";

/**
 * Apply all of `mutations`, or none.
 * @param {import("./store.js").Store} store
 * @param {any} registry
 * @param {Record<string, Half>} halves by collection
 * @param {Mutation[]} mutations
 * @param {{now: number}} given ms, corrected
 * @returns {Promise<{outcomes: {id: string, effect: Effect}[]}>} when it is on disk
 * @throws {InvalidError | NotFoundError | ConflictError} of the first that cannot be applied
 * @throws {import("./room.js").NoRoomError}
 */
export async function apply(store, registry, halves, mutations, { now }) {
  if (!mutations.length) return { outcomes: [] };
  const isRuled = mutations.some(({ collection }) => own(halves, collection)?.rules?.length);
  const prepare = async () => {
    if (isRuled) await store.resident.load(registry, Object.keys(registry.collections));
  };
  return store.write(
    async (writing) => {
      await writing.load(mutations.map(({ id }) => id));
      const batch = new Batch(store, writing);
      const outcomes = mutations.map((mutation) => applyOne(registry, halves, batch, mutation, now));
      if (mutations.some(({ op }) => op !== "delete")) claim(writing);
      return { outcomes };
    },
    { prepare },
  );
}

/** The mutations of one transaction. Rules ask it for other records. */
export class Batch {
  /** @param {import("./store.js").Store} store @param {import("./writing.js").Writing} writing */
  constructor(store, writing) {
    this.store = store;
    this.writing = writing;
  }

  /**
   * The living document with this id as it will be after the mutations so far, or null. Long texts may be missing.
   * @param {string} id
   * @returns {Body | null}
   */
  document(id) {
    if (!this.writing.rows.has(id)) return this.store.resident.document(id);
    const row = this.writing.row(id);
    return row && row.deleted === null ? row.body : null;
  }
}

/**
 * @param {any} registry @param {Record<string, Half>} halves @param {Batch} batch @param {Mutation} mutation
 * @param {number} ms
 * @returns {{id: string, effect: Effect}}
 */
function applyOne(registry, halves, batch, mutation, ms) {
  const { op, id, collection: name, stub: continued } = mutation;
  const collection = own(registry.collections, name);
  if (!collection) throw new InvalidError(`There is no collection named '${name}'.`);
  if (!isId(id)) throw new InvalidError(REFUSED, [{ field: "id", message: "An id must be a UUID in lower case." }]);
  const row = batch.writing.row(id);
  if (row && row.collection !== name) throw elsewhere(collection, op);
  const isWriting = op === "create" || op === "update";
  const fields = isWriting ? check(collection, mutation.fields ?? {}, { creating: op === "create" }) : {};
  const half = own(halves, name) ?? {};
  const { effect, state } = decide({ collection, derive: half.derive }, { op, id, fields, ms, stub: continued }, row);
  if (effect === "same") return { id, effect };
  const base = baseOf(row);
  const bases = op === "update" ? basesOf(collection, mutation, fields, row) : {};
  // A page may have been shown before what was pulled since.
  const baseRev = base ? Math.min(base.rev, mutation.baseRev ?? base.rev) : null;
  const mid = batch.writing.enqueue({ op, collection: name, id, fields, bases, baseRev, ms, ...(continued ? { stub: continued } : {}) });
  const { deleted, body, stub } = state;
  const more = { ...marked(state), ...(row?.seen === undefined ? {} : { seen: row.seen }) };
  batch.writing.put({ id, collection: name, rev: PROVISIONAL + mid, deleted, body, stub, base, ...more });
  if (effect === "deleted") return { id, effect };
  const change = { mutation, collection, previous: row?.body ?? null, document: body, effect };
  for (const rule of half.rules ?? []) rule(batch, change);
  return { id, effect };
}

/** @param {any} collection @param {string} op */
function elsewhere(collection, op) {
  if (op !== "create") return new NotFoundError(`There is no ${collection.singular} with this id.`);
  return new ConflictError("This id belongs to a record of another collection.", "exists");
}

/** The record as the server has it. @param {Row | null} row @returns {import("./layout.js").State | null} */
function baseOf(row) {
  if (!row) return null;
  if (row.base !== undefined) return row.base;
  const { rev, deleted, body, stub } = row;
  return { rev, deleted, body, stub, ...marked(row) };
}

/** @param {import("./layout.js").State} state */
const marked = ({ conflict }) => (conflict ? { conflict } : {});

/**
 * For each text that is sent: which version the person was shown (docs/sync.md, push 6).
 * @param {any} collection
 * @param {Mutation} mutation
 * @param {Body} fields
 * @param {Row | null} row
 */
function basesOf(collection, mutation, fields, row) {
  const texts = collection.texts.filter((/** @type {string} */ name) => Object.hasOwn(fields, name));
  const hash = (/** @type {string} */ name) => mutation.bases?.[name] ?? textHash(row?.body[name] ?? "");
  return Object.fromEntries(texts.map((/** @type {string} */ name) => [name, hash(name)]));
}

/** @template T @param {Record<string, T>} values @param {string} name @returns {T | undefined} */
function own(values, name) {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}
