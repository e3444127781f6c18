// @ts-check
/** How this device's copy stands, in one word and in figures: `query.device` (aios/records/query.py, NO_COPY). */

import { DAY_MS, toWire } from "./clock.js";
import { unsent } from "./outbox.js";
import { found, limits } from "./room.js";
import { size } from "./shelf.js";

const MOST_SHOWN = 50;
const MOST_LARGE = 10;
/** How long a page says that the browser had cleared the copy. */
const SHOWN_MS = 7 * DAY_MS;
/** Changes whose way to the server takes so long that it is counted. */
const A_LOT = 500;
/** So long what was found stands, where no record has changed. */
const SAME_MS = 60_000;

/**
 * @param {{store: any, syncer: any, ready: boolean}} session
 * @param {boolean} [closely] whether to look at what takes up the room, which reads everything
 * @returns {Promise<any>}
 */
export async function describe({ store, syncer, ready }, closely = false) {
  const { waiting, attention } = await store.counts();
  const meta = await store.meta();
  const { paused, lastSync, known, discarded } = meta;
  const ledger = await store.ledger();
  const outbox = waiting ? await store.waiting(MOST_SHOWN) : [];
  const refused = attention ? await store.refused(MOST_SHOWN) : [];
  // Entries stay until their effect was pulled, so some of them have arrived.
  const sent = waiting - unsent(meta);
  const { limit, warn, full } = limits(meta);
  const [state, label] = word({ waiting, sent, attention, paused, syncer, ready, known });
  return {
    state,
    label,
    waiting,
    attention,
    href: hrefOf(attention, paused),
    copy: true,
    ledger: Object.entries(ledger)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([collection, row]) => ({ collection, records: row.records, bytes: row.bytes, stubs: row.stubs, waiting: row.waiting ?? 0, unsent: row.unsent ?? 0 })),
    limit,
    warn,
    full,
    pins: meta.pins ?? [],
    installed: Boolean(meta.installed),
    restored: known > Date.now() - SHOWN_MS ? toWire(known) : "",
    ...(closely ? await look(store, meta) : { files: 0, free: 0, largest: [], protection: "" }),
    outbox: outbox.map((/** @type {any} */ each) => ({ op: each.op, title: each.title, at: toWire(each.ms) })),
    refused: refused.map((/** @type {any} */ each) => {
      const { mid, op, title, detail } = each;
      return { mid, op, title, detail, at: toWire(each.ms), text: written(each) };
    }),
    lastSync: lastSync ? toWire(lastSync) : "",
    paused: paused ?? "",
    discarded: discarded ? String(discarded.mid) : "",
  };
}

/** What was found last. Reading 10,000 records takes longer than a page may. @type {{store?: any, key?: string, found?: any}} */
let last = {};

/**
 * What takes up the room, the largest first, and what the browser says of it.
 * @param {any} store @param {any} meta
 */
async function look(store, meta) {
  const key = [meta.seq, meta.pins, Math.floor(Date.now() / SAME_MS)].join();
  if (last.store !== store || last.key !== key) last = { store, key, found: await weigh(store, meta) };
  const isSafe = await navigator.storage?.persisted?.().catch(() => false);
  return { ...last.found, protection: isSafe ? "yes" : (meta.protection ?? "") };
}

/** @param {any} store @param {any} meta */
async function weigh(store, { pins = [] }) {
  const all = await found(store);
  const largest = [...all].sort((one, other) => other.bytes - one.bytes).slice(0, MOST_LARGE);
  return {
    files: await size(),
    free: all.reduce((sum, { kept, gain }) => sum + (kept ? 0 : gain), 0),
    largest: largest.map(({ id, collection, title, bytes }) => ({ id, collection, title, bytes, kept: pins.includes(id) })),
  };
}

/** Where the mark leads. @param {number} attention @param {string | null} paused */
const hrefOf = (attention, paused) =>
  attention ? "/storage/attention" : paused === "expired" ? "/sign-in" : "/storage";

/** What a person wrote of an entry, to copy from. @param {{fields: Record<string, any>}} entry */
const written = ({ fields }) =>
  Object.values(fields)
    .filter((value) => value && typeof value === "string")
    .join("\n\n");

/** @param {any} given @returns {[string, string]} */
function word({ waiting, sent, attention, paused, syncer, ready, known }) {
  if (attention) return ["attention", attention === 1 ? "1 change needs you" : `${attention} changes need you`];
  if (paused === "revoked") return ["attention", "Signed out elsewhere"];
  if (syncer?.full) return ["attention", "This device is full"];
  if (!ready) return ["restoring", restoring(syncer?.progress, known)];
  if (paused === "expired") return ["waiting", waiting ? `Sign in to send ${count(waiting)}` : "Sign in to sync"];
  if (paused === "update") return ["waiting", "A new version is needed to sync"];
  if (syncer?.running && !syncer.offline) {
    return ["syncing", waiting > A_LOT ? `Sending, ${sent} of ${waiting} sent` : "Syncing"];
  }
  if (syncer?.offline) return ["offline", waiting ? `Offline, ${count(waiting)} wait${waiting === 1 ? "s" : ""}` : "Offline"];
  if (waiting) return ["waiting", `${count(waiting)} wait${waiting === 1 ? "s" : ""}`];
  return ["synced", "Synced"];
}

/** @param {number} waiting */
const count = (waiting) => (waiting === 1 ? "1 change" : `${waiting} changes`);

/**
 * @param {{done: number, total: number} | null | undefined} progress
 * @param {number | undefined} known whether, and when it began to come back, this device had a copy before, which the browser has cleared
 */
function restoring(progress, known) {
  const what = known ? "Copy was cleared, restoring" : "Fetching";
  return progress?.total ? `${what} ${progress.done} of ${progress.total}` : `${what} your records`;
}
