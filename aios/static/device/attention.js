// @ts-check
/**
 * What becomes of a change that the server refused: the person lets it be tried again, or gives it up (docs/sync.md,
 * "needs attention").
 */
import { apply } from "./apply.js";
import { AiosError, NotFoundError } from "./errors.js";
import { newId } from "./ids.js";

const PAGE = "/storage/attention";
const PLACE = /^\/storage\/attention\/(-?[0-9]+)$/;

/** The number of the refused change that an address names, or null. @param {string} path */
export const refusedAt = (path) => {
  const found = PLACE.exec(path);
  return found ? Number(found[1]) : null;
};

/**
 * Do what a form post asks for: PUT tries again, DELETE gives up, POST takes giving up back.
 * @param {any} store
 * @param {any} registry
 * @param {Record<string, any>} halves by collection
 * @param {number} mid
 * @param {string} method
 * @returns {Promise<string>} where to go then
 */
export async function decide(store, registry, halves, mid, method) {
  if (method === "POST") await store.putBack(mid);
  if (method === "DELETE") await store.dismiss(mid, true);
  if (method === "PUT") await retry(store, registry, halves, mid);
  return method === "DELETE" ? `${PAGE}?discarded=${mid}` : PAGE;
}

/** @param {any} store @param {any} registry @param {Record<string, any>} halves @param {number} mid */
async function retry(store, registry, halves, mid) {
  const [entry] = await store.refused(1, mid);
  if (!entry) return;
  const write = (/** @type {any} */ mutation) => apply(store, registry, halves, [mutation], { now: Date.now() });
  const { op, collection, id, fields } = entry;
  try {
    await write(entry.code === "gone" ? anew(registry.collections[collection], entry) : { op, collection, id, fields });
  } catch (error) {
    if (!(error instanceof AiosError)) throw error;
    const isGone = error instanceof NotFoundError;
    if (!isGone || op !== "delete") {
      const said = isGone ? { code: "gone", detail: GONE } : { detail: error.detail };
      await store.write((/** @type {any} */ writing) => void writing.objects("attention").put({ ...entry, ...said }));
      return;
    }
  }
  await store.dismiss(mid);
}

const GONE = "What this belongs to is not there any more. Try again to keep what you wrote as a new one.";

/** What was written, as a new record. @param {any} collection @param {any} entry */
function anew(collection, { fields, body, title }) {
  const names = Object.keys(collection.fields).filter((name) => !collection.fields[name].readOnly && !collection.fields[name].computed);
  const all = { ...body, ...fields };
  const whole = Object.fromEntries(names.filter((name) => Object.hasOwn(all, name)).map((name) => [name, all[name]]));
  for (const name of names) if (collection.fields[name].required) whole[name] ??= title;
  return { op: "create", collection: collection.name, id: newId(), fields: whole };
}
