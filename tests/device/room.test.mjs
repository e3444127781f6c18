import assert from "node:assert/strict";
import { test } from "node:test";
import { apply } from "../../aios/static/device/apply.js";
import { chosen } from "../../aios/static/device/choices.js";
import { total } from "../../aios/static/device/ledger.js";
import { readAll } from "../../aios/static/device/reads.js";
import { acknowledge, receive, reject } from "../../aios/static/device/replay.js";
import { limits, taken } from "../../aios/static/device/room.js";
import { openStore } from "../../aios/static/device/store.js";
import { take } from "../../aios/static/device/outbox.js";
import { account, create, halves, id, NOW, pulled, query, read, registry, remove, rows, update } from "./registry.mjs";

const MB = 1_000_000;
/** How much is brought to a device of 10 MB. */
const BROUGHT = Number(process.env.AIOS_ROOM_MB ?? 12) * MB;
const LONG = 40_000;
/** Of those that are brought: few and large, as each is opened. */
const WIDE = 100_000;
const PAGE = 10;
/** Writes that are refused. */
const REFUSALS = Number(process.env.AIOS_REFUSALS ?? 200);
const text = (number, length = LONG) => `Text ${number} #t${number % 7} ${"words and ".repeat(length / 10)}`.slice(0, length);
const long = (number, rev = number + 1, fields = {}, more = {}) =>
  pulled(number, rev, { bodyMarkdown: text(number), tags: [`t${number % 7}`], ...fields }, more);
const wide = (number) => long(number, number + 1, { bodyMarkdown: text(number, WIDE) });
const short = (number, rev = number + 1) => long(number, rev, { bodyMarkdown: text(number, 4_000) });
const opened = () => openStore(account(), registry);
const write = (store, ...mutations) => apply(store, registry, halves, mutations, { now: NOW });
const pull = (store, records, meta = {}) => receive(store, registry, halves, records, meta);
const row = async (store, number) => (await rows(store, "records")).find((each) => each.id === id(number));
const notes = async (store, given) =>
  (await readAll(store, registry, { found: read({ collection: "notes", index: "title", limit: 9_999, ...given }) }, query())).found;

/** Bring `BROUGHT` bytes of notes as a device follows the server: a page, and room where little is left. */
async function brought() {
  const store = await opened();
  const many = Math.ceil(BROUGHT / WIDE);
  let most = 0;
  for (let from = 0; from < many; from += PAGE) {
    await pull(store, Array.from({ length: Math.min(PAGE, many - from) }, (_, place) => wide(from + place)), { cursor: from });
    most = Math.max(most, taken(store.known));
    await store.trim();
  }
  return { store, many, most };
}

/** The figures of the ledger, counted from what is stored. */
async function recounted(store) {
  const counted = { records: 0, bytes: 0, stubs: 0, waiting: 0, unsent: 0 };
  const size = (value) => (value ? Buffer.byteLength(JSON.stringify(value)) : 0);
  for (const { body, stub, base, deleted } of await rows(store, "records")) {
    counted.bytes += size(body) + size(stub) + size(base?.body) + size(base?.stub);
    counted.records += deleted === null ? 1 : 0;
    counted.stubs += stub ? 1 : 0;
  }
  for (const { fields } of await rows(store, "outbox")) {
    counted.waiting += 1;
    counted.unsent += size(fields);
  }
  return counted;
}

test("12 MB of notes in a device of 10 MB stay below its limit, and lists, search, tags and figures stay right", async () => {
  const { store, many, most } = await brought();
  const { limit, full } = limits(store.known);
  assert.ok(most <= limit && taken(store.known) <= full, `${most} ${taken(store.known)}`);
  const all = await notes(store);
  assert.equal(all.length, many);
  const stubs = all.filter((each) => each._stub);
  assert.ok(stubs.length > 0 && stubs.length < many);
  for (const each of stubs) {
    const number = Number(each.title.slice(5));
    assert.deepEqual([each.tags, each._stub.bodyMarkdown.length], [[`t${number % 7}`], WIDE]);
    assert.equal(each._stub.bodyMarkdown.start, text(number, WIDE).slice(0, 240));
  }
  assert.equal((await notes(store, { index: "tag", equal: "t3" })).length, all.filter(({ tags }) => tags[0] === "t3").length);
  assert.equal(await notes(store, { count: true }), many);
  assert.deepEqual((await notes(store, { search: "Note 7" })).map(({ title }) => title).includes("Note 7"), true);
  assert.deepEqual(total(store.known.ledger), await recounted(store));
  // A start finds the same.
  assert.deepEqual(await notes(await openStore(store.account, registry)), all);
  // Every one opens, as the page of a note fetches it, and room is made for it.
  for (let number = 0; number < many; number += 1) {
    const opened = async () => (await readAll(store, registry, { one: read({ collection: "notes", id: id(number) }) }, query())).one;
    if ((await opened())._stub) await pull(store, [wide(number)]);
    assert.equal((await opened()).bodyMarkdown, text(number, WIDE));
    await store.use(id(number), Date.now());
    assert.ok(taken(store.known) <= limit, `${number}`);
    await store.trim();
  }
  assert.ok(taken(store.known) <= full);
  assert.deepEqual(total(store.known.ledger), await recounted(store));
  assert.deepEqual((await notes(store)).map(({ title, tags }) => [title, tags]), all.map(({ title, tags }) => [title, tags]));
});

test("what was opened last stays longest, and what was put aside goes first", async () => {
  const store = await opened();
  await store.setMeta({ limit: 6 });
  const old = { updatedAt: "2020-01-01T00:00:00.000Z" };
  await pull(store, Array.from({ length: 100 }, (_, number) => long(number, number + 1, number < 60 ? old : {})));
  await store.use(id(3), NOW);
  await pull(store, [long(99, 200, { isArchived: true })]);
  await pull(store, Array.from({ length: 30 }, (_, number) => long(200 + number, 300 + number)));
  await store.trim();
  const stubs = new Set((await rows(store, "records")).filter(({ stub }) => stub).map((each) => each.id));
  assert.ok(!stubs.has(id(3)) && stubs.has(id(4)) && stubs.has(id(99)) && !stubs.has(id(98)));
});

test("I10: the budget never evicts unsent work, nor what is kept, nor what has two versions", async () => {
  const store = await opened();
  await store.setMeta({ limit: 6 });
  await pull(store, Array.from({ length: 140 }, (_, number) => long(number)));
  await write(store, create(500, { title: "New", bodyMarkdown: text(500) }));
  await write(store, update(1, { bodyMarkdown: `${text(1)} and more` }), update(2, { isPinned: true }));
  await write(store, remove(4));
  await pull(store, [long(5, 900, {}, { conflict: { bodyMarkdown: [[0, 1, 1]] } })]);
  await chosen(store, "/storage/pins", new URLSearchParams({ of: id(6) }));
  await take(store, 10, (entries) => entries);
  await store.trim(true);
  await store.trim(true);
  const found = new Map((await rows(store, "records")).map((each) => [each.id, each]));
  for (const number of [500, 1, 2, 4, 5, 6]) assert.equal(found.get(id(number)).stub, null, `${number}`);
  assert.equal(found.get(id(1)).body.bodyMarkdown, `${text(1)} and more`);
  assert.equal(found.get(id(1)).base.body.bodyMarkdown, text(1));
  assert.equal((await rows(store, "outbox")).length, 4);
  assert.equal([...found.values()].filter(({ stub }) => stub).length, 135);
  // Once the server has it, and the person lets it go, it may go as well.
  await pull(store, [long(500, 901), long(1, 902), long(2, 903), { ...long(4, 904), deleted: NOW }]);
  await acknowledge(store, registry, halves, 4);
  await chosen(store, "/storage/pins", new URLSearchParams({ of: id(6), _method: "DELETE" }));
  await store.trim(true);
  const left = (await rows(store, "records")).filter(({ stub }) => !stub);
  assert.deepEqual(left.map((each) => each.id), [id(5)]);
});

test("a whole module is kept, and what is missing of it is asked for", async () => {
  const store = await opened();
  await pull(store, Array.from({ length: 20 }, (_, number) => long(number)));
  await store.trim(true);
  assert.deepEqual(await store.wanted(50), []);
  await chosen(store, "/storage/pins", new URLSearchParams({ of: "notes" }));
  assert.equal((await store.wanted(50)).length, 20);
  await pull(store, Array.from({ length: 20 }, (_, number) => long(number)));
  assert.deepEqual(await store.wanted(50), []);
  assert.equal(await store.trim(true), 0);
});

test("a save that cannot fit is refused whole and says so; what is there stays, and deleting is possible", async () => {
  const store = await opened();
  await store.setMeta({ limit: 6 });
  await pull(store, Array.from({ length: 100 }, (_, number) => long(number)));
  let kept = 0;
  await assert.rejects(async () => {
    for (; kept < 200; kept += 1) await write(store, create(1_000 + kept, { title: `Mine ${kept}`, bodyMarkdown: text(kept) }));
  }, { status: 507, code: "no_room" });
  assert.ok(kept > 50 && kept < 80, `${kept}`);
  assert.ok(taken(store.known) <= limits(store.known).limit);
  assert.equal((await rows(store, "outbox")).length, kept);
  assert.equal((await rows(store, "records")).filter(({ stub }) => stub).length, 100);
  assert.deepEqual(total(store.known.ledger), await recounted(store));
  for (let number = 0; number < kept; number += 1) assert.equal((await row(store, 1_000 + number)).body.bodyMarkdown, text(number));
  await write(store, remove(1_000));
  await assert.rejects(write(store, create(2_000, { title: "Still", bodyMarkdown: text(1) })), { status: 507 });
  await chosen(store, "/storage/limit", new URLSearchParams({ limit: "10" }));
  await write(store, create(2_000, { title: "Now", bodyMarkdown: text(1) }));
  await chosen(store, "/storage/limit", new URLSearchParams({ limit: "99" }));
  assert.equal(limits(store.known).limit, 10 * MB);
});

/** Let the browser refuse the `nth` write from now on, `times` in a row. */
function refusing(nth, times) {
  const given = {};
  let count = 0;
  for (const name of ["put", "add"]) {
    given[name] = IDBObjectStore.prototype[name];
    IDBObjectStore.prototype[name] = function injected(...values) {
      count += 1;
      if (count >= nth && count < nth + times) throw new DOMException("no room", "QuotaExceededError");
      return given[name].apply(this, values);
    };
  }
  return () => {
    Object.assign(IDBObjectStore.prototype, given);
    return { count: Math.min(times, Math.max(0, count - nth + 1)), writes: count };
  };
}

test("200 times the browser refuses a write, at every point of it, and nothing is lost", async () => {
  const mid = (store) => store.known.nextMid - 1;
  const task = (n, title) => ({ op: "create", collection: "tasks", id: id(n), fields: { title } });
  /** What may be cut, and what has to be true when it was not refused for good. */
  const steps = {
    create: (store, n) => write(store, create(n, { title: `Made ${n}`, bodyMarkdown: text(n, 2_000) })),
    quick: (store, n) => write(store, task(n + 1_000, `Captured ${n}`)),
    // What is saved while one writes becomes part of the entry before.
    autosave: (store, n) => write(store, update(n, { bodyMarkdown: `${text(n, 2_000)} autosaved` })),
    bulk: (store, n) => write(store, ...Array.from({ length: 20 }, (_, number) => update(100 + number, { [`tags/bulk${n}`]: true, isPinned: n % 2 === 0 }))),
    first: (store, n) => pull(store, [short(n + 7_000, n + 9_900)], { epoch: "e", boot: { boot: 1, before: n }, generation: 1 }),
    update: (store, n) => write(store, update(n, { bodyMarkdown: `${text(n, 2_000)} more` }), create(n + 5_000, { title: `With ${n}` })),
    pull: (store, n) => pull(store, [short(n + 6_000, n + 9_000), short(n % 20, n + 9_500)], { cursor: n }),
    take: (store) => take(store, 50, (entries) => entries),
    refused: (store) => reject(store, registry, halves, [{ mid: mid(store), code: "invalid", detail: "No." }]),
    settle: (store) => store.settle(registry),
    pin: (store, n) => chosen(store, "/storage/pins", new URLSearchParams({ of: id(n) })),
    trim: (store) => store.trim(true),
    delete: (store, n) => write(store, remove(n)),
  };
  const store = await opened();
  await pull(store, Array.from({ length: 20 }, (_, number) => short(number)));
  await pull(store, Array.from({ length: 20 }, (_, number) => pulled(100 + number, 100 + number)));
  // How many writes a step makes, as far as is known: each of them is refused in its turn.
  const points = Object.fromEntries(Object.keys(steps).map((name) => [name, 5]));
  const [written, texts] = [new Map(), new Map()];
  let [injected, refusals, again] = [0, 0, 0];
  for (let round = 0; injected < REFUSALS; round += 1) {
    for (const [name, step] of Object.entries(steps)) {
      // Once more the browser agrees, once the retry is refused as well.
      for (const times of [1, 1_000]) {
        const n = 1_000 + round;
        const before = await everything(store);
        const restore = refusing(1 + (round % points[name]), times);
        let error = null;
        try {
          await step(store, n);
        } catch (thrown) {
          error = thrown;
        }
        const { count, writes } = restore();
        if (!count) points[name] = Math.max(1, Math.min(points[name], writes));
        injected += count ? 1 : 0;
        if (error && name !== "delete" && error.status !== 404) {
          assert.equal(error.status, 507, `${name}: ${error.stack}`);
          refusals += 1;
          assert.deepEqual(unsent(await everything(store)), unsent(before), name);
          await step(store, n);
        } else again += count && !error ? 1 : 0;
        if (name === "create") written.set(n, `Made ${n}`);
        if (name === "quick") written.set(n + 1_000, `Captured ${n}`);
        if (name === "autosave") texts.set(n, `${text(n, 2_000)} autosaved`);
        if (name === "bulk") assert.ok((await row(store, 103)).body.tags.includes(`bulk${n}`));
        if (name === "update") texts.set(n, `${text(n, 2_000)} more`);
        if (name === "update") written.set(n + 5_000, `With ${n}`);
        if (name === "delete") (written.delete(n), texts.delete(n));
      }
    }
    assert.deepEqual(total(store.known.ledger), await recounted(store));
  }
  assert.ok(refusals > 20 && again > 20, `${injected} ${refusals} ${again}`);
  const fresh = await openStore(store.account, registry);
  const said = new Map((await rows(fresh, "attention")).map((each) => [each.id, each.fields.title]));
  for (const [number, title] of written) assert.equal((await row(fresh, number))?.body.title ?? said.get(id(number)), title);
  for (const [number, body] of texts) assert.equal((await row(fresh, number))?.body.bodyMarkdown, body);
  const mids = [...(await rows(fresh, "outbox")), ...(await rows(fresh, "attention"))].map((each) => each.mid);
  assert.deepEqual(mids.sort((a, b) => a - b), Array.from({ length: mids.length }, (_, place) => place + 1));
});

test("what arrives of what was sent may be refused at any point, too", async () => {
  const store = await opened();
  for (let n = 1; n <= 40; n += 1) {
    await write(store, create(n, { title: `Sent ${n}`, bodyMarkdown: text(n, 2_000) }));
    await take(store, 50, (entries) => entries);
    await store.sentUpTo(n);
    await pull(store, [long(n, n, { title: `Sent ${n}`, bodyMarkdown: text(n, 2_000) })], { cursor: n });
    const restore = refusing(1 + (n % 2), n % 3 ? 1_000 : 1);
    const error = await acknowledge(store, registry, halves, n).catch((thrown) => thrown);
    const { count } = restore();
    if (error instanceof Error) {
      assert.equal(error.status, 507, error.stack);
      assert.equal((await rows(store, "outbox")).length, 1);
      await acknowledge(store, registry, halves, n);
    }
    assert.ok(count || n % 2, `${n}`);
    assert.equal((await rows(store, "outbox")).length, 0);
    assert.equal((await row(store, n)).body.bodyMarkdown, text(n, 2_000));
  }
  assert.deepEqual(total(store.known.ledger), await recounted(store));
});

const everything = async (store) => ({ outbox: await rows(store, "outbox"), attention: await rows(store, "attention"), records: await rows(store, "records") });
/** What only this device has: what waits, what was refused, and the records that these are for. */
function unsent({ outbox, attention, records }) {
  const mine = new Set([...outbox, ...attention].map((each) => each.id));
  return { outbox, attention, records: records.filter((each) => mine.has(each.id)).map(({ id: name, body }) => [name, body]) };
}
