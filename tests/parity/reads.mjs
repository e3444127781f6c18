/** Runs reads on the device's store: one JSON request a line on stdin, one answer a line on stdout. */
import "fake-indexeddb/auto";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { readAll } from "../../aios/static/device/reads.js";
import { receive } from "../../aios/static/device/replay.js";
import { openStore } from "../../aios/static/device/store.js";

const registry = JSON.parse(readFileSync(process.argv[2], "utf-8"));
let store = await openStore("none");

const CALLS = {
  /** Begin with these records. */
  async fill({ account, records }) {
    store = await openStore(account);
    await receive(store, registry, {}, records, {});
    return records.length;
  },
  /** Records that changed. */
  async change({ records }) {
    await receive(store, registry, {}, records, {});
    return records.length;
  },
  /** As after the worker was ended, with or without a projection. */
  async restart({ settled }) {
    if (settled) await store.settle(registry);
    store.close();
    store = await openStore(store.account);
    return true;
  },
  async read({ reads, query }) {
    return readAll(store, registry, reads, query);
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { call, ...given } = JSON.parse(line);
  let answer;
  try {
    answer = JSON.stringify(await CALLS[call](given));
  } catch (error) {
    answer = JSON.stringify({ error: error.stack });
  }
  process.stdout.write(`${answer}\n`);
}
