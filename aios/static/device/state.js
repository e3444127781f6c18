// @ts-check
/** How this device's copy stands, in one word and in figures: `query.device` (aios/records/query.py, NO_COPY). */

import { toWire } from "./clock.js";

const MOST_SHOWN = 50;

/**
 * @param {{store: any, syncer: any, ready: boolean}} session
 * @returns {Promise<any>}
 */
export async function describe({ store, syncer, ready }) {
  const { waiting, attention } = await store.counts();
  const { paused, lastSync, known } = await store.meta();
  const ledger = await store.ledger();
  const outbox = waiting ? await store.waiting(MOST_SHOWN) : [];
  const refused = attention ? await store.refused(MOST_SHOWN) : [];
  const [state, label] = word({ waiting, attention, paused, syncer, ready, known });
  return {
    state,
    label,
    waiting,
    attention,
    href: "/storage",
    copy: true,
    ledger: Object.entries(ledger)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([collection, row]) => ({ collection, records: row.records, bytes: row.bytes, stubs: row.stubs, waiting: row.waiting ?? 0 })),
    limit: 10_000_000,
    outbox: outbox.map((/** @type {any} */ each) => ({ op: each.op, title: each.title, at: toWire(each.ms) })),
    refused: refused.map((/** @type {any} */ each) => ({ title: each.title, detail: each.detail, path: each.path ?? "" })),
    lastSync: lastSync ? toWire(lastSync) : "",
  };
}

/** @param {any} given @returns {[string, string]} */
function word({ waiting, attention, paused, syncer, ready, known }) {
  if (attention) return ["attention", attention === 1 ? "1 change needs you" : `${attention} changes need you`];
  if (paused === "revoked") return ["attention", "Signed out elsewhere"];
  if (!ready) return ["restoring", restoring(syncer?.progress, known)];
  if (paused === "expired") return ["waiting", waiting ? `Sign in to send ${count(waiting)}` : "Sign in to sync"];
  if (paused === "update") return ["waiting", "A new version is needed to sync"];
  if (syncer?.running && !syncer.offline) return ["syncing", "Syncing"];
  if (syncer?.offline) return ["offline", waiting ? `Offline, ${count(waiting)} wait${waiting === 1 ? "s" : ""}` : "Offline"];
  if (waiting) return ["waiting", `${count(waiting)} wait${waiting === 1 ? "s" : ""}`];
  return ["synced", "Synced"];
}

/** @param {number} waiting */
const count = (waiting) => (waiting === 1 ? "1 change" : `${waiting} changes`);

/**
 * @param {{done: number, total: number} | null | undefined} progress
 * @param {boolean | undefined} known whether this device had a copy before, which the browser has cleared
 */
function restoring(progress, known) {
  const what = known ? "Copy was cleared, restoring" : "Fetching";
  return progress?.total ? `${what} ${progress.done} of ${progress.total}` : `${what} your records`;
}
