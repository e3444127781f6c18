// @ts-check
/**
 * The outbox as the syncer sees it: what is taken out to be sent, what was taken by the server, and what becomes of it
 * when this device has to be another client.
 *
 * @typedef {import("./layout.js").Entry} Entry
 * @typedef {import("./store.js").Store} Store
 * @typedef {import("./writing.js").Writing} Writing
 */
import { newId } from "./ids.js";
import { result } from "./indexeddb.js";
import { PROVISIONAL } from "./writing.js";

/**
 * The first entries that the server has not taken yet. From now on they are not changed any more: they may have left.
 * @param {Store} store
 * @param {number} limit
 * @param {(entries: Entry[]) => Entry[]} within as many of them as fit into one push
 * @returns {Promise<(Entry & {sent: boolean})[]>} `sent` says whether they may have left before
 */
export async function take(store, limit, within) {
  if (!unsent(store.known)) return [];
  return store.write(async (writing) => {
    const { meta } = writing;
    const later = IDBKeyRange.lowerBound(meta.lastMid, true);
    const before = meta.sentMid ?? 0;
    const entries = within(await result(writing.objects("outbox").getAll(later, limit)));
    meta.sentMid = Math.max(before, entries.at(-1)?.mid ?? 0);
    return entries.map((entry) => ({ ...entry, sent: entry.mid <= before }));
  });
}

/** How many entries the server has not taken. @param {Record<string, any>} meta */
export const unsent = ({ nextMid, lastMid }) => Math.max(0, nextMid - 1 - lastMid);

/**
 * An entry is larger than the server takes. It keeps its number, under which something is sent that is refused.
 * @param {Store} store
 * @param {Entry} entry
 */
export async function tooLarge(store, entry) {
  await store.write((writing) => void writing.objects("outbox").put({ ...entry, tooLarge: true }));
}

/**
 * Become another client, whose entries are numbered from 1. Those that the server has taken stay in front, under
 * numbers that are never sent, until their effect was pulled.
 * @param {Writing} writing
 * @param {(entry: Entry) => boolean} isTaken
 */
export async function renumber(writing, isTaken) {
  const [outbox, attention] = [writing.objects("outbox"), writing.objects("attention")];
  const all = /** @type {Entry[]} */ (await result(outbox.getAll()));
  const refused = /** @type {Entry[]} */ (await result(attention.getAll()));
  await writing.load(all.map(({ id }) => id));
  const taken = all.filter(isTaken);
  const entries = [...taken, ...all.filter((entry) => !isTaken(entry))];
  const places = new Map(entries.map(({ mid }, place) => [mid, place + 1 - taken.length]));
  outbox.clear();
  for (const [place, entry] of entries.entries()) {
    outbox.add({ ...entry, mid: place + 1 - taken.length });
  }
  for (const id of new Set(entries.map(({ id }) => id))) {
    const row = writing.row(id);
    const mid = row ? places.get(row.rev - PROVISIONAL) : undefined;
    if (row && mid !== undefined) writing.put({ ...row, rev: PROVISIONAL + mid });
  }
  // Refused entries keep apart from those that the new numbers may be refused under.
  attention.clear();
  for (const [place, entry] of refused.entries()) attention.add({ ...entry, mid: -1 - place });
  writing.tail = undefined;
  const begun = { client: newId(), nextMid: entries.length - taken.length + 1, lastMid: 0, sentMid: 0, acked: 0, firstMid: 0 };
  // Another may have its number by now.
  writing.meta.discarded = null;
  Object.assign(writing.meta, begun);
}
