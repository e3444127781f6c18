// @ts-check
/**
 * Sending what waits and fetching what is new (docs/sync.md). One run at a time for an account, whichever worker it is
 * in: `navigator.locks` picks it. Every step can be cut anywhere and is repeated by the next run.
 */

import { build } from "./build.js";
import { toWire } from "./clock.js";
import { acknowledge, dropUnseen, receive, reject } from "./replay.js";

const MOST_MUTATIONS = 500;
const MOST_BYTES = 900_000;
const PAGE = 1_000;
const TIMEOUT_MS = 30_000;
/** Pages of one run: a guard against a server that never says that it is done. */
const MOST_PAGES = 10_000;

/** The server answered, and sync cannot go on: `reason` is its code. */
class Refused extends Error {
  /** @param {number} status @param {string} reason */
  constructor(status, reason) {
    super(`${status} ${reason}`);
    this.status = status;
    this.reason = reason;
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
    this.running = false;
    /** @type {{done: number, total: number} | null} */
    this.progress = null;
    /** @type {Promise<boolean> | null} */
    this.current = null;
    this.again = false;
  }

  /**
   * Sync until nothing waits. A call while one runs makes it run once more.
   * @returns {Promise<boolean>} whether everything was sent and fetched
   */
  run() {
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
        if (await this.#isPaused()) return false;
        await this.#push();
        await this.#pull();
      } while (this.again);
      this.offline = false;
      await this.store.setMeta({ lastSync: this.now() });
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

  /** Expired and outdated are asked again: signing in, or a new build, ends them. */
  async #isPaused() {
    return (await this.store.getMeta("paused")) === "revoked";
  }

  /** @param {unknown} error */
  async #stopped(error) {
    if (!(error instanceof Refused)) {
      if (error instanceof TypeError || /** @type {any} */ (error)?.name === "TimeoutError") this.offline = true;
      else throw error;
      return;
    }
    this.offline = error.status >= 500;
    if (error.status === 401) await this.#pause(error.reason === "revoked" ? "revoked" : "expired");
    else if (error.status === 409 && error.reason === "account") await this.#pause("account");
    else if (error.status === 426) {
      await this.#pause("update");
      this.outdated(build.release + 1);
    }
  }

  /** @param {string | null} reason */
  async #pause(reason) {
    await this.store.setMeta({ paused: reason });
    this.changed("state");
  }

  async #push() {
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const waiting = await this.store.unsent(MOST_MUTATIONS);
      const mutations = within(waiting);
      if (!mutations.length) return;
      await this.store.markSent(mutations.map(({ mid }) => mid));
      const { client, epoch } = await this.store.meta();
      const body = {
        account: this.account,
        client,
        epoch: epoch ?? null,
        schema: 1,
        release: build.release,
        now: toWire(this.now()),
        mutations,
      };
      const answer = await this.#pushed(body);
      if (answer === null) continue;
      await this.#floor(answer.floor);
      await this.store.sentUpTo(answer.lastMid);
      if (answer.rejects.length) await this.#rejected(answer.rejects);
      this.changed("state");
    }
  }

  /** @param {any} body @returns {Promise<any>} null when the queue was put in order and has to be sent again */
  async #pushed(body) {
    try {
      return await this.#post("push", body);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (error.status === 409 && error.reason === "gap") await this.store.renumber();
      else if (error.status === 410) await this.#restart();
      else throw error;
      return null;
    }
  }

  /** @param {any[]} rejects */
  async #rejected(rejects) {
    await reject(this.store, this.registry, this.collections, rejects);
    this.changed("records");
  }

  async #pull() {
    try {
      const { cursor, boot } = await this.store.meta();
      if (boot || cursor === null || cursor === undefined) await this.#bootstrap(boot);
      await this.#follow();
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 410) throw error;
      await this.#restart();
      this.again = true;
    }
  }

  /** Fetch what is new, from the cursor on. */
  async #follow() {
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const { client, epoch, cursor, acked } = await this.store.meta();
      const asked = { client, epoch, cursor: String(cursor), limit: String(PAGE), ack: String(acked ?? 0) };
      const answer = await this.#get("pull", asked);
      await this.#floor(answer.floor);
      const given = { cursor: answer.cursor, epoch: answer.epoch, paused: null };
      const seen = await receive(this.store, this.registry, this.collections, answer.records, given);
      if (seen) this.changed("records");
      if (answer.rejects.length) await this.#rejected(answer.rejects);
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
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const { client, epoch } = await this.store.meta();
      /** @type {Record<string, string>} */
      const asked = { client, limit: String(PAGE) };
      if (epoch) asked.epoch = epoch;
      if (state.total) asked.total = String(state.total);
      if (state.boot === null) asked.budget = String(await this.store.budget());
      else Object.assign(asked, { boot: String(state.boot), before: String(state.before), budgetLeft: String(state.budgetLeft) });
      const answer = await this.#get("pull", asked);
      await this.#floor(answer.floor);
      state = {
        boot: answer.boot,
        before: answer.before,
        budgetLeft: answer.budgetLeft,
        done: state.done + answer.records.length,
        total: Math.max(answer.total ?? 0, state.total),
      };
      this.progress = { done: state.done, total: state.total };
      const known = answer.known ? { known: true } : {};
      await receive(this.store, this.registry, this.collections, answer.records, {
        epoch: answer.epoch,
        boot: answer.more ? state : null,
        ...(answer.more ? {} : { cursor: answer.boot, ready: true, paused: null }),
        ...known,
        generation: started,
      });
      this.changed(answer.more ? "state" : shown);
      if (!answer.more) break;
    }
    await dropUnseen(this.store, this.registry, this.collections, started);
  }

  /** The server's order is another one now: keep what waits, fetch everything anew. */
  async #restart() {
    await this.store.setMeta({ epoch: null, cursor: null, boot: null });
  }

  /** @param {number | undefined} floor */
  async #floor(floor) {
    if (floor === undefined || floor <= build.release) return;
    this.outdated(floor);
    throw new Refused(426, "update");
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
    const problem = await answer.json().catch(() => ({}));
    throw new Refused(answer.status, String(problem.code ?? ""));
  }
}

/** As many as fit into one push. @param {any[]} waiting @returns {any[]} */
function within(waiting) {
  const taken = [];
  let bytes = 0;
  for (const { sent, ...mutation } of waiting) {
    bytes += new TextEncoder().encode(JSON.stringify(mutation)).length;
    if (taken.length && bytes > MOST_BYTES) break;
    taken.push(mutation);
  }
  return taken;
}
