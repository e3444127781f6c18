/**
 * The device's app without a browser, for the parity tests: the modules as they are served, IndexedDB in memory.
 * One JSON request a line on stdin, one answer a line on stdout.
 */
import "fake-indexeddb/auto";
import { Session } from "node:inspector/promises";
import { createInterface } from "node:readline";
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

const tree = pathToFileURL(`${process.argv[2]}/`);
const inspector = new Session();
inspector.connect();
await inspector.post("Profiler.enable");
await inspector.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });

const load = (/** @type {string} */ path) => import(new URL(path, tree).href);

const { App } = await load("device/pages.js");
const { build } = await load("device/build.js");
const { registry } = await load("device/registry.js");
const { render } = await load("device/templates.js");
const { Safe } = await load("device/templates_runtime.js");
const { setZones } = await load("device/when.js");
const { openStore, deleteStore } = await load("device/store.js");
const { receive } = await load("device/replay.js");

setZones(registry.zones);
/** @type {Record<string, any>} */
const halves = {};
for (const { name } of registry.modules) halves[name] = await load(`modules/${name}/device.js`);

/** @type {{template: string, context: any} | null} */
let shown = null;
const app = new App(
  registry,
  halves,
  (/** @type {string} */ template, /** @type {any} */ context, /** @type {string | undefined} */ fragment) => {
    shown = { template, context };
    return render(template, context, fragment);
  },
  build.headers,
);

/** @type {any} */
let store = null;
let account = "";
/** @type {any} */
let given = {};

const environment = () => ({
  store,
  account,
  user: given.user,
  zone: given.zone,
  now: () => given.now,
  newId: () => given.newId,
  device: () => given.device,
  whole: async () => false,
});

/** Safe HTML is told from text, and what JSON would drop is seen. @param {string} _ @param {any} value */
const crossing = (_, value) => {
  if (value instanceof Safe) return { $safe: value.html };
  return value === undefined ? { $undefined: true } : value;
};

/**
 * The name of the template that a place in the compiled module belongs to: the one whose entry comes next.
 * @param {string} source @param {number} offset
 */
const template = (source, offset) => /^templates\["([^"]+)"\]/m.exec(source.slice(offset))?.[1] ?? "";

/** @type {Record<string, (request: any) => Promise<any>>} */
const calls = {
  /** Make this account's copy hold exactly these records. */
  async load(request) {
    if (store) {
      store.close();
      await deleteStore(account);
    }
    ({ account } = request);
    given = request;
    store = await openStore(account);
    await receive(store, registry, app.collections, request.records, { cursor: request.cursor, epoch: "e", ready: true });
    return {};
  },
  async answer(request) {
    shown = null;
    const answer = await app.answer(request, environment());
    return { ...answer, context: shown && JSON.stringify(/** @type {any} */ (shown).context, crossing) };
  },
  /** What of the views and templates never ran: file and the text from there, a block each. */
  async missing() {
    const { result } = await inspector.post("Profiler.takePreciseCoverage");
    /** @type {string[]} */
    const found = [];
    for (const { url, functions } of result) {
      const path = url.startsWith(tree.href) ? url.slice(tree.href.length) : "";
      if (!path.startsWith("modules/") && path !== "device/templates.js") continue;
      const source = await readFile(new URL(url), "utf8");
      const never = functions.flatMap(({ ranges }) => ranges.filter(({ count }) => count === 0));
      for (const { startOffset, endOffset } of never) {
        const text = source.slice(startOffset, endOffset);
        const place = path.startsWith("modules/") ? path : template(source, startOffset);
        found.push(`${place}: ${text.replaceAll("\n", " ").slice(0, 120)}`);
      }
    }
    return { missing: found };
  },
  /** All that is shown, living or deleted, in order of id. */
  async records() {
    const rows = await new Promise((resolve) => {
      const request = store.database.transaction("records").objectStore("records").getAll();
      request.onsuccess = () => resolve(request.result);
    });
    rows.sort((/** @type {any} */ a, /** @type {any} */ b) => (a.id < b.id ? -1 : 1));
    return { records: rows.map((/** @type {any} */ { id, collection, deleted, body, stub }) => ({ stub: Boolean(stub), id, collection, deleted: deleted !== null, body })) };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  let result;
  try {
    result = await calls[request.call](request);
  } catch (error) {
    result = { error: /** @type {Error} */ (error).stack };
  }
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
