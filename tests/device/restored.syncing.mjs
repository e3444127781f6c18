import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { create, id, remove, update } from "./registry.mjs";
import { Device, Server } from "./server.mjs";

const server = new Server();
before(() => server.start());
after(() => server.stop());

const restored = (number) => ({ op: "restore", collection: "notes", id: id(number) });
const titles = async (person) =>
  [...(await server.records(person)).values()]
    .map(({ body, deleted }) => (deleted === null ? body.title : `(${body.title})`))
    .sort();

/** What everybody sees must be what the server has. */
async function assertEqual(person, ...devices) {
  const kept = await server.records(person);
  for (const device of devices) {
    assert.deepEqual(await device.store.counts(), { ...(await device.store.counts()), waiting: 0, attention: 0 });
    for (const [record, { body, deleted }] of kept) {
      const shown = await device.shown("notes", record);
      assert.equal(shown?.title, deleted === null ? body.title : undefined);
      if (shown) assert.equal(shown.bodyMarkdown, body.bodyMarkdown);
    }
  }
}

test("what a restored server lost is brought back: made, changed, deleted and taken back", async () => {
  const person = await server.register();
  const device = await Device.open(server, person);
  await device.write(
    ...[1, 2, 3, 4].map((number) => create(number, { title: `Note ${number}`, bodyMarkdown: `text ${number} #tag` })),
    remove(4),
  );
  await device.sync();
  await server.backUp();
  await device.write(
    update(1, { title: "Changed", bodyMarkdown: "text 1\nand more #tag #more" }),
    remove(2),
    restored(4),
    create(5, { title: "Made", bodyMarkdown: "of #today", tags: ["set"], isPinned: true }),
  );
  await device.sync();
  await device.write(update(3, { title: "Not sent yet" }), update(5, { title: "Made and edited" }));
  const [before, made] = [await server.records(person), await device.shown("notes", id(5))];
  await server.restore();
  assert.deepEqual(await titles(person), ["(Note 4)", "Note 1", "Note 2", "Note 3"]);
  assert.equal(await device.sync(), true);
  assert.deepEqual(await titles(person), ["(Note 2)", "Changed", "Made and edited", "Not sent yet", "Note 4"]);
  await assertEqual(person, device);
  const after = await server.records(person);
  for (const number of [1, 5]) {
    const { bodyMarkdown, tags, explicitTags, createdAt, isPinned } = after.get(id(number)).body;
    const old = before.get(id(number)).body;
    assert.deepEqual([bodyMarkdown, tags, explicitTags, createdAt, isPinned], [
      old.bodyMarkdown, old.tags, old.explicitTags, old.createdAt, old.isPinned,
    ]); // prettier-ignore
  }
  assert.equal(after.get(id(1)).body.updatedAt, before.get(id(1)).body.updatedAt);
  assert.equal(after.get(id(5)).body.updatedAt, made.updatedAt);
});

test("several devices heal one server, and nothing is there twice", async () => {
  const person = await server.register();
  const [one, other, third] = [await Device.open(server, person), await Device.open(server, person), await Device.open(server, person)];
  await one.write(create(1, { title: "Old", bodyMarkdown: "first line" }));
  await one.sync();
  await other.sync();
  await third.sync();
  await server.backUp();
  await one.write(update(1, { bodyMarkdown: "first line\nsecond line" }), create(2, { title: "Of one" }));
  await one.sync();
  await third.sync();
  await other.sync();
  await other.write(update(1, { bodyMarkdown: "first line\nsecond line\nthird line" }), create(3, { title: "Of the other" }));
  await other.sync();
  await third.write(create(4, { title: "Waits" }));
  await server.restore();
  // The third has not seen the last edit, the first neither.
  for (const each of [third, one, other]) assert.equal(await each.sync(), true);
  for (const each of [third, one, other]) assert.equal(await each.sync(), true);
  assert.deepEqual(await titles(person), ["Of one", "Of the other", "Old", "Waits"]);
  const { body, conflict } = (await server.records(person)).get(id(1));
  assert.deepEqual([body.bodyMarkdown, conflict], ["first line\nsecond line\nthird line", undefined]);
  await assertEqual(person, one, other, third);
});

test("an edit on the restored server is not written over by an older one", async () => {
  const person = await server.register();
  const [late, early] = [await Device.open(server, person), await Device.open(server, person)];
  await late.write(create(1, { title: "Old" }));
  await late.sync();
  await server.backUp();
  await late.write(update(1, { title: "Lost" }));
  await late.sync();
  await server.restore();
  await early.sync();
  await early.write(update(1, { title: "New" }));
  await early.sync();
  assert.equal(await late.sync(), true);
  assert.deepEqual(await titles(person), ["New"]);
});

test("an edit on the restored server keeps back nothing of what it had lost, and an older one that waited stays", async () => {
  const person = await server.register();
  const [late, early, away] = [await Device.open(server, person), await Device.open(server, person), await Device.open(server, person)];
  await late.write(create(1, { title: "Old", bodyMarkdown: "first" }), create(2, { title: "Other", bodyMarkdown: "first" }));
  for (const each of [late, early, away]) await each.sync();
  await server.backUp();
  await away.write(update(2, { bodyMarkdown: "written before\nfirst" }));
  await late.write(update(1, { bodyMarkdown: "first\nlost" }), update(2, { bodyMarkdown: "first\nlost, too" }));
  await late.sync();
  await server.restore();
  await early.sync();
  await early.write(update(1, { bodyMarkdown: "new\nfirst" }));
  for (const each of [early, away, late, early, away]) assert.equal(await each.sync(), true);
  const records = await server.records(person);
  const lines = (number) => records.get(id(number)).body.bodyMarkdown.split("\n").toSorted();
  assert.deepEqual(lines(1), ["first", "lost", "new"]);
  assert.deepEqual(lines(2), ["first", "lost, too", "written before"]);
  await assertEqual(person, late, early, away);
});

test("healing that is cut goes on, and nothing is sent before everything was compared", async () => {
  const person = await server.register();
  const device = await Device.open(server, person);
  await server.backUp();
  await device.write(...Array.from({ length: 1_500 }, (_, at) => create(at, { title: `Note ${at}` })));
  await device.sync();
  await device.write(create(2_000, { title: "Waits" }));
  await server.restore();
  for (let cut = 1; cut < 12; cut += 1) {
    device.asked = [];
    device.lost = (_, number) => (number === cut ? (cut % 2 ? "response" : "request") : "");
    if (await device.sync()) break;
  }
  device.lost = () => "";
  assert.equal(await device.sync(), true);
  assert.equal((await server.records(person)).size, 1_501);
  await assertEqual(person, device);
});

test("a clock that is two days wrong changes nothing about when records were changed", async () => {
  const person = await server.register();
  const device = await Device.open(server, person, () => Date.now() + 2 * 86_400_000);
  await server.backUp();
  await device.write(create(1, { title: "Made", bodyMarkdown: "x" }));
  await device.sync();
  const before = (await server.records(person)).get(id(1)).body;
  await server.restore();
  assert.equal(await device.sync(), true);
  const after = (await server.records(person)).get(id(1)).body;
  // The server corrects a clock by how late a push arrives, which is also the time that it took.
  for (const name of ["createdAt", "updatedAt"]) {
    assert.ok(Math.abs(Date.parse(after[name]) - Date.parse(before[name])) < 60_000);
  }
});

test("what was deleted long before the backup does not come back from a device that was away", async () => {
  const person = await server.register();
  let now = Date.now() - 40 * 86_400_000;
  const away = await Device.open(server, person, () => now);
  const here = await Device.open(server, person);
  await here.write(create(1, { title: "Deleted long ago" }), create(2, { title: "Kept" }));
  await here.sync();
  await away.sync();
  await here.write(remove(1));
  await here.sync();
  server.sql("UPDATE record SET deleted_at = deleted_at - 3000000000 WHERE deleted_at IS NOT NULL");
  await server.backUp();
  await server.restore();
  now = Date.now();
  assert.equal(await away.sync(), true);
  assert.deepEqual(await titles(person), ["Kept"]);
  assert.equal(await away.shown("notes", id(1)), null);
});
