// @ts-check
/** What a person chooses for the storage of this device (docs/storage.md). Kept here, and never synced. */
import { LEAST, MOST } from "./room.js";

const PAGE = "/storage";
const [ROOM, LIMIT, PINS] = ["room", "limit", "pins"].map((name) => `${PAGE}/${name}`);
/** Pins that are kept: they are looked through at every write. */
const MOST_PINS = 1_000;

/** Whether an address takes a choice. @param {string} path */
export const isChoice = (path) => path === ROOM || path === LIMIT || path === PINS;

/**
 * Do what a form post asks for.
 * @param {any} store
 * @param {string} path
 * @param {URLSearchParams} form
 * @returns {Promise<string>} where to go then
 */
export async function chosen(store, path, form) {
  if (path === ROOM) return `${PAGE}?freed=${await store.trim(true)}`;
  if (path === LIMIT) {
    const limit = Number(form.get("limit"));
    if (limit >= LEAST && limit <= MOST) await store.setMeta({ limit });
    await store.trim();
  } else {
    const of = (form.get("of") ?? "").split(" ");
    const others = (store.known.pins ?? []).filter((/** @type {string} */ each) => !of.includes(each));
    await store.setMeta({ pins: form.get("_method") === "DELETE" ? others : [...others, ...of].slice(-MOST_PINS) });
  }
  const next = form.get("next") ?? "";
  return /^\/[a-z]/.test(next) ? next : PAGE;
}

/**
 * Keep what a page tells of where it runs: the budget of a phone shell in MB, whether it is installed, and what the
 * browser said when it was asked to protect the copy.
 * @param {any} store
 * @param {{shell?: number, installed?: boolean, protection?: string}} told
 */
export async function hear(store, { shell, installed, protection }) {
  /** @type {Record<string, any>} */
  const meta = {};
  if (shell && shell >= LEAST && shell <= MOST) meta.shell = shell;
  if (installed !== undefined) meta.installed = installed;
  if (protection) meta.protection = protection;
  if (Object.entries(meta).some(([name, value]) => store.known[name] !== value)) await store.setMeta(meta);
}
