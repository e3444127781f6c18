// @ts-check
/**
 * What one mutation does to one record, without writing: twin of the plans of aios/records/apply.py, and of
 * aios/records/sync/intent.py for what is sent again over a record that has changed.
 *
 * @typedef {import("./layout.js").State} State
 * @typedef {import("./layout.js").Body} Body
 * @typedef {"created" | "updated" | "deleted" | "restored" | "same"} Effect
 * @typedef {{effect: Effect, state: State}} Planned
 * @typedef {{op: string, id: string, fields: Body, ms: number, stub?: Record<string, any>}} Intent `fields` are checked
 * @typedef {{collection: any, derive?: (document: Body, previous: Body | null) => void}} Kind a collection of the
 *   registry, and how its module completes a document
 */
import { toWire } from "./clock.js";
import { equal } from "./equal.js";
import { ConflictError, NotFoundError } from "./errors.js";
import { compare } from "./text.js";

/**
 * What a person's mutation does, who sees the record as it is.
 * @param {Kind} kind
 * @param {Intent} intent
 * @param {State | null} stored
 * @returns {Planned}
 * @throws {NotFoundError | ConflictError} and what `derive` throws
 */
export function decide(kind, intent, stored) {
  const { op } = intent;
  if (op === "create") return stored === null ? create(kind, intent) : repeat(kind, intent, stored);
  if (op === "restore") return restore(kind, intent, stored);
  if (stored === null || stored.deleted !== null) throw new NotFoundError(missing(kind));
  return op === "delete" ? remove(intent, stored) : update(kind, intent, stored);
}

/**
 * What an entry of the outbox does to the record as the server has it by now: what the server will decide, too.
 * @param {Kind} kind
 * @param {Intent} intent
 * @param {State | null} stored
 * @returns {Planned}
 * @throws {NotFoundError} when nothing is left to write to; and what `derive` throws
 */
export function replayed(kind, intent, stored) {
  if (stored === null || isBlank(stored)) {
    if (intent.op === "create" || (intent.op === "update" && kind.collection.single)) return create(kind, intent);
    throw new NotFoundError(missing(kind));
  }
  if (intent.op === "delete")
    return stored.deleted === null ? remove(intent, stored) : { effect: "same", state: stored };
  return intent.op === "restore" ? restore(kind, intent, stored) : update(kind, intent, stored);
}

/** @param {Kind} kind @param {Intent} intent @returns {Planned} */
function create(kind, intent) {
  const at = toWire(intent.ms);
  const made = merge(kind.collection, { id: intent.id }, intent.fields);
  Object.assign(made, { id: intent.id, createdAt: at, updatedAt: at });
  const { body, stub } = derived(kind, intent.fields, made, intent.stub, null);
  return { effect: "created", state: { rev: 0, deleted: null, body, stub } };
}

/**
 * A create whose id is taken: the same content is a retry and not an error.
 * @param {Kind} kind
 * @param {Intent} intent
 * @param {State} stored
 * @returns {Planned}
 */
function repeat(kind, intent, stored) {
  const { singular } = kind.collection;
  if (stored.deleted !== null) {
    const detail = `This ${singular} was deleted. Use a new id; in the app it can be restored for 30 days.`;
    throw new ConflictError(detail, "deleted");
  }
  const { body } = written(kind, intent.fields, stored);
  if (Object.keys(intent.fields).some((name) => !equal(body[name], stored.body[name]))) {
    throw new ConflictError(`Another ${singular} has this id already. Use a new id.`, "exists");
  }
  return { effect: "same", state: stored };
}

/**
 * A deleted record comes back: an edit that did not see the delete outlives it.
 * @param {Kind} kind
 * @param {Intent} intent
 * @param {State} stored
 * @returns {Planned}
 */
function update(kind, intent, stored) {
  const { body, stub } = written(kind, intent.fields, stored);
  const { conflict, ...rest } = { ...stored, deleted: null, body, stub };
  const left = Object.entries(conflict ?? {}).filter(([name]) => !isSettled(name, intent.fields, body, stored.body));
  const isSame = left.length === Object.keys(conflict ?? {}).length && equal(body, stored.body);
  if (stored.deleted === null && isSame) return { effect: "same", state: stored };
  body.updatedAt = later(stored.body, intent.ms);
  const state = left.length ? { ...rest, conflict: Object.fromEntries(left) } : rest;
  return { effect: stored.deleted === null ? "updated" : "restored", state };
}

/**
 * Whether nobody has to look at a text any more. One that was changed is the server's to look through again.
 * @param {string} name @param {Body} fields @param {Body} body @param {Body} before
 */
const isSettled = (name, fields, body, before) =>
  Object.hasOwn(fields, `${name}/conflict`) || body[name] !== before[name];

/** @param {Intent} intent @param {State} stored @returns {Planned} */
function remove(intent, stored) {
  return { effect: "deleted", state: { ...stored, deleted: intent.ms } };
}

/** @param {Kind} kind @param {Intent} intent @param {State | null} stored @returns {Planned} */
function restore(kind, intent, stored) {
  if (stored === null || isBlank(stored)) throw new NotFoundError(missing(kind));
  if (stored.deleted === null) return { effect: "same", state: stored };
  const body = { ...stored.body, updatedAt: later(stored.body, intent.ms) };
  return { effect: "restored", state: { ...stored, deleted: null, body } };
}

/** A living record after `fields` were set. @param {Kind} kind @param {Body} fields @param {State} stored */
function written(kind, fields, stored) {
  const before = stored.stub ? { ...stored.body, _stub: stored.stub } : stored.body;
  return derived(kind, fields, merge(kind.collection, stored.body, fields), stored.stub, before);
}

/**
 * Complete a document; `derive` sees which texts are not here.
 * @param {Kind} kind @param {Body} fields those that were set @param {Body} body
 * @param {Record<string, any> | null | undefined} missing @param {Body | null} before
 */
function derived(kind, fields, body, missing, before) {
  const left = Object.entries(missing ?? {}).filter(([name]) => !Object.hasOwn(fields, name));
  const stub = left.length ? Object.fromEntries(left) : null;
  if (stub) body._stub = stub;
  kind.derive?.(body, before);
  delete body._stub;
  return { body, stub };
}

/**
 * The document that results when `fields` are set on `stored`.
 * @param {any} collection
 * @param {Body} stored
 * @param {Body} fields
 * @returns {Body}
 */
function merge(collection, stored, fields) {
  const merged = { ...stored };
  for (const name of collection.stored) {
    if (Object.hasOwn(fields, name)) merged[name] = fields[name];
    else if (!Object.hasOwn(merged, name)) merged[name] = structuredClone(collection.fields[name].default);
  }
  for (const [path, value] of Object.entries(fields)) if (path.includes("/")) mergePart(collection, merged, path, value);
  return merged;
}

/**
 * Write one part of a field, as aios/records/merge.py does for who has seen everything.
 * @param {any} collection
 * @param {Body} merged
 * @param {string} path
 * @param {any} value
 */
function mergePart(collection, merged, path, value) {
  const [name, key, ...rest] = path.split("/");
  const kind = collection.fields[name].merge;
  if (kind === "set") {
    const member = path.slice(name.length + 1);
    const others = merged[name].filter((/** @type {any} */ each) => each !== member);
    if (value === null) merged[name] = others;
    else if (others.length === merged[name].length) merged[name] = [...others, member];
  } else if (kind === "keyed") merged[name] = mergeEntry(merged[name], key, rest.join("/"), value);
}

/** @param {any} entries an object, or an array of objects with `id` @param {string} key @param {string} member @param {any} value */
function mergeEntry(entries, key, member, value) {
  const isList = Array.isArray(entries);
  const found = new Map(isList ? entries.map((each) => [each.id, each]) : Object.entries(entries));
  const entry = found.get(key);
  if (member) found.set(key, { ...entry, ...(isList ? { id: key } : {}), [member]: value });
  else if (value === null) found.delete(key);
  else if (isList) found.set(key, { ...entry, ...value, id: key });
  else found.set(key, value);
  if (!isList) return Object.fromEntries(found);
  const list = [...found.values()];
  if (!list.every(({ position }) => typeof position === "string")) return list;
  return list.sort((a, b) => compare(a.position, b.position) || compare(a.id, b.id));
}

/**
 * The wire time of an edit: never before the one that is stored.
 * @param {Body} document
 * @param {number} ms
 * @returns {string}
 */
function later(document, ms) {
  const [at, before] = [toWire(ms), document.updatedAt ?? ""];
  return at > before ? at : before;
}

/** Whether a record was emptied, 30 days after it was deleted. @param {State} stored */
const isBlank = (stored) => Object.keys(stored.body).length === 0;

/** @param {Kind} kind */
const missing = (kind) => `There is no ${kind.collection.singular} with this id.`;
