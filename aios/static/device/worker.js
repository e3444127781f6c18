// @ts-check
/**
 * The service worker: the same app server, on the device (docs/offline.md). Its rules are an ordered list, the first
 * that takes a request answers it; what none takes goes to the network as if there were no worker.
 */

import { decide, refusedAt } from "./attention.js";
import { build } from "./build.js";
import { chosen, hear, isChoice } from "./choices.js";
import { toWire } from "./clock.js";
import { recall, remember } from "./device.js";
import { AiosError, ForbiddenError } from "./errors.js";
import { fromOurPages } from "./origin.js";
import { App } from "./pages.js";
import { registry } from "./registry.js";
import { Session } from "./session.js";
import { clear, file, stock } from "./shelf.js";
import { render } from "./templates.js";
import { setZones } from "./when.js";
import { watch } from "../page/report.js";

watch();

/** The types of a worker's global scope are not those of a page. */
const scope = /** @type {any} */ (self);
const SIGN_OUT = "/sign-out";
const ENTRANCES = new Set(["/sign-in", "/sign-up"]);
const STORAGE = "/storage";
const UNSENT = "/storage/unsent.json";
const ELSEWHERE = "This request came from another site. Open the page here and try again.";
/** How long a page that the device does not have waits for the server. */
const SERVER_MS = 3_000;
/** When a page asks again whose it is. */
const AGAIN_MS = 5_000;
/** Statuses from here on say nothing about who asks. */
const FAILED = 500;
/** Changes in a file of what was not sent. */
const MOST_KEPT = 100_000;

/** @type {App} */
let app;
/** @type {Session} */
let session;

/** @typedef {{request: Request, url: URL, event: any}} Asked */

/**
 * Begin. Called once, while the worker's script is first evaluated, as browsers want it for event handlers.
 * @param {Record<string, any>} halves each module's device.js, by name
 */
export function start(halves) {
  setZones(registry.zones);
  app = new App(registry, halves, render, build.headers);
  session = new Session(app);
  scope.addEventListener("install", (/** @type {any} */ event) => event.waitUntil(stock()));
  scope.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(activate()));
  scope.addEventListener("fetch", onFetch);
  scope.addEventListener("message", (/** @type {any} */ event) => event.waitUntil(onMessage(event)));
  scope.addEventListener("sync", (/** @type {any} */ event) => event.waitUntil(session.sync()));
}

async function activate() {
  await clear();
  await scope.clients.claim();
}

/** @param {any} event */
function onFetch(event) {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== scope.location.origin) return;
  const asked = { request, url, event };
  const rule = RULES.find(([takes]) => takes(asked));
  if (rule) event.respondWith(rule[1](asked).catch(failed));
}

/** @type {[(asked: Asked) => boolean, (asked: Asked) => Promise<Response>][]} */
const RULES = [
  [({ url }) => url.pathname.startsWith(build.prefix), ({ request }) => file(request)],
  [({ url, request }) => url.pathname === SIGN_OUT && request.method === "POST", signOut],
  [({ url }) => ENTRANCES.has(url.pathname), enter],
  [({ url, request }) => refusedAt(url.pathname) !== null && request.method === "POST", attend],
  [({ url, request }) => isChoice(url.pathname) && request.method === "POST", choose],
  [({ url }) => url.pathname === UNSENT, unsentFile],
  [({ url, request }) => app.knows(url.pathname) && ["GET", "POST"].includes(request.method), page],
  [({ request }) => request.mode === "navigate", fromServer],
];

/** A page or a form post of the registry: from the device, once it holds everything. @param {Asked} asked */
async function page(asked) {
  const { request, url, event } = asked;
  await session.resume();
  if (!session.ready) return fromServer(asked);
  if (request.method === "POST" && !fromOurPages(request, url.origin)) return response(app.error(new ForbiddenError(ELSEWHERE)));
  // Writing goes on: nothing that was typed is lost before the person has decided.
  if (request.method === "GET" && session.store.known.paused === "revoked" && !url.pathname.startsWith("/storage")) {
    const { waiting, attention } = await session.look();
    return alone("device/revoked.html", { title: "This device was signed out", count: waiting + attention }, 200);
  }
  const wanted = {
    method: request.method,
    path: url.pathname,
    search: url.search,
    partial: request.headers.get("hx-request-type") === "partial",
    body: request.method === "POST" ? new Uint8Array(await request.arrayBuffer()) : "",
  };
  let answer = await answered(wanted);
  if (!answer) return fromServer(asked);
  if (answer.status === 404 && wanted.method === "GET" && (await caughtUp())) {
    // It may have been written elsewhere a moment ago.
    answer = (await answered(wanted)) ?? answer;
  }
  if (request.method === "POST" && answer.status < 400) event.waitUntil(afterSave(event.clientId));
  event.waitUntil(session.trim());
  event.waitUntil(session.tidy());
  return response(answer);
}

/** What becomes of a change that the server refused. @param {Asked} asked */
async function attend(asked) {
  const { request, url, event } = asked;
  await session.resume();
  if (!session.ready) return fromServer(asked);
  if (!fromOurPages(request, url.origin)) return response(app.error(new ForbiddenError(ELSEWHERE)));
  const method = new URLSearchParams(await request.text()).get("_method") ?? "POST";
  const mid = Number(refusedAt(url.pathname));
  const location = await decide(session.store, app.registry, app.collections, mid, method);
  event.waitUntil(afterSave(event.clientId));
  return response({ status: 303, headers: [["location", location], ...build.headers], body: "" });
}

/** What the person chose for this device's storage. @param {Asked} asked */
async function choose(asked) {
  const { request, url, event } = asked;
  await session.resume();
  if (!session.ready) return fromServer(asked);
  if (!fromOurPages(request, url.origin)) return response(app.error(new ForbiddenError(ELSEWHERE)));
  const location = await chosen(session.store, url.pathname, new URLSearchParams(await request.text()));
  event.waitUntil(afterSave(event.clientId));
  return response({ status: 303, headers: [["location", location], ...build.headers], body: "" });
}

/** Everything that only this device has, to be kept as a file. @param {Asked} asked */
async function unsentFile(asked) {
  await session.resume();
  const { store, who } = session;
  if (!store || !who) return fromServer(asked);
  const [changes, refused] = await Promise.all([store.waiting(MOST_KEPT), store.refused(MOST_KEPT)]);
  const body = JSON.stringify({ account: who.account, user: who.user, at: toWire(Date.now()), changes, refused }, null, 1);
  /** @type {[string, string][]} */
  const more = [["content-type", "application/json"], ["content-disposition", 'attachment; filename="aios-unsent.json"']];
  return response({ status: 200, headers: [...more, ...build.headers], body });
}

/**
 * The app's answer. A store that the browser closed or cleared meanwhile is opened again, once.
 * @param {import("./pages.js").Asked} wanted
 * @returns {Promise<import("./pages.js").Answer | null>} null when there is no copy any more
 */
async function answered(wanted) {
  const answer = async () => {
    await session.look(wanted.path === STORAGE);
    return app.answer(wanted, session.environment());
  };
  try {
    return await answer();
  } catch (error) {
    console.error(error);
    await session.restart();
    return session.ready ? answer() : null;
  }
}

/** Ask the server for what is new, and wait a little. @returns {Promise<boolean>} */
function caughtUp() {
  const waited = new Promise((resolve) => setTimeout(() => resolve(false), SERVER_MS));
  return /** @type {Promise<boolean>} */ (Promise.race([session.sync(), waited]));
}

/** @param {string} by the client whose form it was: it is shown the outcome anyway */
async function afterSave(by) {
  await session.changed(by);
  if (!(await session.sync())) await scope.registration.sync?.register("aios").catch(() => {});
}

/** What only the server has. Its answers tell who is signed in. @param {Asked} asked */
async function fromServer({ request, url, event }) {
  try {
    if (!(await tellSignOut())) return await signedOut();
    const answer = await fetch(request);
    const account = answer.headers.get("aios-account");
    const user = decodeURIComponent(answer.headers.get("aios-user") ?? "");
    if (account && session.who?.account !== account) event.waitUntil(adopt({ account, user }));
    return answer;
  } catch {
    return needsNetwork(url);
  }
}

/**
 * A page knows somebody else than this worker does. It may be old, so the server says who is signed in.
 * @returns {Promise<boolean>} whether it said so; without a network nobody new can be met
 */
async function meet() {
  try {
    if (!(await tellSignOut())) return false;
    const answer = await fetch("/api/auth/me", { credentials: "same-origin", cache: "no-store" });
    if (!answer.ok) return answer.status < FAILED;
    const { id, username } = await answer.json();
    await session.adopt({ account: id, user: username });
    return true;
  } catch {
    return false;
  }
}

/** @param {{account: string, user: string}} who */
async function adopt(who) {
  await session.adopt(who);
  await session.sync();
}

/** Signing in or up: whoever was here before is not shown any more. @param {Asked} asked */
async function enter({ request, url }) {
  await session.resume();
  if (request.method === "POST" && !fromOurPages(request, url.origin)) {
    return response(app.error(new ForbiddenError(ELSEWHERE), [], false));
  }
  try {
    if (!(await tellSignOut())) return await signedOut();
    const answer = await fetch(request);
    if (request.method === "POST" && entered(answer)) await session.suspend();
    return answer;
  } catch {
    return needsNetwork(url);
  }
}

/** Whether a form post led on. A navigation's redirect is opaque to us. @param {Response} answer */
const entered = (answer) => answer.type === "opaqueredirect" || answer.redirected;

/**
 * Sign out: with unsent changes only when the person said what becomes of them; without a network at once, and the
 * server is told before anything else when the network is back.
 * @param {Asked} asked
 */
async function signOut({ request, url }) {
  await session.resume();
  if (!fromOurPages(request, url.origin)) return response(app.error(new ForbiddenError(ELSEWHERE)));
  const confirm = new URLSearchParams(await request.clone().text()).get("confirm") ?? "";
  if (session.who && session.ready) {
    if (confirm === "send") await session.sync();
    const { waiting, outbox, attention } = await session.look();
    if ((waiting || attention) && confirm !== "discard") {
      const context = { title: "Not everything was sent", count: waiting + attention, waiting: outbox, tried: confirm === "send" };
      return response(await app.show("device/unsent.html", context, session.environment(), 409));
    }
  }
  const account = session.who?.account;
  if (account) await remember("signOut", account);
  await session.wipe();
  try {
    const answer = await fetch(request);
    if (answer.type === "opaqueredirect" || answer.ok) await remember("signOut", undefined);
    return answer;
  } catch {
    return signedOut();
  }
}

/**
 * Tell the server of a sign-out that it could not be told of: before any other request, since a worker cannot delete
 * the session's cookie.
 * @returns {Promise<boolean>} whether nothing is left to tell
 */
async function tellSignOut() {
  if ((await recall("signOut")) === undefined) return true;
  try {
    const answer = await fetch(SIGN_OUT, { method: "POST", mode: "same-origin", credentials: "same-origin" });
    if (!answer.ok) return false;
  } catch {
    return false;
  }
  await remember("signOut", undefined);
  return true;
}

/** A page of those that stand outside the shell. @param {string} template @param {any} context @param {number} status */
function alone(template, context, status) {
  const given = { toast: null, errors: {}, form_error: "", ...context };
  const headers = /** @type {[string, string][]} */ ([["content-type", "text/html; charset=utf-8"], ...build.headers]);
  return response({ status, headers, body: app.render(template, given) });
}

async function signedOut() {
  return alone("device/signed_out_offline.html", { title: "Signed out" }, 200);
}

/** @param {URL} url */
async function needsNetwork(url) {
  const detail = session.ready
    ? "This page comes from your server, which does not answer. Everything else works without it."
    : "Your server does not answer, and this device has no copy of your records yet.";
  const context = { title: "This page needs the network", detail, back: session.ready ? "/" : url.pathname, kept: [] };
  return alone("device/needs_network.html", context, 503);
}

/** @param {{status: number, headers: [string, string][], body: string}} answer */
const response = ({ status, headers, body }) => new Response(status === 303 ? null : body, { status, headers });

/** @param {unknown} error */
function failed(error) {
  console.error(error);
  const known = error instanceof AiosError ? error : new AiosError("Something went wrong on this device. Your records are kept; load the page again.");
  return response(app.error(known, [], session.ready));
}

/** What a page may ask for, by the `type` of its message. The answer goes to the port that comes with it. */
const MESSAGES = /** @type {Record<string, (data: any) => Promise<any>>} */ ({
  /** A page from the server says who is signed in; any page asks how things stand. */
  async hello({ account, alone: isAlone, ...told }) {
    // Asked for before this worker was active, and begun after it had claimed the pages there were.
    if (isAlone) await scope.clients.claim().catch(() => {});
    await session.resume();
    if (account && account !== session.who?.account) await meet();
    if (session.store) await hear(session.store, told);
    const due = await session.badge();
    return { ...(session.store ? await session.look() : {}), ready: session.ready, account: session.who?.account ?? "", due };
  },
  async sync({ patient = false, account = "" }) {
    if ((await recall("signOut")) !== undefined && !(await tellSignOut())) return { done: false };
    await session.resume();
    // Who the server could not be asked about when its page was shown.
    const isKnown = !account || session.who !== null || (await meet());
    return { done: await session.sync(patient), wait: session.syncer?.wait ?? (isKnown ? 0 : AGAIN_MS) };
  },
  /** The server has this revision. */
  async poke({ rev }) {
    return { done: await session.poke(rev) };
  },
  /** The person wants the new version: not while changes are on their way. */
  async update() {
    const current = await recall("current");
    const take = () => scope.skipWaiting();
    const locks = /** @type {LockManager | undefined} */ (navigator.locks);
    if (current && locks) await locks.request(`aios-sync-${current.account}`, take);
    else await take();
    return {};
  },
  async inspect() {
    await session.resume();
    const { version, release, root } = build;
    const store = session.store ? { meta: await session.store.meta(), device: await session.look() } : null;
    return { version, release, root, who: session.who, ready: session.ready, store };
  },
});

/** @param {any} event */
async function onMessage(event) {
  const handle = MESSAGES[event.data?.type];
  if (!handle) return;
  const answer = await handle(event.data);
  event.ports[0]?.postMessage({ ...answer, client: event.source?.id ?? "" });
  if (event.data.type === "hello" && session.store && !session.ready) await session.sync();
}
