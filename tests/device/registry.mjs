/** The product's registry and every module's half, for tests: AIOS_REGISTRY names a file of plain data. */
import "fake-indexeddb/auto";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import * as home from "../../aios/modules/home/device.js";
import * as notebook from "../../aios/modules/notebook/device.js";
import * as planner from "../../aios/modules/planner/device.js";
import * as settings from "../../aios/modules/settings/device.js";

const PLAIN =
  "import json; from aios.modules import discover; from aios.web.device import plain_registry; " +
  "print(json.dumps(plain_registry(discover())))";

const file = process.env.AIOS_REGISTRY;
export const registry = JSON.parse(
  file ? readFileSync(file, "utf-8") : execFileSync(".venv/bin/python", ["-c", PLAIN], { encoding: "utf-8" }),
);
export const halves = Object.assign({}, ...[home, notebook, planner, settings].map((half) => half.collections ?? {}));

let accounts = 0;
/** An account that no test used before. */
export const account = () => `account-${accounts++}`;

/** An id by number: the order of ids is that of the numbers. */
export const id = (number) => `019ab2c4-0000-7000-8000-${number.toString(16).padStart(12, "0")}`;

export const NOW = Date.UTC(2026, 10, 24, 9, 0, 0);

/** A Read with everything that it leaves open. */
export const read = (given) => ({
  id: null,
  index: "updated",
  descending: false,
  equal: null,
  above: null,
  since: null,
  below: null,
  where: [],
  search: null,
  limit: 50,
  offset: 0,
  page: "",
  when: null,
  count: false,
  group: false,
  deleted: false,
  ...given,
});
export const query = (params = {}) => ({ params, bounds: {}, form: {} });

export const create = (number, fields) => ({ op: "create", collection: "notes", id: id(number), fields });
export const update = (number, fields) => ({ op: "update", collection: "notes", id: id(number), fields });
export const remove = (number) => ({ op: "delete", collection: "notes", id: id(number) });

/** A note as the server sends it. */
export function pulled(number, rev, fields = {}, more = {}) {
  const body = {
    id: id(number),
    createdAt: "2026-01-01T00:00:00.000Z",
    updatedAt: "2026-01-01T00:00:00.000Z",
    title: `Note ${number}`,
    bodyMarkdown: "",
    tags: [],
    links: [],
    isPinned: false,
    isArchived: false,
    explicitTags: [],
    explicitLinks: [],
    ...fields,
  };
  return { id: id(number), collection: "notes", rev, deleted: null, body, ...more };
}

/** Every row of a store of a database, without going through the code under test. */
export function rows(store, name) {
  return new Promise((resolve, reject) => {
    const request = store.database.transaction(name).objectStore(name).getAll();
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
