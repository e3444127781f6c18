import assert from "node:assert/strict";
import { test } from "node:test";
import { apply } from "../../aios/static/device/apply.js";
import { take } from "../../aios/static/device/outbox.js";
import { receive } from "../../aios/static/device/replay.js";
import { openStore } from "../../aios/static/device/store.js";
import { textHash } from "../../aios/static/device/text.js";
import { account, create, halves, NOW, pulled, registry, remove, rows, update } from "./registry.mjs";

const opened = async () => {
  const store = await openStore(account());
  await receive(store, registry, halves, [pulled(1, 7, { bodyMarkdown: "old" }), pulled(2, 8)], {});
  return store;
};
const write = (store, ...mutations) => apply(store, registry, halves, mutations, { now: NOW });
const outbox = async (store) => (await rows(store, "outbox")).map(({ mid, op, fields }) => [mid, op, fields]);
const shown = (text, before) => ({ ...update(1, { bodyMarkdown: text }), bases: { bodyMarkdown: textHash(before) } });

test("edits of one record that have not left yet are one entry, with what the first had seen", async () => {
  const store = await opened();
  await write(store, shown("new", "old"));
  await write(store, update(1, { title: "Other" }));
  await apply(store, registry, halves, [shown("newer", "new")], { now: NOW + 5 });
  const [entry, ...more] = await rows(store, "outbox");
  assert.deepEqual(more, []);
  assert.deepEqual(
    [entry.mid, entry.fields, entry.bases, entry.baseRev, entry.ms],
    [1, { bodyMarkdown: "newer", title: "Other" }, { bodyMarkdown: textHash("old") }, 7, NOW + 5],
  );
  assert.deepEqual([(await store.counts()).waiting, store.known.nextMid], [1, 2]);
});

test("an edit of what was just made is part of making it; a day later it is not", async () => {
  const store = await opened();
  await write(store, create(3, { title: "Made" }));
  await write(store, update(3, { isPinned: true }));
  assert.deepEqual(await outbox(store), [[1, "create", { title: "Made", isPinned: true }]]);
  await apply(store, registry, halves, [update(3, { title: "Late" })], { now: NOW + 86_400_000 });
  assert.equal((await outbox(store)).length, 2);
});

test("a text that was written over another than the last stays apart", async () => {
  const store = await opened();
  await write(store, shown("new", "old"));
  await write(store, shown("mine", "old"));
  assert.equal((await outbox(store)).length, 2);
});

test("what may have left is not touched", async () => {
  const store = await opened();
  await write(store, update(1, { title: "Sent" }));
  const [sent] = await take(store, 500, (entries) => entries);
  await write(store, update(1, { title: "Later" }));
  assert.deepEqual(
    await outbox(store),
    [
      [1, "update", { title: "Sent" }],
      [2, "update", { title: "Later" }],
    ],
  );
  assert.equal(sent.fields.title, "Sent");
});

test("an edit that saw another state of the server stays apart", async () => {
  const store = await opened();
  await write(store, update(1, { title: "Before" }));
  await receive(store, registry, halves, [pulled(1, 9, { isPinned: true })], { cursor: 9 });
  await write(store, update(1, { title: "After" }));
  assert.deepEqual(
    (await rows(store, "outbox")).map(({ baseRev }) => baseRev),
    [7, 9],
  );
});

test("deleting ends it, and so does another record", async () => {
  const store = await opened();
  await write(store, update(1, { title: "a" }), remove(1), { ...remove(1), op: "restore" }, update(1, { title: "b" }));
  await write(store, update(2, { title: "c" }));
  await write(store, update(1, { title: "d" }));
  assert.deepEqual(
    (await outbox(store)).map(([mid, op]) => [mid, op]),
    [
      [1, "update"],
      [2, "delete"],
      [3, "restore"],
      [4, "update"],
      [5, "update"],
      [6, "update"],
    ],
  );
});
