import assert from "node:assert/strict";
import { test } from "node:test";
import { apply } from "../../aios/static/device/apply.js";
import { readAll } from "../../aios/static/device/reads.js";
import { take } from "../../aios/static/device/outbox.js";
import { acknowledge, receive, reject } from "../../aios/static/device/replay.js";
import { openStore } from "../../aios/static/device/store.js";
import { account, create, halves, id, NOW, pulled, query, read, registry, remove, rows, update } from "./registry.mjs";

const opened = () => openStore(account());
const write = (store, ...mutations) => apply(store, registry, halves, mutations, { now: NOW });
const pull = (store, records, meta = {}) => receive(store, registry, halves, records, meta);
const all = (entries) => entries;
const taken = (store, mid) => acknowledge(store, registry, halves, mid);
const refuse = (store, ...mids) =>
  reject(
    store,
    registry,
    halves,
    mids.map((mid) => ({ mid, code: "invalid", detail: "No." })),
  );
const note = async (store, number) =>
  (await readAll(store, registry, { note: read({ collection: "notes", id: id(number) }) }, query())).note;
const row = async (store, number) => (await rows(store, "records")).find((each) => each.id === id(number));

test("a pull shows under what is pending, and takes its place when that was taken", async () => {
  const store = await opened();
  await pull(store, [pulled(1, 1)]);
  await write(store, update(1, { title: "Mine" }));
  await pull(store, [pulled(1, 2, { title: "Theirs", isPinned: true })], { cursor: 2 });
  const shown = await note(store, 1);
  assert.deepEqual([shown.title, shown.isPinned], ["Mine", true]);
  assert.equal((await row(store, 1)).base.body.title, "Theirs");
  await pull(store, [pulled(1, 3, { title: "Mine", isPinned: true })], { cursor: 3 });
  assert.equal(await taken(store, 1), true);
  assert.equal(await taken(store, 1), false);
  const settled = await row(store, 1);
  assert.deepEqual([settled.rev, settled.body.title, "base" in settled], [3, "Mine", false]);
  assert.equal((await store.counts()).waiting, 0);
});

test("the same page twice changes nothing, nor does an older one", async () => {
  const store = await opened();
  const page = [pulled(1, 5), pulled(2, 6, {}, { deleted: NOW })];
  assert.equal(await pull(store, page, { cursor: 6 }), true);
  await write(store, update(1, { title: "Mine" }));
  const before = [await rows(store, "records"), await rows(store, "outbox"), await store.meta()];
  assert.equal(await pull(store, page, { cursor: 6 }), false);
  assert.equal(await pull(store, [pulled(1, 4, { title: "Old" })]), false);
  assert.deepEqual([await rows(store, "records"), await rows(store, "outbox"), await store.meta()], before);
});

test("what was not taken yet stays, and is played over the new base", async () => {
  const store = await opened();
  await write(store, create(1, { title: "Made" }));
  await take(store, 1, all);
  await write(store, update(1, { isPinned: true }));
  await pull(store, [pulled(1, 9, { title: "Made" })]);
  await taken(store, 1);
  const kept = await row(store, 1);
  assert.deepEqual([kept.base.rev, kept.body.isPinned], [9, true]);
  assert.deepEqual(
    (await rows(store, "outbox")).map(({ mid }) => mid),
    [2],
  );
});

test("an edit of what was deleted elsewhere meanwhile brings it back, as the server will", async () => {
  const store = await opened();
  await pull(store, [pulled(1, 1)]);
  await write(store, update(1, { title: "Mine" }));
  await pull(store, [pulled(1, 2, {}, { deleted: NOW })]);
  assert.equal((await note(store, 1)).title, "Mine");
});

test("an edit of what was emptied elsewhere shows nothing, and stays until the server refuses it", async () => {
  const store = await opened();
  await pull(store, [pulled(1, 1)]);
  await write(store, update(1, { title: "Mine" }));
  await pull(store, [{ ...pulled(1, 2), deleted: NOW, body: {} }]);
  assert.equal(await note(store, 1), null);
  assert.equal((await store.counts()).waiting, 1);
});

test("a refused entry is shown to the person, and its record as it is without it", async () => {
  const store = await opened();
  await pull(store, [pulled(1, 1)]);
  await write(store, update(1, { title: "Refused" }));
  await take(store, 1, all);
  await write(store, update(1, { isPinned: true }), create(2, { title: "Never" }));
  await refuse(store, 1, 3);
  await refuse(store, 1, 3);
  const shown = await note(store, 1);
  assert.deepEqual([shown.title, shown.isPinned, await note(store, 2)], ["Note 1", true, null]);
  assert.deepEqual(await store.counts(), { records: 1, waiting: 1, attention: 2 });
  const refused = await store.refused(10);
  assert.deepEqual(
    refused.map(({ mid, code, detail, title }) => [mid, code, detail, title]),
    [
      [1, "invalid", "No.", "Note 1"],
      [3, "invalid", "No.", "Never"],
    ],
  );
  assert.equal(await store.getMeta("acked"), 3);
  await store.dismiss(3);
  await store.dismiss(3);
  assert.equal((await store.counts()).attention, 1);
});

test("after a first sync only what it showed is here, and what is not sent yet", async () => {
  const store = await opened();
  await pull(store, [pulled(1, 1), pulled(2, 2), pulled(3, 3)]);
  await write(store, create(4, { title: "Unsent" }), update(3, { title: "Edited" }));
  const generation = await store.beginBootstrap({ boot: null });
  assert.equal(await store.beginBootstrap({ boot: 5 }), generation);
  await pull(store, [pulled(1, 1, { title: "Restored" })], { generation, boot: { boot: 5 } });
  assert.equal((await store.counts()).records, 4);
  await pull(store, [], { generation, boot: null, cursor: 5 });
  const shown = await Promise.all([1, 2, 3, 4].map((number) => note(store, number)));
  assert.deepEqual(
    shown.map((each) => each?.title),
    ["Restored", undefined, undefined, "Unsent"],
  );
  assert.equal((await store.counts()).waiting, 2);
  const again = await openStore(store.account);
  assert.equal(await note(again, 2), null);
});

test("what was dropped after a snapshot does not come back at the next start", async () => {
  const store = await opened();
  await pull(store, [pulled(1, 1), pulled(2, 2)]);
  await store.settle(registry);
  const generation = await store.beginBootstrap({ boot: null });
  await pull(store, [pulled(1, 1)], { generation, boot: null });
  for (const each of [store, await openStore(store.account)]) {
    assert.deepEqual([(await note(each, 1))?.title, await note(each, 2)], ["Note 1", null]);
  }
});

test("a whole record replaces its stub at the same revision, and no stub a whole one", async () => {
  const store = await opened();
  const stub = { bodyMarkdown: { length: 5, words: 1, start: "whole" } };
  await pull(store, [pulled(1, 1, {}, { stub })]);
  assert.deepEqual((await store.ledger()).notes.stubs, 1);
  await pull(store, [pulled(1, 1, { bodyMarkdown: "whole" })]);
  await pull(store, [pulled(1, 1, {}, { stub })]);
  const shown = await note(store, 1);
  assert.deepEqual([shown.bodyMarkdown, shown._stub, (await store.ledger()).notes.stubs], ["whole", undefined, 0]);
});

test("what was sent is marked, and is sent again until the server has taken it", async () => {
  const store = await opened();
  await write(store, create(1, { title: "a" }), create(2, { title: "b" }), create(3, { title: "c" }));
  const sent = await take(store, 2, all);
  assert.deepEqual(
    sent.map(({ mid, sent: before }) => [mid, before]),
    [
      [1, false],
      [2, false],
    ],
  );
  assert.deepEqual(
    (await take(store, 5, all)).map(({ sent: before }) => before),
    [true, true, false],
  );
  await store.sentUpTo(2);
  await store.sentUpTo(1);
  assert.deepEqual(
    (await store.unsent(5)).map(({ mid }) => mid),
    [3],
  );
  assert.deepEqual(
    (await store.waiting(2)).map(({ title }) => title),
    ["a", "b"],
  );
});

test("a delete, a restore and a delete again end as they should", async () => {
  const store = await opened();
  await pull(store, [pulled(1, 1)]);
  await write(store, remove(1), { ...remove(1), op: "restore" }, remove(1));
  await pull(store, [pulled(1, 2, { title: "Elsewhere" })]);
  const kept = await row(store, 1);
  assert.deepEqual([kept.deleted, kept.body.title], [NOW, "Elsewhere"]);
});

test("what was dropped and made again before the first snapshot is there at the next start", async () => {
  const store = await opened();
  await write(store, create(1, { title: "Refused" }));
  await refuse(store, 1);
  await write(store, create(1, { title: "Again" }));
  assert.equal((await note(await openStore(store.account), 1)).title, "Again");
});
