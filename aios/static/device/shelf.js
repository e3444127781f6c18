// @ts-check
/** The files that pages load, kept in Cache storage by the build they belong to. Rendered pages are never kept. */

import { build } from "./build.js";

const PREFIX = "aios-files-";
const NAME = PREFIX + build.root;

/** Fetch all files of this build. Rejects when one cannot be had: then this worker is not installed. */
export async function stock() {
  const cache = await caches.open(NAME);
  const there = new Set((await cache.keys()).map(({ url }) => new URL(url).pathname));
  const missing = build.precache.filter((path) => !there.has(path));
  await cache.addAll(missing);
}

/** What the kept files take up, in bytes. */
export async function size() {
  let bytes = 0;
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const answer of await cache.matchAll()) bytes += (await answer.arrayBuffer()).byteLength;
  }
  return bytes;
}

/** Forget the files of other builds. */
export async function clear() {
  for (const name of await caches.keys()) if (name.startsWith(PREFIX) && name !== NAME) await caches.delete(name);
}

/**
 * A hashed file: the kept one, else the network's, which the browser itself may keep for ever.
 * @param {Request} request
 */
export async function file(request) {
  const found = await caches.match(request.url, { ignoreVary: true });
  return found ?? fetch(request);
}
