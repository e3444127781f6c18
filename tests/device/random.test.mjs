/**
 * Edits, pulls, pushes, refusals, first syncs and crashes in any order. After each step: what is shown is the server's
 * record with the outbox played over it; the ledger is what a count gives; what is in memory is what a fresh start
 * makes. When everything was sent and fetched, device and server are equal.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { apply } from "../../aios/static/device/apply.js";
import { AiosError } from "../../aios/static/device/errors.js";
import { bytesOf } from "../../aios/static/device/ledger.js";
import { replayed } from "../../aios/static/device/plan.js";
import { readAll } from "../../aios/static/device/reads.js";
import { take } from "../../aios/static/device/outbox.js";
import { acknowledge, receive, reject, replay } from "../../aios/static/device/replay.js";
import { Resident } from "../../aios/static/device/resident.js";
import { openStore } from "../../aios/static/device/store.js";
import { account, halves, id, NOW, query, read, registry, rows } from "./registry.mjs";

const RUNS = Number(process.env.AIOS_RANDOM_RUNS ?? 60);
const STEPS = 40;
const RECORDS = 6;

/** mulberry32: the same numbers for the same seed. */
function random(seed) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit) => Math.floor(next() * limit);
  return { below, pick: (values) => values[below(values.length)], chance: (share) => next() < share };
}

/** A server with one space and one device, as docs/sync.md has it. */
class Server {
  constructor(dice) {
    this.dice = dice;
    this.records = new Map();
    this.rev = 0;
    this.lastMid = 0;
    this.rejects = [];
  }

  keep(entry, ms) {
    const stored = this.records.get(entry.id) ?? null;
    const kind = { collection: registry.collections[entry.collection], derive: halves[entry.collection]?.derive };
    const { effect, state } = replayed(kind, { ...entry, ms }, stored);
    if (effect !== "same")
      this.records.set(entry.id, { ...state, rev: ++this.rev, id: entry.id, collection: entry.collection });
  }

  push(entries) {
    const rejects = [];
    for (const entry of entries) {
      if (entry.mid <= this.lastMid) continue;
      assert.equal(entry.mid, this.lastMid + 1, "entries come in order");
      this.lastMid = entry.mid;
      try {
        if (this.dice.chance(0.1)) throw new AiosError("No.");
        this.keep(entry, entry.ms);
      } catch (error) {
        if (!(error instanceof AiosError)) throw error;
        rejects.push({ mid: entry.mid, code: "invalid", detail: error.detail });
      }
    }
    this.rejects.push(...rejects);
    return { lastMid: this.lastMid, rejects };
  }

  page(records) {
    return records.map(({ id: each, collection, rev, deleted, body, stub }) =>
      structuredClone({ id: each, collection, rev, deleted, body, ...(stub ? { stub } : {}) }),
    );
  }

  since(cursor, limit) {
    const later = [...this.records.values()].filter(({ rev }) => rev > cursor).sort((a, b) => a.rev - b.rev);
    const page = later.slice(0, limit);
    const more = later.length > limit;
    return {
      records: this.page(page),
      more,
      cursor: more ? page.at(-1).rev : this.rev,
      lastMid: this.lastMid,
      rejects: this.rejects,
    };
  }
}

class Run {
  constructor(seed) {
    this.dice = random(seed);
    this.server = new Server(this.dice);
    this.ms = NOW;
    this.done = [];
  }

  async begin() {
    this.store = await openStore(account());
    await this.store.setMeta({ cursor: 0 });
  }

  fields() {
    const all = {
      title: this.dice.pick(["Beam", "Roof", "\u{1f600} mark", "\uff5e wide", "Été"]),
      bodyMarkdown: this.dice.pick(["", "short #foz", "long ".repeat(60), "see [[Beam]]\n#x"]),
      tags: this.dice.pick([[], ["work"], ["a", "b"]]),
      isPinned: this.dice.chance(0.5),
      isArchived: this.dice.chance(0.3),
    };
    const names = Object.keys(all).filter(() => this.dice.chance(0.5));
    return Object.fromEntries(names.map((name) => [name, all[name]]));
  }

  mutation() {
    const op = this.dice.pick(["create", "update", "update", "update", "delete", "restore"]);
    const fields = op === "create" ? { title: "Made", ...this.fields() } : op === "update" ? this.fields() : {};
    return { op, collection: "notes", id: id(this.dice.below(RECORDS)), fields };
  }

  async edit() {
    this.ms += this.dice.below(5);
    const mutations = Array.from({ length: 1 + this.dice.below(3) }, () => this.mutation());
    try {
      await apply(this.store, registry, halves, mutations, { now: this.ms });
    } catch (error) {
      if (!(error instanceof AiosError)) throw error;
    }
  }

  /** Another device writes. */
  async elsewhere() {
    const mutation = { bases: {}, ...this.mutation() };
    try {
      this.server.keep(mutation, this.ms + this.dice.below(10));
    } catch (error) {
      if (!(error instanceof AiosError)) throw error;
    }
  }

  async emptied() {
    const found = this.dice.pick([...this.server.records.values()]);
    if (found?.deleted) this.server.records.set(found.id, { ...found, body: {}, rev: ++this.server.rev });
  }

  async push() {
    const waiting = await take(this.store, 1 + this.dice.below(4), (entries) => entries);
    if (this.dice.chance(0.2)) return;
    const answer = this.server.push(structuredClone(waiting));
    if (this.dice.chance(0.2)) return;
    await this.store.sentUpTo(answer.lastMid);
    await reject(this.store, registry, halves, answer.rejects);
  }

  async pull(limit = 1 + this.dice.below(4)) {
    const { records, more, cursor, lastMid, rejects } = this.server.since(await this.store.getMeta("cursor"), limit);
    if (this.dice.chance(0.2)) await this.edit();
    for (let times = this.dice.chance(0.2) ? 2 : 1; times > 0; times -= 1) {
      await receive(this.store, registry, halves, records, { cursor });
      await reject(this.store, registry, halves, rejects);
    }
    if (!more && !this.dice.chance(0.1)) await acknowledge(this.store, registry, halves, lastMid);
    return more;
  }

  /** Everything again, some of it as stubs; the server may have lost what it had deleted. */
  async again() {
    if (this.dice.chance(0.5)) {
      for (const [each, { deleted }] of this.server.records) if (deleted) this.server.records.delete(each);
    }
    const generation = await this.store.beginBootstrap({ boot: null });
    const boot = this.server.rev;
    const records = this.server.page([...this.server.records.values()].sort((a, b) => b.rev - a.rev));
    for (const record of records) {
      const text = record.body.bodyMarkdown ?? "";
      if (text.length < 200 || this.dice.chance(0.5)) continue;
      record.stub = { bodyMarkdown: { length: text.length, words: 60, start: text.slice(0, 240) } };
      delete record.body.bodyMarkdown;
    }
    const middle = this.dice.below(records.length + 1);
    await receive(this.store, registry, halves, records.slice(0, middle), { generation, boot: { boot } });
    if (this.dice.chance(0.3)) await this.crash();
    await receive(this.store, registry, halves, records.slice(middle), { generation, boot: null, cursor: boot });
  }

  async crash() {
    this.store = await openStore(this.store.account);
  }

  async settle() {
    await this.store.settle(registry);
  }

  async look() {
    await readAll(this.store, registry, { notes: read({ collection: "notes", search: "beam" }) }, query());
  }

  async step() {
    const name = this.dice.pick([
      "edit",
      "edit",
      "edit",
      "elsewhere",
      "elsewhere",
      "emptied",
      "push",
      "push",
      "pull",
      "pull",
      "again",
      "crash",
      "settle",
      "look",
      "look",
    ]);
    this.done.push(name);
    await this[name]();
    await this.check();
  }

  async check() {
    const [records, outbox, attention] = await Promise.all(
      ["records", "outbox", "attention"].map((name) => rows(this.store, name)),
    );
    const byId = new Map(records.map((row) => [row.id, row]));
    for (const each of new Set([...byId.keys(), ...outbox.map((entry) => entry.id)])) {
      const row = byId.get(each);
      const entries = outbox.filter((entry) => entry.id === each);
      assert.equal(
        row !== undefined && "base" in row,
        row !== undefined && entries.length > 0,
        "a base while something is pending",
      );
      if (!entries.length) continue;
      const shown = replay(registry, halves, row?.base ?? null, entries);
      const { rev, deleted, body, stub } = row ?? {};
      assert.deepEqual(row ? { rev, deleted, body, stub } : null, shown, "shown is base and outbox");
    }
    this.checkLedger(await this.store.ledger(), records, outbox);
    assert.deepEqual(await this.store.counts(), {
      records: records.filter(({ deleted }) => deleted === null).length,
      waiting: outbox.length,
      attention: attention.length,
    });
    await this.checkResident();
  }

  checkLedger(ledger, records, outbox) {
    const notes = { records: 0, bytes: 0, stubs: 0, waiting: outbox.length, unsent: 0 };
    for (const { fields } of outbox) notes.unsent += Buffer.byteLength(JSON.stringify(fields));
    for (const { deleted, body, stub, bytes, base } of records) {
      const parts = [body, stub, base?.body, base?.stub].filter(Boolean);
      assert.equal(bytes, Buffer.byteLength(parts.map((part) => JSON.stringify(part)).join("")));
      assert.equal(bytes, bytesOf({ body, stub, base }));
      notes.records += deleted === null ? 1 : 0;
      notes.bytes += bytes;
      notes.stubs += stub ? 1 : 0;
    }
    assert.deepEqual(ledger.notes ?? { records: 0, bytes: 0, stubs: 0, waiting: 0, unsent: 0 }, notes);
  }

  async checkResident() {
    const names = ["updated", ...Object.keys(registry.collections.notes.indexes)];
    const picture = async (store, resident) => {
      await resident.load(registry, ["notes"]);
      await resident.loadTexts(["notes"]);
      const table = resident.table("notes");
      const places = [...table.ids.keys()].filter((place) => table.place(table.ids[place]) === place);
      return {
        records: places.map((place) => [
          table.ids[place], table.revs[place], table.deleted[place], table.lines[place], table.isWhole(place),
          table.stubs.get(place) ?? null, table.texts.texts[place],
        ]).sort(([a], [b]) => (a < b ? -1 : 1)),
        trash: table.trash().map((place) => table.ids[place]),
        indexes: names.map((name) => {
          const index = table.index(name);
          return index.keys.map((key, at) => [key, table.ids[index.places[at]]]);
        }),
      }; // prettier-ignore
    };
    assert.deepEqual(
      await picture(this.store, this.store.resident),
      await picture(this.store, new Resident(this.store)),
    );
  }

  async end() {
    for (let round = 0; round < 50; round += 1) {
      const waiting = await this.store.unsent(100);
      const answer = this.server.push(structuredClone(waiting));
      await this.store.sentUpTo(answer.lastMid);
      await reject(this.store, registry, halves, answer.rejects);
      const { records, cursor, lastMid, rejects } = this.server.since(await this.store.getMeta("cursor"), 1_000);
      await receive(this.store, registry, halves, records, { cursor });
      await reject(this.store, registry, halves, rejects);
      await acknowledge(this.store, registry, halves, lastMid);
      if (!(await this.store.counts()).waiting) break;
    }
    await this.check();
    const here = (await rows(this.store, "records")).map(({ id: each, rev, deleted, body, stub }) => [
      each,
      rev,
      deleted,
      stub ? null : body,
    ]);
    const stubs = new Set(here.filter(([, , , body]) => body === null).map(([each]) => each));
    const there = [...this.server.records.values()].map(({ id: each, rev, deleted, body }) => [
      each,
      rev,
      deleted,
      stubs.has(each) ? null : body,
    ]);
    const inOrder = (a, b) => (a[0] < b[0] ? -1 : 1);
    assert.deepEqual(here.sort(inOrder), there.sort(inOrder), "device and server are equal");
  }
}

test(`${RUNS} random lives of a device`, async () => {
  const first = Number(process.env.AIOS_RANDOM_SEED ?? 1);
  for (let seed = first; seed < first + RUNS; seed += 1) {
    const run = new Run(seed);
    try {
      await run.begin();
      for (let step = 0; step < STEPS; step += 1) await run.step();
      await run.end();
    } catch (error) {
      error.message = `seed ${seed}, after ${run.done.join(" ")}: ${error.message}`;
      throw error;
    } finally {
      run.store.close();
    }
  }
});
