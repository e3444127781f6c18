// @ts-check
/** Shows developers what the worker behind this page holds: version, account, cursor, outbox, ledger. */

const place = /** @type {HTMLElement} */ (document.getElementById("worker"));

async function show() {
  const registration = await navigator.serviceWorker?.getRegistration("/");
  if (!registration?.active) {
    place.textContent = "No worker runs here. It needs https or localhost.";
    return;
  }
  const states = ["installing", "waiting", "active"].filter((name) => Reflect.get(registration, name));
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => {
    place.textContent = `registration: ${states.join(", ")}\n${JSON.stringify(data, null, 2)}`;
  };
  registration.active.postMessage({ type: "inspect" }, [port2]);
}

void show();
new BroadcastChannel("aios").addEventListener("message", () => void show());
