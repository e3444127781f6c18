import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { create, id, rows, update } from "./registry.mjs";
import { Device, Server } from "./server.mjs";

const server = new Server();
before(() => server.start());
after(() => server.stop());

const opened = async (clock) => Device.open(server, await server.register(), clock);
const pushes = (device) => device.asked.filter(({ call }) => call.endsWith("push"));

test("a backlog of 10,000 goes on where it was cut, and nothing arrives twice", async () => {
  const device = await opened();
  const total = 10_000;
  for (let start = 0; start < total; start += 500) {
    await device.write(...Array.from({ length: 500 }, (_, at) => create(start + at, { title: `Note ${start + at}` })));
  }
  let cuts = 0;
  device.lost = (call) => {
    if (!call.endsWith("push") || cuts >= 10 || pushes(device).length % 2) return "";
    cuts += 1;
    return cuts % 2 ? "request" : "response";
  };
  let tries = 0;
  while (!(await device.sync())) {
    tries += 1;
    assert.ok(device.store.known.lastMid > 0 || tries < 3, "what has arrived is not sent again");
    assert.ok(tries < 20);
  }
  assert.deepEqual([cuts, tries], [10, 10]);
  assert.ok(pushes(device).length <= total / 500 + cuts);
  const kept = await server.records(device.person);
  assert.equal(kept.size, total);
  assert.ok([...kept.values()].every(({ rev }) => rev <= total), "each took effect once");
  assert.equal((await device.store.counts()).waiting, 0);
});

test("after a failure it waits longer each time, and whoever acts does not wait", async () => {
  let now = Date.now();
  const device = await opened(() => now);
  device.lost = () => "request";
  const waits = [];
  for (let times = 0; times < 12; times += 1) {
    assert.equal(await device.sync(), false);
    waits.push(device.syncer.wait);
  }
  assert.ok(waits[0] >= 1_000 && waits[0] <= 2_000);
  assert.ok(waits[3] >= 8_000 && waits[11] >= 150_000 && waits[11] <= 300_000);
  const before = device.asked.length;
  assert.equal(await device.sync(true), false);
  assert.equal(device.asked.length, before);
  now += 300_000;
  device.lost = () => "";
  assert.equal(await device.sync(true), true);
  assert.equal(device.syncer.wait, 0);
});

test("a server that asks for time is given it, whoever acts", async () => {
  let now = Date.now();
  const device = await opened(() => now);
  device.lost = () => new Response("{}", { status: 503, headers: { "retry-after": "120" } });
  assert.equal(await device.sync(), false);
  assert.ok(device.syncer.wait >= 120_000);
  device.lost = () => "";
  assert.equal(await device.sync(), false);
  assert.equal(device.asked.length, 1);
  now += 120_001;
  assert.equal(await device.sync(), true);
});

test("the gate of a network is no server", async () => {
  const device = await opened();
  device.lost = () => new Response("<h1>Sign in to the café</h1>", { status: 200 });
  assert.equal(await device.sync(), false);
  assert.equal(device.syncer.offline, true);
});

test("a change that is too large waits for the person, and holds up nothing", async () => {
  const device = await opened();
  await device.write(create(1, { title: "Before" }), create(2, { title: "Huge" }), create(3, { title: "After" }));
  const entry = (await rows(device.store, "outbox"))[1];
  const outbox = device.store.database.transaction("outbox", "readwrite").objectStore("outbox");
  outbox.put({ ...entry, fields: { ...entry.fields, bodyMarkdown: "x".repeat(1_100_000) } });
  assert.equal(await device.sync(), true);
  const kept = await server.records(device.person);
  assert.deepEqual([...kept.values()].map(({ body }) => body.title).sort(), ["After", "Before"]);
  const [refused] = await device.store.refused(10);
  assert.deepEqual([refused.code, refused.fields.bodyMarkdown.length], ["too_large", 1_100_000]);
  assert.equal((await device.store.counts()).waiting, 0);
});

test("where something in between takes less, pushes become smaller", async () => {
  const device = await opened();
  await device.write(...Array.from({ length: 40 }, (_, at) => create(at, { title: `Note ${at}` })));
  device.lost = (call, number) => {
    const { body } = device.asked[number - 1];
    return call.endsWith("push") && body.mutations.length > 6 ? new Response("too much", { status: 413 }) : "";
  };
  assert.equal(await device.sync(), true);
  assert.equal((await server.records(device.person)).size, 40);
  assert.equal((await device.store.counts()).attention, 0);
});

test("a session that has ended pauses sending; one that was revoked asks", async () => {
  const device = await opened();
  await device.write(create(1, { title: "Kept" }));
  const { token } = device.person;
  device.person.token = "not a token";
  assert.equal(await device.sync(), false);
  assert.equal(device.store.known.paused, "expired");
  device.person.token = token;
  await server.ask("/api/auth/logout", { token, method: "POST" }).catch(() => null);
  assert.equal(await device.sync(), false);
  assert.ok(["revoked", "expired"].includes(device.store.known.paused));
  assert.equal((await device.store.counts()).waiting, 1);
});

test("two machines with one copied profile lose nothing", async () => {
  const device = await opened();
  await device.write(create(1, { title: "Shared" }));
  assert.equal(await device.sync(), true);
  const other = await device.copy();
  assert.equal(other.store.known.client, device.store.known.client);
  await device.write(create(2, { title: "Of one" }));
  await other.write(create(3, { title: "Of the other" }), update(1, { title: "Renamed" }));
  assert.equal(await device.sync(), true);
  // Its numbers are taken by now; nothing but its own memory says that it never sent them.
  assert.equal(await other.sync(), true);
  await device.write(create(4, { title: "Again" }));
  assert.equal(await device.sync(), true);
  assert.equal(await other.sync(), true);
  assert.notEqual(other.store.known.client, device.store.known.client);
  const titles = [...(await server.records(device.person)).values()].map(({ body }) => body.title).sort();
  assert.deepEqual(titles, ["Again", "Of one", "Of the other", "Renamed"]);
  for (const each of [device, other]) {
    assert.deepEqual([(await each.store.counts()).waiting, (await each.shown("notes", id(3)))?.title], [0, "Of the other"]);
  }
});

test("a profile that was set back becomes another client", async () => {
  const device = await opened();
  await device.write(create(1, { title: "One" }));
  await device.sync();
  const old = await device.copy();
  for (let number = 2; number < 6; number += 1) {
    await device.write(create(number, { title: `Note ${number}` }));
    await device.sync();
  }
  assert.equal(await old.sync(), true);
  assert.notEqual(old.store.known.client, device.store.known.client);
  await old.write(create(9, { title: "Of the old one" }));
  assert.equal(await old.sync(), true);
  assert.equal((await server.records(device.person)).size, 6);
});
