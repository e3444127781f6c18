// @ts-check
/**
 * What the device itself remembers, apart from any account's records: who is signed in here, and whose sign-out the
 * server has not been told yet.
 */

const NAME = "aios-device";

/** @type {Promise<IDBDatabase> | null} */
let opened = null;

/** @returns {Promise<IDBDatabase>} */
function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore("device");
    request.onsuccess = () => {
      request.result.onclose = () => (opened = null);
      resolve(request.result);
    };
    request.onerror = () => {
      opened = null;
      reject(request.error);
    };
  });
  return opened;
}

/**
 * @param {string} key
 * @returns {Promise<any>} undefined where nothing is kept, or where this browser keeps nothing at all
 */
export async function recall(key) {
  const database = await open().catch(() => null);
  if (!database) return undefined;
  return new Promise((resolve, reject) => {
    const request = database.transaction("device").objectStore("device").get(key);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * Keep `value`; durable when this resolves.
 * @param {string} key
 * @param {any} value undefined forgets the key
 * @returns {Promise<void>}
 */
export async function remember(key, value) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction("device", "readwrite", { durability: "strict" });
    const store = transaction.objectStore("device");
    if (value === undefined) store.delete(key);
    else store.put(value, key);
    transaction.oncomplete = () => resolve();
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}
