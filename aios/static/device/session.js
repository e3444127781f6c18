// @ts-check
/** Who is signed in on this device, and the store and the syncer of that account. */

import { build } from "./build.js";
import { toWire } from "./clock.js";
import { recall, remember } from "./device.js";
import { newId } from "./ids.js";
import { warm } from "./search.js";
import { describe } from "./state.js";
import { deleteStore, openStore } from "./store.js";
import { Syncer } from "./sync.js";

/**
 * @typedef {{account: string, user: string}} Who
 * @typedef {import("./pages.js").Environment} Environment
 */

/** Writes after which the projection is kept anew, and how long a page is shown before anything else is done. */
const MOST_UNSETTLED = 200;
const AFTER_MS = 1_000;
/** Records that are fetched at once because the person wants them here. */
const MOST_KEPT = 10;
const channel = new BroadcastChannel("aios");

/** The account that this device is signed in to, if any. */
export class Session {
  /** @param {import("./pages.js").App} app */
  constructor(app) {
    this.app = app;
    /** @type {Who | null} */
    this.who = null;
    /** @type {any} */
    this.store = null;
    /** @type {Syncer | null} */
    this.syncer = null;
    /** Whether everything was fetched once, so that the device can answer alone. */
    this.ready = false;
    /** @type {any} what `query.device` says, as last computed */
    this.device = null;
    /** @type {Promise<void> | null} */
    this.resumed = null;
    /** @type {Promise<void> | null} */
    this.tidied = null;
    /** Changes of account wait for each other. @type {Promise<void>} */
    this.turn = Promise.resolve();
  }

  /** Go on with who was signed in when this worker last ran. */
  resume() {
    this.resumed ??= (async () => {
      const who = await recall("current");
      if (who) await this.#enter(who);
    })().catch((error) => {
      this.#leave();
      console.error(error);
    });
    return this.resumed;
  }

  /**
   * Make `who` the account of this device, and fetch its records. Another account's store stays as it is, unseen.
   * @param {Who} who
   */
  adopt(who) {
    const before = this.turn.catch(() => {});
    this.turn = before.then(async () => {
      await this.resume();
      if (this.who?.account === who.account) return;
      this.#leave();
      await remember("current", who);
      await this.#enter(who);
      // Whatever ended the last session, a new one has begun.
      const { paused, retry } = await this.store.meta();
      if (paused || retry) await this.store.setMeta({ paused: null, retry: null });
    });
    return this.turn;
  }

  /** Begin anew with what is stored: what was opened may have been closed or cleared by the browser. */
  async restart() {
    this.#leave();
    this.resumed = null;
    await this.resume();
  }

  /** Answer nothing from the device any more, and keep the records: who signs in next decides. */
  async suspend() {
    await this.resume();
    this.#leave();
    await remember("current", undefined);
    channel.postMessage({ type: "account" });
  }

  /** Remove the account's records from this device. */
  async wipe() {
    await this.resume();
    const account = this.who?.account;
    await this.suspend();
    if (account) await deleteStore(account);
  }

  /**
   * Send what waits, fetch what is new.
   * @param {boolean} [patient] whether nobody waits for it
   * @returns {Promise<boolean>} whether both were finished
   */
  async sync(patient = false) {
    await this.resume();
    const { syncer } = this;
    if (!syncer) return false;
    const done = (await syncer.run(patient)) && (await this.#keep(syncer));
    if (this.syncer !== syncer) return false;
    await this.settle();
    const { paused } = await this.store.meta();
    const { waiting, attention } = await this.store.counts();
    if (paused === "account") await this.suspend();
    // With something left that only this device has, the person is asked first (worker.js).
    else if (paused === "revoked" && !waiting && !attention) await this.wipe();
    return done;
  }

  /** Fetch what the person wants to have here. @param {Syncer} syncer */
  async #keep(syncer) {
    let last = "";
    while (this.syncer === syncer) {
      const ids = await this.store.wanted(MOST_KEPT);
      // Those that the server does not have any more come again.
      if (!ids.length || ids.join() === last || !(await syncer.whole(ids))) break;
      last = ids.join();
    }
    return true;
  }

  /** Sync, unless the run that is under way has brought `rev`: what is sent from here is heard of, too. @param {number} rev */
  async poke(rev) {
    await this.resume();
    await this.syncer?.current?.catch(() => {});
    return (await this.store?.getMeta("cursor")) >= rev || this.sync();
  }

  /** What makes the next start and the first search quick: once in a worker's life, when a page is shown. */
  tidy() {
    this.tidied ??= (async () => {
      const { store } = this;
      await new Promise((resolve) => setTimeout(resolve, AFTER_MS));
      if (!store || store !== this.store) return;
      await warm(store, this.app.registry);
      await this.settle();
    })().catch(() => {});
    return this.tidied;
  }

  /** Make room, where little is left. */
  async trim() {
    if (await this.store?.trim().catch(() => 0)) await this.tell();
  }

  /** Keep the projection, when it is far behind. */
  async settle() {
    // Nothing is lost without it, so a full disk is no trouble here.
    if (this.store?.unsettled > MOST_UNSETTLED) await this.store.settle(this.app.registry).catch(() => {});
  }

  /** @returns {Environment} what pages of this account need. Call it only when `ready`. */
  environment() {
    const { store, who, syncer } = this;
    if (!store || !who) throw new Error("nobody is signed in on this device");
    return {
      store,
      account: who.account,
      user: who.user,
      zone: Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC",
      now: () => Date.now(),
      newId,
      device: () => this.device,
      whole: async (ids) => Boolean(syncer) && /** @type {Syncer} */ (syncer).whole(ids),
      opened: (id) => store.use(id, Date.now()),
    };
  }

  /** Bring `device` up to date; cheap, unless what takes up the room is looked at as well. */
  async look(closely = false) {
    this.device = await describe(this, closely);
    return this.device;
  }

  /** Tell every tab how things stand. */
  async tell() {
    if (!this.store) return;
    const { state, label, href, waiting, attention } = await this.look();
    const account = this.who?.account;
    const due = await this.badge();
    channel.postMessage({ type: "state", account, ready: this.ready, state, label, href, waiting, attention, due });
  }

  /**
   * Let the app's icon say how much is due, with or without a page.
   * @returns {Promise<number | null | undefined>} how much; null for none, undefined before everything is here
   */
  async badge() {
    if (!this.ready) return undefined;
    const due = await this.app.badge(this.environment()).catch(() => undefined);
    if (due !== undefined) await /** @type {any} */ (navigator).setAppBadge?.(due ?? 0).catch(() => {});
    return due;
  }

  /** Tell every tab that records are others now. @param {string} by the client that knows already */
  async changed(by = "") {
    channel.postMessage({ type: "changed", account: this.who?.account, by });
    await this.tell();
  }

  /** @param {Who} who */
  async #enter(who) {
    const store = await openStore(who.account, this.app.registry);
    this.store = store;
    this.who = who;
    this.ready = Boolean(await store.getMeta("ready"));
    this.syncer = new Syncer({
      store,
      account: who.account,
      registry: this.app.registry,
      collections: this.app.collections,
      changed: (what) => void this.#changed(store, what),
      outdated: () => void update(),
    });
    await this.look();
  }

  /** @param {any} store @param {"state" | "records"} what */
  async #changed(store, what) {
    if (store !== this.store) return;
    this.ready = Boolean(await store.getMeta("ready"));
    await (what === "records" ? this.changed() : this.tell());
  }

  #leave() {
    this.store?.close();
    this.who = null;
    this.store = null;
    this.syncer = null;
    this.ready = false;
    this.device = null;
    this.tidied = null;
  }
}

/** The server wants a newer build, for safety: fetch it, and let it take over as soon as nothing is being sent. */
async function update() {
  const scope = /** @type {any} */ (self);
  const registration = /** @type {ServiceWorkerRegistration} */ (scope.registration);
  if (!registration) return;
  channel.postMessage({ type: "outdated", release: build.release, at: toWire(Date.now()) });
  await registration.update().catch(() => {});
  const { installing } = registration;
  if (installing) await settled(installing);
  registration.waiting?.postMessage({ type: "update" });
}

/** Until a worker that is being installed is ready to take over, or was given up. @param {ServiceWorker} worker */
function settled(worker) {
  return new Promise((resolve) => {
    const look = () => worker.state !== "installing" && resolve(undefined);
    worker.addEventListener("statechange", look);
    look();
  });
}
