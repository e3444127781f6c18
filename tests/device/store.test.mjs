import assert from "node:assert/strict";
import { test } from "node:test";
import { apply } from "../../aios/static/device/apply.js";
import { AiosError } from "../../aios/static/device/errors.js";
import { openDatabase, result } from "../../aios/static/device/indexeddb.js";
import { PREFIX, STEPS } from "../../aios/static/device/layout.js";
import { renumber } from "../../aios/static/device/outbox.js";
import { readAll } from "../../aios/static/device/reads.js";
import { deleteStore, listAccounts, openStore } from "../../aios/static/device/store.js";
import { receive } from "../../aios/static/device/replay.js";
import { account, create, halves, id, NOW, pulled, query, read, registry, rows } from "./registry.mjs";

const write = (store, ...mutations) => apply(store, registry, halves, mutations, { now: NOW });
const titles = async (store) => {
  const { notes } = await readAll(store, registry, { notes: read({ collection: "notes", index: "title" }) }, query());
  return notes.map(({ title }) => title);
};

test("record and outbox entry are written together and strictly, and are there when the write resolves", async () => {
  const store = await openStore(account());
  const durabilities = [];
  const { transaction } = store.database;
  store.database.transaction = (names, mode, options) => {
    if (mode === "readwrite")
      durabilities.push([options.durability, [...names].includes("records") && [...names].includes("outbox")]);
    return transaction.call(store.database, names, mode, options);
  };
  await write(store, create(1, { title: "Beam" }));
  assert.deepEqual(durabilities, [["strict", true]]);
  const again = await openStore(store.account);
  assert.deepEqual(await titles(again), ["Beam"]);
  assert.deepEqual(
    (await again.unsent(10)).map(({ mid, op, fields }) => ({ mid, op, fields })),
    [{ mid: 1, op: "create", fields: { title: "Beam" } }],
  );
});

test("accounts are kept apart, listed, and deleted alone", async () => {
  const [one, other] = [await openStore(account()), await openStore(account())];
  await write(one, create(1, { title: "Mine" }));
  assert.deepEqual(await titles(other), []);
  assert.ok((await listAccounts()).includes(one.account));
  await deleteStore(one.account);
  assert.ok(!(await listAccounts()).includes(one.account));
  assert.ok((await listAccounts()).includes(other.account));
  assert.deepEqual(await titles(await openStore(one.account)), []);
});

test("the device's own database is no account", async () => {
  await openDatabase("aios-device", [(database) => database.createObjectStore("device")]);
  assert.ok(!(await listAccounts()).includes("device"));
});

test("an older layout is brought to the newer one with its data", async () => {
  const store = await openStore(account());
  await write(store, create(1, { title: "Kept" }));
  const steps = [...STEPS, (database) => database.createObjectStore("later")];
  const database = await openDatabase(PREFIX + store.account, steps);
  assert.equal(database.version, STEPS.length + 1);
  assert.ok(database.objectStoreNames.contains("later"));
  const row = await result(database.transaction("records").objectStore("records").get(id(1)));
  assert.equal(row.body.title, "Kept");
  assert.equal(await result(database.transaction("outbox").objectStore("outbox").count()), 1);
});

test("a full disk keeps nothing and says that the text is still there", async () => {
  const store = await openStore(account());
  await write(store, create(1, { title: "Before" }));
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function full(...given) {
    if (this.name === "records") throw new DOMException("no room", "QuotaExceededError");
    return put.apply(this, given);
  };
  try {
    await assert.rejects(write(store, create(2, { title: "After" })), (error) => {
      assert.ok(error instanceof AiosError);
      assert.equal(error.status, 507);
      assert.match(error.detail, /Your text is still on the screen/);
      return true;
    });
  } finally {
    IDBObjectStore.prototype.put = put;
  }
  assert.deepEqual(await titles(store), ["Before"]);
  assert.equal((await store.counts()).waiting, 1);
  assert.deepEqual(await titles(await openStore(store.account)), ["Before"]);
  await write(store, create(2, { title: "After" }));
  assert.deepEqual(
    (await store.unsent(10)).map(({ mid }) => mid),
    [1, 2],
  );
});

test("a refused batch leaves nothing, whatever stood before in it", async () => {
  const store = await openStore(account());
  await assert.rejects(write(store, create(1, { title: "Good" }), create(2, { title: "" })), { status: 400 });
  assert.deepEqual(await titles(store), []);
  assert.deepEqual(await rows(store, "outbox"), []);
  assert.deepEqual(await store.counts(), { records: 0, waiting: 0, attention: 0 });
});

test("what is in memory comes back from a snapshot and the changes after it", async () => {
  const store = await openStore(account());
  const page = Array.from({ length: 30 }, (_, number) =>
    pulled(number, number + 1, { bodyMarkdown: "long ".repeat(number) }),
  );
  await receive(store, registry, halves, page, { cursor: 30 });
  await store.settle(registry);
  await write(
    store,
    { op: "update", collection: "notes", id: id(3), fields: { title: "Changed" } },
    create(99, { title: "New" }),
  );
  await write(store, { op: "delete", collection: "notes", id: id(4) });
  const again = await openStore(store.account);
  let scans = 0;
  const { getAll } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.getAll = function counted(...given) {
    scans += this.name === "records" ? 1 : 0;
    return getAll.apply(this, given);
  };
  try {
    assert.deepEqual((await titles(again)).sort(), (await titles(store)).sort());
  } finally {
    IDBObjectStore.prototype.getAll = getAll;
  }
  assert.equal(scans, 0);
  assert.ok((await titles(again)).includes("Changed"));
  assert.ok(!(await titles(again)).includes("Note 4"));
});

test("a snapshot of other indexes is not used", async () => {
  const store = await openStore(account());
  await write(store, create(1, { title: "Beam" }));
  await store.settle(registry);
  const other = structuredClone(registry);
  other.collections.notes.indexes.shout = { field: "title", fold: false, multiple: false, sparse: false, when: null };
  const again = await openStore(store.account);
  const reads = { notes: read({ collection: "notes", index: "shout", equal: "Beam" }) };
  assert.equal((await readAll(again, other, reads, query())).notes.length, 1);
});

test("a second writer of the same database is noticed", async () => {
  const one = await openStore(account());
  const other = await openStore(one.account);
  assert.deepEqual(await titles(other), []);
  await write(one, create(1, { title: "One" }));
  assert.deepEqual(await titles(other), []);
  await write(other, create(2, { title: "Two" }));
  assert.deepEqual(await titles(other), ["One", "Two"]);
  assert.deepEqual(
    (await other.unsent(10)).map(({ mid }) => mid),
    [1, 2],
  );
});

test("a new client numbers from 1, and what is shown keeps its order", async () => {
  const store = await openStore(account());
  await write(store, create(1, { title: "One" }), create(2, { title: "Two" }));
  await store.sentUpTo(1);
  await write(store, { op: "update", collection: "notes", id: id(1), fields: { title: "Uno" } });
  const before = await store.getMeta("client");
  await store.write((writing) => renumber(writing, ({ mid }) => mid <= 1));
  assert.deepEqual(
    [(await store.unsent(10)).map(({ mid }) => mid), (await rows(store, "outbox")).map(({ mid }) => mid)],
    [
      [1, 2],
      [0, 1, 2],
    ],
  );
  assert.notEqual(await store.getMeta("client"), before);
  const found = (await rows(store, "records")).map(({ id: each, rev }) => [each, rev]).sort((a, b) => a[1] - b[1]);
  assert.deepEqual(
    found.map(([each]) => each),
    [id(2), id(1)],
  );
});
