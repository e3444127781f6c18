// @ts-check
/** IndexedDB as promises, and databases whose layout changes step by step. */

/** @typedef {(database: IDBDatabase, transaction: IDBTransaction) => void} Step */

/**
 * Open a database, made or brought to the layout that all `steps` lead to. Its version is the number of steps, so a
 * step that was released is never changed, only followed by another.
 * @param {string} name
 * @param {Step[]} steps
 * @returns {Promise<IDBDatabase>} closes itself when the database is deleted or opened with more steps
 */
export function openDatabase(name, steps) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, steps.length);
    request.onupgradeneeded = ({ oldVersion }) => {
      const transaction = /** @type {IDBTransaction} */ (request.transaction);
      for (const step of steps.slice(oldVersion)) step(request.result, transaction);
    };
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
  });
}

/**
 * Remove a database with everything in it. Open connections are asked to close, and waited for.
 * @param {string} name
 * @returns {Promise<void>}
 */
export function deleteDatabase(name) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error);
  });
}

/**
 * The result of a request.
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
export function result(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * Wait until a transaction is complete. Rejects with what ended it when it is aborted.
 * @param {IDBTransaction} transaction
 * @returns {Promise<void>}
 */
export function complete(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () =>
      reject(transaction.error ?? new DOMException("The transaction was ended.", "AbortError"));
  });
}

/** Rows that a scan reads at once. */
const AT_ONCE = 500;

/**
 * All rows of a store in order of their ids, some at a time and in one transaction.
 * @param {IDBObjectStore} objects
 * @returns {AsyncGenerator<any[]>}
 */
export async function* scan(objects) {
  /** @type {IDBKeyRange | null} */
  let range = null;
  while (true) {
    /** @type {any[]} */
    const rows = await result(objects.getAll(range, AT_ONCE));
    yield rows;
    if (rows.length < AT_ONCE) return;
    range = IDBKeyRange.lowerBound(rows.at(-1).id, true);
  }
}
