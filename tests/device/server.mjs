/** A server in a process of its own, and devices that sync with it: what *.syncing.mjs tests are made of. */
import { execFileSync, spawn } from "node:child_process";
import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { IDBFactory } from "fake-indexeddb";
import { halves, registry, rows } from "./registry.mjs";

const { AIOS_TREE, AIOS_PYTHON, AIOS_DATA_DIR } = process.env;
globalThis.navigator ??= {};
const module = (name) => import(pathToFileURL(join(AIOS_TREE, "device", name)));
export const { apply } = await module("apply.js");
export const { openStore } = await module("store.js");
const { Syncer } = await module("sync.js");
const { readAll } = await module("reads.js");

const FILE = join(AIOS_DATA_DIR, "aios.sqlite3");

/** `aios serve` on the database of this test. */
export class Server {
  port = "0";

  async start() {
    this.process = spawn(AIOS_PYTHON, ["-m", "aios", "serve"], { env: { ...process.env, PORT: this.port } });
    let said = "";
    await new Promise((resolve, reject) => {
      const hear = (text) => {
        said += text;
        const found = /ready at (http:\/\/\S+)/.exec(said);
        if (!found) return;
        this.url = found[1];
        resolve();
      };
      this.process.stdout.on("data", hear);
      this.process.stderr.on("data", hear);
      this.process.on("exit", () => reject(new Error(said)));
    });
    this.port = new URL(this.url).port;
  }

  async stop() {
    const ended = new Promise((resolve) => this.process.on("exit", resolve));
    this.process.kill("SIGTERM");
    await ended;
  }

  /** Keep the database as it is now. */
  async backUp() {
    this.sql(`VACUUM INTO '${FILE}.kept'`);
  }

  /** Go back to what was kept: another history begins there. */
  async restore() {
    await this.stop();
    for (const end of ["-wal", "-shm"]) rmSync(FILE + end, { force: true });
    renameSync(`${FILE}.kept`, FILE);
    this.sql("UPDATE sync_head SET epoch = lower(hex(randomblob(4))) || '-' || rev");
    await this.start();
  }

  sql(statement) {
    const program = "import sqlite3,sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()";
    execFileSync(AIOS_PYTHON, ["-c", program, FILE, statement]);
  }

  async register() {
    const body = JSON.stringify({ username: `person${Math.random()}`.slice(0, 20), password: "a long quiet sentence" });
    const answer = await this.ask("/api/auth/register", { method: "POST", body });
    return { token: answer.token, account: answer.user.id };
  }

  async ask(path, { token = "", ...given } = {}) {
    const headers = { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) };
    const answer = await fetch(this.url + path, { ...given, headers });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${answer.status} ${text}`);
    return text ? JSON.parse(text) : null;
  }

  /** Everything that the server has, by id, as a device that begins reads it. */
  async records(person) {
    const found = new Map();
    let boot = {};
    for (let more = true; more; ) {
      const query = new URLSearchParams({ account: person.account, client: person.account, limit: "2000", ...boot });
      const page = await this.ask(`/api/sync/pull?${query}`, { token: person.token });
      for (const record of page.records) found.set(record.id, record);
      ({ more } = page);
      boot = { boot: String(page.boot), before: String(page.before) };
    }
    return found;
  }
}

/** One browser with its own database. */
export class Device {
  /** @param {Server} server */
  static async open(server, person, clock = () => Date.now()) {
    const device = new Device();
    Object.assign(device, { server, person, clock, lost: () => "", asked: [], outdated: 0 });
    globalThis.indexedDB = new IDBFactory();
    device.store = await openStore(person.account);
    device.syncer = new Syncer({
      store: device.store,
      account: person.account,
      registry,
      collections: halves,
      changed: () => {},
      outdated: () => (device.outdated += 1),
      fetch: (url, given) => device.#fetch(url, given),
      now: clock,
    });
    return device;
  }

  /** The same browser profile on another machine. */
  async copy() {
    const other = await Device.open(this.server, this.person, this.clock);
    for (const name of ["records", "outbox", "attention", "meta"]) {
      const [from, to] = [this.store, other.store].map((store, place) =>
        store.database.transaction(name, place ? "readwrite" : "readonly").objectStore(name),
      );
      const keys = to.keyPath ? [] : await promised(from.getAllKeys());
      const values = await rows(this.store, name);
      const target = other.store.database.transaction(name, "readwrite").objectStore(name);
      target.clear();
      for (const [place, value] of values.entries()) target.put(value, ...(keys.length ? [keys[place]] : []));
      await promised(target.count());
    }
    await other.store.refresh();
    return other;
  }

  write(...mutations) {
    return apply(this.store, registry, halves, mutations, { now: this.clock() });
  }

  sync(patient) {
    return this.syncer.run(patient);
  }

  /** A record as it is shown, or null. */
  async shown(collection, id) {
    const read = {
      collection, id, index: "updated", where: [], search: null, when: null, count: false, group: false, deleted: false,
    }; // prettier-ignore
    return (await readAll(this.store, registry, { one: read }, { params: {}, bounds: {} })).one;
  }

  async #fetch(url, given) {
    const call = new URL(url, this.server.url).pathname;
    this.asked.push({ call, body: given.body ? JSON.parse(given.body) : null });
    const fault = this.lost(call, this.asked.length);
    if (fault instanceof Response) return fault;
    if (fault === "request") throw new TypeError("the network is gone");
    const headers = { ...given.headers, authorization: `Bearer ${this.person.token}` };
    const answer = await fetch(this.server.url + url, { ...given, headers, cache: undefined, credentials: undefined });
    if (fault !== "response") return answer;
    await answer.arrayBuffer();
    throw new TypeError("the network is gone");
  }
}

const promised = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
