// @ts-check
/**
 * Hearing from the server that something changed (docs/sync.md). One tab of the browser holds the stream of events:
 * browsers open only six connections to a server, and a service worker cannot keep one. `navigator.locks` picks the tab.
 */

const HIDDEN_MS = 60_000;
const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;
/** A stream that lasted so long was a good one: the next pause is the first again. */
const STEADY_MS = 30_000;

/**
 * Begin, once for a document, when everything was fetched once.
 * @param {() => string} account whose copy this is; "" for nobody's
 * @param {(rev: number) => unknown} heard called with each revision of the server
 * @param {() => Promise<boolean>} caughtUp syncs; whether everything was sent and fetched, so that the session stands
 */
export function lead(account, heard, caughtUp) {
  if (!navigator.locks) return;
  /** @type {AbortController | null} this tab's turn, or its place in the queue; null while it wants none */
  let turn = null;
  let hidden = 0;

  const begin = () => {
    clearTimeout(hidden);
    if (turn || !navigator.onLine || document.visibilityState !== "visible") return;
    turn = new AbortController();
    const { signal } = turn;
    // Rejected when it is given up in the queue.
    navigator.locks.request("aios-leader", { signal }, () => listen(signal, account, heard, caughtUp)).catch(() => {});
  };
  const end = () => {
    clearTimeout(hidden);
    turn?.abort();
    turn = null;
  };
  const look = () => {
    if (document.visibilityState === "visible") begin();
    else hidden = setTimeout(end, HIDDEN_MS);
  };
  document.addEventListener("visibilitychange", look);
  addEventListener("online", begin);
  addEventListener("offline", end);
  // A page that Back may show again must hold neither lock nor connection, or the browser does not keep it.
  addEventListener("pagehide", end);
  addEventListener("pageshow", begin);
  look();
}

/**
 * Be the leader until `signal`: one stream after the other, with a pause between them that doubles. What happened in the
 * pause is fetched before the next one; while that fails (no network, signed out) there is none.
 * @param {AbortSignal} signal
 * @param {() => string} account
 * @param {(rev: number) => unknown} heard
 * @param {() => Promise<boolean>} caughtUp
 */
async function listen(signal, account, heard, caughtUp) {
  for (let pause = FIRST_MS; !signal.aborted; ) {
    const began = Date.now();
    if (account() && (await caughtUp()) && !signal.aborted) await stream(signal, account(), heard);
    if (Date.now() - began > STEADY_MS) pause = FIRST_MS;
    await wait(signal, pause * (0.5 + Math.random()));
    pause = Math.min(pause * 2, LONGEST_MS);
  }
}

/**
 * Until the stream ends, or `signal`. A browser would open it again by itself, but not with longer and longer pauses.
 * @param {AbortSignal} signal
 * @param {string} account
 * @param {(rev: number) => unknown} heard
 * @returns {Promise<void>}
 */
function stream(signal, account, heard) {
  return new Promise((resolve) => {
    const source = new EventSource(`/api/sync/events?account=${account}`);
    const close = () => {
      source.close();
      resolve();
    };
    source.onmessage = ({ data }) => heard(JSON.parse(data).rev);
    source.onerror = close;
    signal.addEventListener("abort", close, { once: true });
  });
}

/** @param {AbortSignal} signal @param {number} ms @returns {Promise<void>} */
function wait(signal, ms) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const stop = () => {
      clearTimeout(timer);
      resolve();
    };
    signal.addEventListener("abort", stop, { once: true });
  });
}
