// @ts-check
/**
 * Who may write. A form on any website can post a navigation at our origin, and a worker sees it without
 * `Sec-Fetch-*` and without needing a cookie (docs/sync.md, "Who may write").
 */

/**
 * Whether a write comes from one of our own pages: a same-origin fetch, or a navigation whose `Origin`, else whose
 * referrer, is ours.
 * @param {{mode: string, referrer: string, headers: {get(name: string): string | null}}} request
 * @param {string} own this worker's origin
 */
export function fromOurPages(request, own) {
  if (request.mode === "same-origin") return true;
  if (request.mode !== "navigate") return false;
  const origin = request.headers.get("origin");
  if (origin !== null) return origin === own;
  return originOf(request.referrer) === own;
}

/** @param {string} url */
function originOf(url) {
  try {
    return new URL(url).origin;
  } catch {
    return "";
  }
}
