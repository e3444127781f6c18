// @ts-check
/**
 * A server that was restored from a backup has lost what came after it, and its devices bring that back (docs/sync.md,
 * "A restored server"). Up to its floor the restored server has the past of the one that was lost, so revisions tell
 * exactly what was lost, and what was seen.
 *
 * @typedef {import("./layout.js").State} State
 * @typedef {import("./layout.js").Entry} Entry
 * @typedef {import("./layout.js").Body} Body
 * @typedef {import("./plan.js").Kind} Kind
 * @typedef {Omit<Entry, "mid" | "collection" | "id">} Step
 * @typedef {{skew: number, restored: number}} Circumstances this device's clock before the server's, in ms; the head of
 *   the server when it was restored
 */
import { fromWire } from "./clock.js";
import { equal } from "./equal.js";
import { replayed } from "./plan.js";
import { keep } from "./stubs.js";
import { textHash } from "./text.js";

/** What was deleted can be taken back for so long. */
export const TRASH_MS = 30 * 86_400_000;
/** Up to here the server takes a clock for right (docs/sync.md, push 4). */
const MOST_SKEW_MS = 60_000;

/**
 * What the restored server has lost of a record that this device had from it, as entries of an outbox.
 * @param {Kind} kind
 * @param {string} id
 * @param {State | null} known as the server that was lost had it
 * @param {State | null} server as the restored one has it
 * @param {Circumstances} given
 * @returns {Step[]}
 */
export function healing(kind, id, known, server, { skew, restored }) {
  if (!known || known.rev <= restored) return [];
  const at = changedAt(known);
  // Somebody may have written since: then the text that both were made from is not known here, and both stay.
  const touched = server !== null && server.rev > restored;
  /** @type {Step[]} */
  const steps = [];
  let state = server;
  const step = (/** @type {Step["op"]} */ op, /** @type {Body} */ fields, /** @type {number} */ ms) => {
    const hash = (/** @type {string} */ name) => textHash(state?.body[name] ?? "");
    const isBased = (/** @type {string} */ name) => !touched && op === "update" && Object.hasOwn(fields, name);
    const bases = Object.fromEntries(kind.collection.texts.filter(isBased).map((/** @type {string} */ name) => [name, hash(name)]));
    const sent = ms + (Math.abs(skew) > MOST_SKEW_MS ? skew : 0);
    steps.push({ op, fields, bases, baseRev: restored, ms: sent });
    state = replayed(kind, { op, id, fields, ms }, state).state;
  };
  if (known.deleted !== null) {
    if (server && server.deleted === null) step("delete", {}, at);
    return steps;
  }
  const written = Object.keys(known.body).filter((name) => isWritten(kind.collection, known, name));
  const differing = (/** @type {boolean} */ texts) =>
    written.filter((name) => kind.collection.texts.includes(name) === texts && !isSame(state, known, name));
  const pick = (/** @type {string[]} */ names) => Object.fromEntries(names.map((name) => [name, known.body[name]]));
  if (!server || !Object.keys(server.body).length) {
    const required = written.filter((name) => kind.collection.fields[name].required);
    step("create", pick(required), fromWire(known.body.createdAt));
  }
  // Texts go first: what follows from them is not set a second time.
  for (const texts of [true, false]) {
    const names = differing(texts);
    if (names.length) step("update", pick(names), at);
  }
  if (!touched && state?.deleted !== null) step("restore", {}, at);
  return steps;
}

/** When a record was last changed or deleted, in ms. @param {State} state */
const changedAt = ({ deleted, body }) => Math.max(deleted ?? 0, body.updatedAt ? fromWire(body.updatedAt) : 0);

/** Whether a field can be sent: a text that has stayed on the server cannot. @param {any} collection @param {State} known @param {string} name */
function isWritten({ fields }, known, name) {
  const field = Object.hasOwn(fields, name) ? fields[name] : null;
  return field !== null && !field.readOnly && !field.computed && !Object.hasOwn(known.stub ?? {}, name);
}

/** @param {State | null} state @param {State} known @param {string} name */
function isSame(state, known, name) {
  const stub = state?.stub?.[name];
  return stub ? equal(stub, keep(known.body[name])) : equal(state?.body[name], known.body[name]);
}
