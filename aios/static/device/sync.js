// @ts-check
/**
 * Sending what waits and fetching what is new (docs/sync.md). One run at a time for an account, whichever worker it is
 * in: `navigator.locks` picks it. Every step can be cut anywhere and is repeated by the next run.
 */

import { build } from "./build.js";
import { toWire } from "./clock.js";
import { renumber, take, tooLarge, unsent } from "./outbox.js";
import { acknowledge, receive, reject } from "./replay.js";
import { NoRoomError } from "./room.js";

const MOST_MUTATIONS = 500;
const MOST_BYTES = 900_000;
const PAGE = 1_000;
const TIMEOUT_MS = 30_000;
/** Pages of one run: a guard against a server that never says that it is done. */
const MOST_PAGES = 10_000;
/** Waits after failures: twice as long each time, and up to half less by chance, so that devices do not come together. */
const [FIRST_WAIT_MS, LONGEST_WAIT_MS, LONGEST_HOLD_MS] = [2_000, 300_000, 3_600_000];

/** The server answered, and sync cannot go on: `reason` is its code. */
class Refused extends Error {
  /** @param {number} status @param {any} problem @param {number} wait ms that the server asks for */
  constructor(status, problem, wait = 0) {
    super(`${status} ${problem.code ?? ""}`);
    this.status = status;
    this.reason = String(problem.code ?? "");
    this.mid = problem.mid;
    this.lastMid = problem.lastMid ?? 0;
    this.wait = wait;
  }
}

/** Syncs one account's store with the server. */
export class Syncer {
  /**
   * @param {object} given
   * @param {any} given.store
   * @param {string} given.account
   * @param {any} given.registry
   * @param {Record<string, any>} given.collections what modules do with their collections
   * @param {(change: "state" | "records") => void} given.changed called when what pages show may be another
   * @param {(minimum: number) => void} given.outdated called when the server wants a newer build
   * @param {typeof fetch} [given.fetch]
   * @param {() => number} [given.now] ms
   */
  constructor({ store, account, registry, collections, changed, outdated, fetch: ask, now }) {
    this.store = store;
    this.account = account;
    this.registry = registry;
    this.collections = collections;
    this.changed = changed;
    this.outdated = outdated;
    this.ask = ask ?? ((...given) => fetch(...given));
    this.now = now ?? Date.now;
    /** Whether the last try did not reach the server. */
    this.offline = false;
    /** Whether the last try found no room here. */
    this.full = false;
    this.running = false;
    /** @type {{done: number, total: number} | null} */
    this.progress = null;
    /** @type {Promise<boolean> | null} */
    this.current = null;
    this.again = false;
    /** Mutations of one push: fewer where something between here and the server takes less. */
    this.most = MOST_MUTATIONS;
  }

  /** How long the next try should wait, in ms. */
  get wait() {
    const { retry } = this.store.known;
    // A clock that was set back must not hold anything up.
    return retry ? Math.min(Math.max(0, retry.at - this.now()), LONGEST_HOLD_MS) : 0;
  }

  /**
   * Sync until nothing waits. A call while one runs makes it run once more.
   * @param {boolean} [patient] whether nobody waits for it: then not before its time after a failure
   * @returns {Promise<boolean>} whether everything was sent and fetched
   */
  run(patient = false) {
    const { retry } = this.store.known;
    if (this.wait && (patient || retry.held)) return Promise.resolve(false);
    if (this.current) {
      this.again = true;
      return this.current;
    }
    this.current = this.#locked().finally(() => {
      this.current = null;
    });
    return this.current;
  }

  /**
   * Fetch whole records in place of stubs.
   * @param {string[]} ids
   * @returns {Promise<boolean>} whether they are here now
   */
  async whole(ids) {
    try {
      const found = await this.#get("records", { ids: ids.join(",") });
      await receive(this.store, this.registry, this.collections, found.records, {});
      return true;
    } catch {
      return false;
    }
  }

  async #locked() {
    const locks = /** @type {LockManager | undefined} */ (navigator.locks);
    const work = () => this.#work();
    return locks ? locks.request(`aios-sync-${this.account}`, work) : work();
  }

  async #work() {
    this.running = true;
    this.changed("state");
    try {
      do {
        this.again = false;
        if ((await this.store.getMeta("paused")) === "revoked") return false;
        await this.#exchange();
      } while (this.again);
      this.offline = this.full = false;
      await this.store.setMeta({ lastSync: this.now(), retry: null });
      return true;
    } catch (error) {
      await this.#stopped(error);
      return false;
    } finally {
      this.running = false;
      this.progress = null;
      this.changed("state");
    }
  }

  /**
   * Expired and outdated are asked again: signing in, or a new build, ends them.
   * @param {any} error
   */
  async #stopped(error) {
    this.full = error instanceof NoRoomError;
    if (this.full) return;
    const isRefused = error instanceof Refused;
    // An answer that is no JSON comes from something in between, such as the gate of a network.
    const isAway = error instanceof TypeError || error instanceof SyntaxError || error?.name === "TimeoutError";
    if (!isRefused && !isAway) throw error;
    this.offline = !isRefused || error.status >= 500;
    await this.#retryLater(isRefused ? error.wait : 0);
    if (!isRefused) return;
    if (error.status === 401) await this.#pause(error.reason === "revoked" ? "revoked" : "expired");
    else if (error.status === 409 && error.reason === "account") await this.#pause("account");
    else if (error.status === 426) {
      await this.#pause("update");
      this.outdated(build.release + 1);
    }
  }

  /** @param {number} asked ms that the server wants to be left alone for */
  async #retryLater(asked) {
    const failures = (this.store.known.retry?.failures ?? 0) + 1;
    const most = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures - 1, 20));
    const wait = Math.max(most * (0.5 + Math.random() / 2), Math.min(asked, LONGEST_HOLD_MS));
    await this.store.setMeta({ retry: { failures, at: this.now() + wait, held: asked > 0 } });
  }

  /** @param {string | null} reason */
  async #pause(reason) {
    await this.store.setMeta({ paused: reason });
    this.changed("state");
  }

  async #exchange() {
    try {
      await this.#push();
      const { cursor, boot } = this.store.known;
      const isAnew = boot || cursor === null || cursor === undefined;
      if (isAnew) await this.#bootstrap(boot);
      await this.#follow();
      if (isAnew && unsent(this.store.known)) this.again = true;
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 410) throw error;
      // The server's order is another one now: keep what waits, fetch everything anew. The epoch tells why.
      await this.store.setMeta({ cursor: null, boot: null });
      this.again = true;
    }
  }

  async #push() {
    for (let page = 0; page < MOST_PAGES; page += 1) {
      // What a restored server has to be told is not complete before everything was compared.
      const { cursor, epoch: known, healing } = this.store.known;
      if (healing || (known && cursor === null)) return;
      const entries = await take(this.store, this.most, within);
      if (!entries.length) return;
      const { client, epoch } = await this.store.meta();
      const body = {
        account: this.account,
        client,
        epoch: epoch ?? null,
        schema: 1,
        release: build.release,
        now: toWire(this.now()),
        waiting: unsent(this.store.known) - entries.length,
        mutations: entries.map(wire),
      };
      const answer = await this.#pushed(body, entries);
      if (answer === null) continue;
      await this.#floor(answer.floor);
      if (await this.#isCopied(answer, entries)) continue;
      if (answer.rejects.length) await this.#rejected(answer.rejects, answer.lastMid);
      await this.store.sentUpTo(answer.lastMid);
      this.most = Math.min(MOST_MUTATIONS, this.most * 2);
      this.changed("state");
    }
  }

  /**
   * @param {any} body
   * @param {any[]} entries
   * @returns {Promise<any>} null when the queue was put in order and has to be sent again
   */
  async #pushed(body, entries) {
    try {
      return await this.#post("push", body);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { status, reason, mid, lastMid } = error;
      if (status === 409 && reason === "gap") {
        await this.#renumber((entry) => entry.mid <= lastMid);
      } else if (status === 413 && !entries[0].tooLarge) {
        const place = entries.findIndex((entry) => entry.mid === mid);
        // Without a number the refusal is not our server's, and does not say which one is too large.
        this.most = place > 0 ? place : entries.length >> 1;
        if (place === 0 || !this.most) await tooLarge(this.store, entries[0]);
        this.most ||= 1;
      } else throw error;
      return null;
    }
  }

  /**
   * Whether another device sends under our name, since the browser's profile was copied: the server has taken more
   * than we sent, or took for known what is sent for the first time. Then become another client, and send that again.
   * @param {any} answer
   * @param {any[]} entries that were sent
   */
  async #isCopied(answer, entries) {
    const { lastMid, fresh = entries.length } = answer;
    const passed = entries.slice(0, entries.length - fresh);
    const isAhead = lastMid > (this.store.known.sentMid ?? Infinity);
    if (!isAhead && fresh >= entries.filter(({ sent }) => !sent).length) return false;
    const lost = new Set(passed.map(({ mid }) => mid));
    const last = entries.at(-1)?.mid ?? this.store.known.lastMid;
    await this.#renumber(({ mid }) => mid <= last && !lost.has(mid));
    return true;
  }

  /**
   * Become another client.
   * @param {(entry: import("./layout.js").Entry) => boolean} isTaken
   * @param {Record<string, any>} [meta]
   */
  async #renumber(isTaken, meta = {}) {
    await this.store.write(async (/** @type {import("./writing.js").Writing} */ writing) => {
      await renumber(writing, isTaken);
      Object.assign(writing.meta, meta);
    });
  }

  /** @param {any[]} rejects @param {number} lastMid */
  async #rejected(rejects, lastMid) {
    await reject(this.store, this.registry, this.collections, rejects, lastMid);
    this.changed("records");
  }

  /** Fetch what is new, from the cursor on: the next page while one is being kept. */
  async #follow() {
    /** @type {Promise<any> | null} */
    let next = null;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const { client, epoch, cursor, acked } = this.store.known;
      const asked = { client, epoch, limit: String(PAGE), ack: String(acked ?? 0) };
      /** @type {any} */
      const answer = await (next ?? this.#get("pull", { ...asked, cursor: String(cursor) }));
      await this.#floor(answer.floor);
      next = answer.more ? this.#soon({ ...asked, epoch: answer.epoch, cursor: String(answer.cursor) }) : null;
      const given = { cursor: answer.cursor, epoch: answer.epoch, paused: null };
      const seen = await receive(this.store, this.registry, this.collections, answer.records, given);
      if (seen) this.changed("records");
      await this.store.trim();
      if (await this.#isCopied(answer, [])) this.again = true;
      if (client !== this.store.known.client) {
        next = null;
        continue;
      }
      if (answer.rejects.length) await this.#rejected(answer.rejects, 0);
      if (answer.more) continue;
      if (await acknowledge(this.store, this.registry, this.collections, answer.lastMid)) this.changed("state");
      return;
    }
  }

  /** The first sync, newest first, going on where it was cut. @param {any} boot */
  async #bootstrap(boot) {
    // What is shown came from the server a moment ago; what changed since is what `#follow` fetches.
    const shown = (await this.store.getMeta("ready")) ? "records" : "state";
    let state = boot ?? { boot: null, before: null, budgetLeft: null, done: 0, total: 0, seen: 0 };
    const started = await this.store.beginBootstrap(state);
    let epoch = this.store.known.epoch;
    let next = this.#get("pull", await this.#anew(state, epoch));
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const answer = await next;
      await this.#floor(answer.floor);
      // The server was restored: it knows nothing of what this client sent since.
      if (epoch && answer.epoch !== epoch) await this.#renumber(() => false, { healing: true });
      epoch = answer.epoch;
      const heal = this.store.known.healing ? { skew: this.now() - answer.now, restored: answer.restored } : null;
      state = {
        boot: answer.boot,
        before: answer.before,
        budgetLeft: answer.budgetLeft,
        done: state.done + answer.records.length,
        total: Math.max(answer.total ?? 0, state.total),
      };
      this.progress = { done: state.done, total: state.total };
      if (answer.more) next = this.#soon(await this.#anew(state, epoch));
      const known = answer.known ? { known: this.now() } : {};
      await receive(this.store, this.registry, this.collections, answer.records, {
        epoch,
        boot: answer.more ? state : null,
        ...(answer.more ? {} : { cursor: answer.boot, ready: true, paused: null }),
        ...known,
        generation: started,
        heal,
      });
      this.changed(answer.more ? "state" : shown);
      await this.store.trim();
      if (!answer.more) return;
    }
  }

  /** What the next page of a first sync is asked with. @param {any} state @param {string | null} epoch */
  async #anew({ boot, before, budgetLeft, total }, epoch) {
    /** @type {Record<string, string>} */
    const asked = { client: this.store.known.client, limit: String(PAGE) };
    if (total) asked.total = String(total);
    if (boot === null) return { ...asked, budget: String(await this.store.budget()) };
    if (epoch) asked.epoch = epoch;
    return { ...asked, boot: String(boot), before: String(before), budgetLeft: String(budgetLeft) };
  }

  /** A page that is wanted after the one that is being kept. @param {Record<string, string>} asked @returns {Promise<any>} */
  #soon(asked) {
    const answer = this.#get("pull", asked);
    // Whoever waits for it is told; nobody does when keeping the page before has failed.
    answer.catch(() => {});
    return answer;
  }

  /** @param {number | undefined} floor */
  async #floor(floor) {
    if (floor === undefined || floor <= build.release) return;
    this.outdated(floor);
    throw new Refused(426, { code: "update" });
  }

  /** @param {string} call @param {Record<string, string>} given */
  #get(call, given) {
    const query = new URLSearchParams({ account: this.account, release: String(build.release), ...given });
    return this.#call(`/api/sync/${call}?${query}`, {});
  }

  /** @param {string} call @param {any} body */
  #post(call, body) {
    const headers = { "content-type": "application/json" };
    return this.#call(`/api/sync/${call}`, { method: "POST", headers, body: JSON.stringify(body) });
  }

  /** @param {string} url @param {RequestInit} given @returns {Promise<any>} */
  async #call(url, given) {
    const answer = await this.ask(url, {
      ...given,
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (answer.ok) return answer.json();
    const problem = (await answer.json().catch(() => null)) ?? {};
    const wait = Number(answer.headers.get("retry-after")) * 1_000;
    throw new Refused(answer.status, problem, wait > 0 ? wait : 0);
  }
}

/** As many as fit into one push. @param {any[]} waiting @returns {any[]} */
function within(waiting) {
  const taken = [];
  let bytes = 0;
  for (const entry of waiting) {
    bytes += new TextEncoder().encode(JSON.stringify(wire(entry))).length;
    if (taken.length && bytes > MOST_BYTES) break;
    taken.push(entry);
  }
  return taken;
}

/** A mutation as it is sent. One that is too large only uses up its number. @param {any} entry */
function wire({ tooLarge: isTooLarge, sent, stub, ...mutation }) {
  return isTooLarge ? { mid: mutation.mid } : mutation;
}
