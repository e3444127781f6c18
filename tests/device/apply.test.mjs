import assert from "node:assert/strict";
import { test } from "node:test";
import { apply } from "../../aios/static/device/apply.js";
import { take } from "../../aios/static/device/outbox.js";
import { readAll } from "../../aios/static/device/reads.js";
import { receive } from "../../aios/static/device/replay.js";
import { openStore } from "../../aios/static/device/store.js";
import { textHash } from "../../aios/static/device/text.js";
import { account, create, halves, id, NOW, pulled, query, read, registry, remove, update } from "./registry.mjs";

const opened = () => openStore(account());
const write = (store, mutations, now = NOW) => apply(store, registry, halves, mutations, { now });
const note = async (store, number) =>
  (await readAll(store, registry, { note: read({ collection: "notes", id: id(number) }) }, query())).note;
const task = (number, fields) => ({ op: "create", collection: "tasks", id: id(number), fields });

test("a create is completed and derived; the outbox holds what was sent", async () => {
  const store = await opened();
  const { outcomes } = await write(store, [create(1, { title: "Roof", bodyMarkdown: "See [[Loads]].\r\n#foz" })]);
  assert.deepEqual(outcomes, [{ id: id(1), effect: "created" }]);
  const made = await note(store, 1);
  assert.deepEqual(
    [made.tags, made.links, made.isPinned, made.createdAt],
    [["foz"], ["Loads"], false, "2026-11-24T09:00:00.000Z"],
  );
  const [entry] = await store.unsent(1);
  assert.deepEqual(entry.fields, { title: "Roof", bodyMarkdown: "See [[Loads]].\n#foz" });
  assert.deepEqual([entry.baseRev, entry.ms, entry.bases], [null, NOW, {}]);
});

test("an update names the server's revision and the text that was shown, however often it is repeated", async () => {
  const store = await opened();
  await receive(store, registry, halves, [pulled(1, 7, { bodyMarkdown: "old" })], {});
  await write(store, [update(1, { bodyMarkdown: "new" })]);
  await take(store, 1, (entries) => entries);
  await write(store, [{ ...update(1, { bodyMarkdown: "newer" }), bases: { bodyMarkdown: textHash("new") } }]);
  const [first, second] = await store.unsent(2);
  assert.deepEqual([first.baseRev, first.bases], [7, { bodyMarkdown: textHash("old") }]);
  assert.deepEqual([second.baseRev, second.bases], [7, { bodyMarkdown: textHash("new") }]);
});

test("local changes have growing revisions above every known one", async () => {
  const store = await opened();
  await receive(store, registry, halves, [pulled(1, 1_000_000)], {});
  await write(store, [create(2, { title: "Two" }), update(1, { title: "One" })]);
  const [one, two] = [await note(store, 1), await note(store, 2)];
  assert.ok(two._rev > 1_000_000 && one._rev > two._rev);
});

test("the time of a change never goes back", async () => {
  const store = await opened();
  await receive(store, registry, halves, [pulled(1, 1, { updatedAt: "2030-01-01T00:00:00.000Z" })], {});
  await write(store, [update(1, { title: "Other" })]);
  assert.equal((await note(store, 1)).updatedAt, "2030-01-01T00:00:00.000Z");
});

test("what changes nothing is not sent", async () => {
  const store = await opened();
  await receive(store, registry, halves, [pulled(1, 1)], {});
  const { outcomes } = await write(store, [update(1, { isPinned: false })]);
  assert.deepEqual(outcomes, [{ id: id(1), effect: "same" }]);
  assert.equal((await store.counts()).waiting, 0);
});

const REFUSALS = [
  [
    "an unknown collection",
    [{ op: "create", collection: "constructor", id: id(1), fields: {} }],
    400,
    "There is no collection named 'constructor'.",
  ],
  ["a malformed id", [{ ...create(1, { title: "a" }), id: "A" }], 400, "Some fields cannot be kept as they are."],
  ["an update of nothing", [update(9, { title: "a" })], 404, "There is no note with this id."],
  ["a delete of nothing", [remove(9)], 404, "There is no note with this id."],
  ["a restore of nothing", [{ ...remove(9), op: "restore" }], 404, "There is no note with this id."],
  ["an update of what is deleted", [remove(1), update(1, { title: "a" })], 404, "There is no note with this id."],
  ["a second delete", [remove(1), remove(1)], 404, "There is no note with this id."],
  ["a taken id", [create(1, { title: "other" })], 409, "Another note has this id already. Use a new id."],
  [
    "a deleted id",
    [remove(1), create(1, { title: "a" })],
    409,
    "This note was deleted. Use a new id; in the app it can be restored for 30 days.",
  ],
  [
    "an id of another collection",
    [{ ...create(1, { title: "a" }), collection: "tasks" }],
    409,
    "This id belongs to a record of another collection.",
  ],
  ["another collection's record", [{ ...remove(1), collection: "tasks" }], 404, "There is no task with this id."],
];
for (const [name, mutations, status, detail] of REFUSALS) {
  test(`${name} is refused as the server refuses it, and leaves nothing`, async () => {
    const store = await opened();
    await receive(store, registry, halves, [pulled(1, 1)], {});
    await assert.rejects(write(store, mutations), { status, detail });
    assert.equal((await store.counts()).waiting, 0);
    assert.equal((await note(store, 1)).title, "Note 1");
  });
}

test("the reason of a conflict is told", async () => {
  const store = await opened();
  await receive(store, registry, halves, [pulled(1, 1)], {});
  await assert.rejects(write(store, [create(1, { title: "other" })]), { reason: "exists" });
  await write(store, [remove(1)]);
  await assert.rejects(write(store, [create(1, { title: "other" })]), { reason: "deleted" });
});

test("a create that is repeated is not an error", async () => {
  const store = await opened();
  const mutations = [create(1, { title: "Once" })];
  await write(store, mutations);
  assert.deepEqual((await write(store, mutations)).outcomes, [{ id: id(1), effect: "same" }]);
  assert.equal((await store.counts()).waiting, 1);
});

test("rules see the records before them in the same batch, and those in memory", async () => {
  const store = await opened();
  await write(store, [task(1, { title: "One" }), task(2, { title: "Two", parentTaskId: id(1) })]);
  const cycle = { op: "update", collection: "tasks", id: id(1), fields: { parentTaskId: id(2) } };
  await assert.rejects(write(store, [cycle]), { status: 400 });
  const again = await openStore(store.account);
  await assert.rejects(write(again, [cycle]), { status: 400 });
  await assert.rejects(
    write(store, [task(3, { title: "a", parentTaskId: id(4) }), task(4, { title: "b", parentTaskId: id(3) })]),
    { status: 400 },
  );
  assert.equal((await store.counts()).waiting, 2);
});

test("deleting and restoring keep the record, and take it out of the lists and back", async () => {
  const store = await opened();
  await receive(store, registry, halves, [pulled(1, 1, { bodyMarkdown: "text" })], {});
  await write(store, [remove(1)]);
  assert.equal(await note(store, 1), null);
  const reads = { trash: read({ collection: "notes", deleted: true }) };
  assert.equal((await readAll(store, registry, reads, query())).trash[0].bodyMarkdown, "text");
  await write(store, [{ ...remove(1), op: "restore" }], NOW + 1000);
  assert.deepEqual((await readAll(store, registry, reads, query())).trash, []);
  const back = await note(store, 1);
  assert.deepEqual([back.bodyMarkdown, back.updatedAt], ["text", "2026-11-24T09:00:01.000Z"]);
});

test("a stub keeps its tags when something else of it is changed", async () => {
  const store = await opened();
  const stub = { bodyMarkdown: { length: 900, words: 90, start: "Long ago" } };
  const record = pulled(1, 1, { tags: ["foz"] }, { stub });
  delete record.body.bodyMarkdown;
  await receive(store, registry, halves, [record], {});
  await write(store, [update(1, { isPinned: true })]);
  const pinned = await note(store, 1);
  assert.deepEqual([pinned.tags, pinned.bodyMarkdown, pinned._stub, pinned.isPinned], [["foz"], "", stub, true]);
  assert.deepEqual(Object.keys(pinned).slice(0, 5), ["id", "createdAt", "updatedAt", "title", "bodyMarkdown"]);
  await write(store, [update(1, { bodyMarkdown: "whole #new" })]);
  const whole = await note(store, 1);
  assert.deepEqual([whole._stub, whole.bodyMarkdown, whole.tags.includes("new")], [undefined, "whole #new", true]);
});

test("a new record shows the stub of the one that it goes on from, until its text is written", async () => {
  const store = await opened();
  const stub = { userNotes: { length: 900, words: 90, start: "Long ago" } };
  const read1 = async () => (await readAll(store, registry, { task: read({ collection: "tasks", id: id(2) }) }, query())).task;
  await write(store, [{ ...task(2, { title: "Again", previousTaskId: id(1) }), stub }]);
  const made = await read1();
  assert.deepEqual([made.userNotes, made._stub], ["", stub]);
  await write(store, [{ ...update(2, { priority: "high" }), collection: "tasks" }]);
  const [entry] = await store.unsent(1);
  assert.deepEqual([entry.op, entry.stub, "userNotes" in entry.fields], ["create", stub, false]);
  assert.deepEqual((await read1())._stub, stub);
  await write(store, [{ ...update(2, { userNotes: "Here" }), collection: "tasks" }]);
  const whole = await read1();
  assert.deepEqual([whole.userNotes, whole._stub], ["Here", undefined]);
});

test("a search finds what is written and what is changed, and of a stub what is there", async () => {
  const store = await opened();
  const find = async (q) => {
    const reads = { notes: read({ collection: "notes", search: { name: "q", fold: false } }) };
    return (await readAll(store, registry, reads, query({ q }))).notes.map(({ title }) => title);
  };
  await receive(store, registry, halves, [pulled(1, 1, { bodyMarkdown: "The north beam" })], {});
  assert.deepEqual(await find("NORTH beam"), ["Note 1"]);
  await write(store, [update(1, { bodyMarkdown: "The south beam" }), create(2, { title: "Béton" })]);
  assert.deepEqual([await find("north"), await find("south"), await find("beton")], [[], ["Note 1"], ["Béton"]]);
  await receive(
    store,
    registry,
    halves,
    [pulled(3, 2, { title: "Stubbed" }, { stub: { bodyMarkdown: { length: 9, words: 1, start: "" } } })],
    {},
  );
  assert.deepEqual(await find("stubbed"), ["Stubbed"]);
});

test("a long text is shown as it is now, however often it was read before", async () => {
  const store = await opened();
  await receive(store, registry, halves, [pulled(1, 1, { bodyMarkdown: "old ".repeat(100) })], {});
  assert.equal((await note(store, 1)).bodyMarkdown, "old ".repeat(100));
  await write(store, [update(1, { bodyMarkdown: "new ".repeat(100) })]);
  assert.equal((await note(store, 1)).bodyMarkdown, "new ".repeat(100));
  await receive(store, registry, halves, [pulled(2, 2, { bodyMarkdown: "two ".repeat(100) })], {});
  assert.equal((await note(store, 2)).bodyMarkdown, "two ".repeat(100));
  await receive(store, registry, halves, [pulled(2, 3, { bodyMarkdown: "2 ".repeat(200) })], {});
  assert.equal((await note(store, 2)).bodyMarkdown, "2 ".repeat(200));
});
