// @ts-check
/** What a page does about the worker behind it: have one, say how things stand, stay equal to other tabs. */

import { lead } from "./leader.js";

const SYNC_MS = 60_000;
/** A worker that was stopped in the middle gives no answer. */
const SILENCE_MS = 30_000;
const AGAIN_MS = 5_000;
const workers = navigator.serviceWorker;
const root = document.documentElement;

/** This page's name among the worker's clients, so that it ignores what it caused itself. */
let own = "";
let stale = false;
/** What htmx asks for by itself. It shows more than a refresh that was begun before. @type {Set<unknown>} */
const underway = new Set();
let overtaken = false;
/** @type {() => boolean} whether showing the page anew would lose text, or a choice */
let busy = () => false;

/**
 * Begin, once for a document.
 * @param {() => boolean} wouldReset whether showing the page anew would lose text, or a choice that was not sent
 */
export function begin(wouldReset) {
  busy = wouldReset;
  if (!workers) return;
  // A shell says its limit once, at the address that it opens; a person who has to sign in first ends up at another.
  const shell = new URLSearchParams(location.search).get("shell");
  if (shell) sessionStorage.setItem("shell", shell);
  const channel = new BroadcastChannel("aios");
  channel.addEventListener("message", ({ data }) => hear(data));
  workers.addEventListener("controllerchange", arriveAnew);
  for (const event of ["online", "focus"]) addEventListener(event, () => void sync());
  addEventListener("pageshow", ({ persisted }) => persisted && void recheck());
  addEventListener("offline", () => void greet());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    if (stale) refresh();
    void sync();
  });
  document.addEventListener("click", ({ target }) => {
    if (/** @type {Element} */ (target).closest("[data-protect]")) void protect();
  });
  document.addEventListener("htmx:before:request", began);
  document.addEventListener("htmx:after:request", answered);
  document.addEventListener("htmx:finally:request", ended);
  setInterval(() => document.visibilityState === "visible" && void sync(true), SYNC_MS);
  void register();
}

/** A page was shown: tell whose it is, and learn how things stand. */
export async function greet() {
  if (!workers) return null;
  const { account = "", user = "" } = root.dataset;
  const shell = Number(sessionStorage.getItem("shell"));
  const installed = matchMedia("(display-mode: standalone)").matches || shell > 0 || undefined;
  const alone = !workers.controller;
  const answer = await ask({ type: "hello", account, user, shell, installed, alone });
  if (answer) settle(answer);
  return answer;
}

/** Ask the browser to keep the copy when it needs room. Only a page may; the worker sees whether it was granted. */
async function protect() {
  const isGranted = await navigator.storage?.persist?.();
  await ask({ type: "hello", protection: isGranted ? "yes" : "no" });
  refresh();
}

/** A page that Back took from memory may be another person's by now. */
async function recheck() {
  const answer = await greet();
  if (root.dataset.account && answer?.account !== root.dataset.account) location.reload();
  else void sync();
}

async function register() {
  // A form that leads in leaves its page, and WebKit never ends an installation whose page was left (docs/shell.md). The
  // pages behind it stay: their links and forms are answered into the same document.
  if (!root.dataset.account && !workers.controller) return;
  try {
    const registration = await workers.register("/sw.js", { type: "module", updateViaCache: "none" });
    offer(registration);
    registration.addEventListener("updatefound", () => {
      registration.installing?.addEventListener("statechange", () => offer(registration));
    });
    await workers.ready;
    await greet();
    let begun = await sync();
    const caughtUp = async () => {
      const answer = begun ?? (await sync(true));
      begun = null;
      return Boolean(answer?.done);
    };
    lead(() => root.dataset.account ?? "", (rev) => ask({ type: "poke", rev }), caughtUp);
  } catch (error) {
    // Without a worker everything still works, while the server answers.
    console.info("This browser keeps no copy:", error);
  }
}

/** Whether this page was shown by an earlier version: then taking over means another page. */
const controlled = Boolean(workers?.controller);

/** Let the person choose when a new version takes over. @param {ServiceWorkerRegistration} registration */
function offer({ waiting }) {
  const notice = document.getElementById("new-version-notice");
  if (!notice || !waiting || !workers.controller) return;
  notice.hidden = false;
  const button = /** @type {HTMLButtonElement} */ (document.getElementById("new-version"));
  button.onclick = () => {
    button.disabled = true;
    waiting.postMessage({ type: "update" });
  };
}

let arrived = false;

function arriveAnew() {
  if (!controlled || arrived) return void greet();
  arrived = true;
  if (!busy()) location.reload();
}

/**
 * @param {any} message
 * @returns {Promise<any>} the worker's answer; null without a worker, and when it does not answer
 */
async function ask(message) {
  const { active } = (await workers.getRegistration("/")) ?? {};
  if (!active) return null;
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    setTimeout(resolve, SILENCE_MS, null);
    active.postMessage(message, [port2]);
  });
}

let retry = 0;

/**
 * Ask the worker to sync.
 * @param {boolean} [patient] whether it may wait for its time, after a failure
 * @returns {Promise<any>} its answer; null without one
 */
async function sync(patient = false) {
  const answer = await ask({ type: "sync", patient, account: root.dataset.account ?? "" });
  clearTimeout(retry);
  const wait = answer ? answer.wait : workers.controller && AGAIN_MS;
  if (wait) retry = window.setTimeout(sync, wait + 100, true);
  return answer;
}

/** @param {any} data */
function hear(data) {
  if (data.account && root.dataset.account && data.account !== root.dataset.account) return;
  if (data.type === "state") {
    settle(data);
    if (location.pathname.startsWith("/storage")) refresh();
  } else if (data.type === "changed" && (!own || data.by !== own)) {
    if (document.visibilityState === "visible") refresh();
    else stale = true;
  } else if (data.type === "account" && root.dataset.account && !busy()) location.reload();
}

/** Show how things stand. @param {any} answer */
function settle({ ready, state, label, href, client, due }) {
  if (client) own = client;
  // Some browsers let only a page do it. 0 takes the badge away.
  if (due !== undefined) void /** @type {any} */ (navigator).setAppBadge?.(due ?? 0)?.catch(() => {});
  if (ready && workers.controller) root.dataset.offline = "ready";
  else delete root.dataset.offline;
  if (!state) return;
  for (const status of document.querySelectorAll("[data-status]")) {
    /** @type {HTMLElement} */ (status).dataset.state = state;
    if (href) status.setAttribute("href", href);
    const words = status.querySelector("[data-status-label]");
    if (words) words.textContent = label;
  }
}

/**
 * Show the page anew, where nothing typed or chosen is lost by it. Not while a form or a link is on its way: this address may not
 * be the next one, and the answer that comes last would be shown.
 */
function refresh() {
  stale = underway.size > 0;
  const { htmx } = /** @type {any} */ (window);
  if (stale || !htmx || busy() || !root.dataset.account) return;
  if (document.querySelector(":popover-open")) return;
  overtaken = false;
  const more = { target: "body", swap: "outerMorph show:none", isRefresh: true };
  void htmx.ajax("GET", location.pathname + location.search, more);
}

/** @param {Event} event */
const context = (event) => /** @type {CustomEvent<{ctx: {isRefresh?: boolean}}>} */ (event).detail.ctx;

/** @param {Event} event */
function began(event) {
  const asked = context(event);
  if (asked.isRefresh) return;
  underway.add(asked);
  overtaken = true;
}

/** An answer is here, and not yet shown. @param {Event} event */
function answered(event) {
  // Something may have been typed or chosen since it was asked for.
  if (!context(event).isRefresh || !(overtaken || busy())) return;
  event.preventDefault();
  stale = true;
}

/** @param {Event} event */
function ended(event) {
  underway.delete(context(event));
  if (stale && !underway.size && document.visibilityState === "visible") refresh();
}
