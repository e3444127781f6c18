// @ts-check
/**
 * Tells the server of errors that nobody expected: their type and where they arose, never their message, which may quote
 * what somebody wrote. Pages and the worker load it; an error is told once.
 */

const FRAME = /(\/(?:sw|assets\/[\w./-]+)\.js)\S*?:(\d+):(\d+)/;
const MOST = 5;
/** @type {Set<string>} */
const told = new Set();

/**
 * The places in a stack that are in files of ours, as `[file, line, column]`.
 * @param {string} stack
 * @returns {[string, number, number][]}
 */
export function frames(stack) {
  /** @type {[string, number, number][]} */
  const found = [];
  for (const line of stack.split("\n")) {
    const match = FRAME.exec(line);
    if (match && found.length < 12) found.push([match[1] ?? "", Number(match[2]), Number(match[3])]);
  }
  return found;
}

/** @param {unknown} error */
function tell(error) {
  const kind = error instanceof Error && /^[A-Z][A-Za-z]{0,39}$/.test(error.name) ? error.name : "Error";
  const body = JSON.stringify({ kind, frames: frames(error instanceof Error ? (error.stack ?? "") : "") });
  // What the network does is no fault of ours.
  if (kind === "AbortError" || told.has(body) || told.size >= MOST) return;
  told.add(body);
  void fetch("/api/errors", { method: "POST", body, keepalive: true, headers: { "content-type": "application/json" } }).catch(
    () => undefined,
  );
}

/** Begin. */
export function watch() {
  addEventListener("error", (event) => tell(/** @type {ErrorEvent} */ (event).error));
  addEventListener("unhandledrejection", (event) => tell(/** @type {PromiseRejectionEvent} */ (event).reason));
}
