// @ts-check
/** The page /install, where the browser itself can tell more than its name: that it can install at once, or has done so. */

/** @typedef {Event & {prompt(): Promise<{outcome: "accepted" | "dismissed"}>}} InstallEvent */

/** @type {InstallEvent | null} */
let waiting = null;

/** @param {string} id @param {boolean} shown */
function show(id, shown) {
  /** @type {HTMLElement} */ (document.getElementById(id)).hidden = !shown;
}

function installed() {
  show("offer", false);
  show("installed", true);
}

addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  waiting = /** @type {InstallEvent} */ (event);
  show("offer", true);
});

addEventListener("appinstalled", installed);

document.getElementById("install")?.addEventListener("click", async () => {
  const event = waiting;
  // A browser asks once for each event, and sends another when it may be asked again.
  waiting = null;
  show("offer", false);
  if ((await event?.prompt())?.outcome === "accepted") installed();
});

if (matchMedia("(display-mode: standalone), (display-mode: minimal-ui)").matches) installed();

// An iPad asks for pages as a Mac does; no Mac has a touch screen.
if (/Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1) {
  const guide = document.getElementById("guide-ios");
  if (guide instanceof HTMLDetailsElement) guide.open = true;
}
