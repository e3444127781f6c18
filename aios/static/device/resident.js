// @ts-check
/**
 * What of the store is in memory while the worker lives: a table for each collection that was read, from its snapshot
 * and the rows that changed since, or from all rows where there is none.
 */
import { result, scan } from "./indexeddb.js";
import { decode, encode } from "./snapshot.js";
import { Texts } from "./search.js";
import { Beginnings } from "./stubs.js";
import { Table } from "./table.js";

/**
 * @typedef {import("./layout.js").Row} Row
 * @typedef {import("./writing.js").Changed} Changed
 */

/** Changed rows of collections that nobody has read yet: with more, a scan is better than keeping them. */
const MOST_BEHIND = 1_000;
/** Bytes of whole documents that are kept, the last used ones. */
const MOST_KEPT = 4_000_000;

/** What is made of the texts of all records, when somebody first asks for it. */
const MADE = {
  texts: (/** @type {any} */ collection) => new Texts(collection.searchable),
  beginnings: (/** @type {any} */ collection) => new Beginnings(collection.texts),
};

export class Resident {
  /** @param {import("./store.js").Store} store */
  constructor(store) {
    this.store = store;
    /** @type {Promise<void>} */
    this.turn = Promise.resolve();
    /** @type {Map<string, Table>} */
    this.tables = new Map();
    /** @type {Map<string, Changed>} of collections whose table is not here */
    this.behind = new Map();
    /** @type {Map<string, Row>} whole rows, the last used at the end */
    this.kept = new Map();
    this.keptBytes = 0;
    this.hasSnapshot = false;
  }

  /**
   * Begin with nothing in memory.
   * @param {boolean} hasSnapshot
   * @param {Row[]} rows that changed since the snapshot
   * @param {[string, string][]} removed collection and id of those that are gone since
   */
  begin(hasSnapshot, rows, removed) {
    this.hasSnapshot = hasSnapshot;
    this.tables = new Map();
    this.behind = new Map();
    this.kept = new Map();
    this.keptBytes = 0;
    for (const [collection, id] of removed) this.behind.set(id, { collection, row: null });
    for (const row of rows) this.behind.set(row.id, { collection: row.collection, row });
  }

  /** @param {string} name @returns {Table} one that was loaded */
  table(name) {
    return /** @type {Table} */ (this.tables.get(name));
  }

  /** The living document with this id in any table, without long texts, or null. @param {string} id */
  document(id) {
    for (const table of this.tables.values()) {
      const place = table.place(id);
      if (place !== undefined && table.isLiving(place)) return table.document(place);
    }
    return null;
  }

  /**
   * Have tables in memory.
   * @param {any} registry
   * @param {string[]} names of collections
   */
  async load(registry, names) {
    // Another writer may make it begin anew meanwhile.
    while (!names.every((name) => this.tables.has(name))) await this.#inTurn(() => this.#load(registry, names));
  }

  /** @param {any} registry @param {string[]} names */
  async #load(registry, names) {
    const begun = this.tables;
    const missing = names.filter((name) => !begun.has(name));
    const tables = (this.hasSnapshot && (await this.#fromSnapshot(registry, missing))) || (await this.#scan(registry));
    if (this.tables !== begun) return;
    for (const [name, table] of tables) this.#join(name, table);
  }

  /**
   * @param {any} registry
   * @param {string[]} names
   * @returns {Promise<Map<string, Table> | null>} null where it is not of use
   */
  async #fromSnapshot(registry, names) {
    const projection = this.store.database.transaction("projection").objectStore("projection");
    const parts = await Promise.all(names.map((name) => result(projection.get(name))));
    /** @type {Map<string, Table>} */
    const tables = new Map();
    for (const [place, name] of names.entries()) {
      const table = decode(registry.collections[name], parts[place]);
      // Too much changed meanwhile to have been kept.
      if (!table || !this.hasSnapshot) return null;
      tables.set(name, table);
    }
    return tables;
  }

  /**
   * Read every record, for all collections that are not here.
   * @param {any} registry
   * @returns {Promise<Map<string, Table>>}
   */
  async #scan(registry) {
    const names = Object.keys(registry.collections).filter((name) => !this.tables.has(name));
    const tables = new Map(names.map((name) => [name, new Table(registry.collections[name])]));
    for await (const rows of this.#allRows()) for (const row of rows) tables.get(row.collection)?.set(row);
    return tables;
  }

  /** Take in a table, with what changed while it was not there. @param {string} name @param {Table} table */
  #join(name, table) {
    for (const [id, changed] of this.behind) {
      if (changed.collection !== name) continue;
      set(table, id, changed);
      this.behind.delete(id);
    }
    this.tables.set(name, table);
  }

  #allRows() {
    return scan(this.store.database.transaction("records").objectStore("records"));
  }

  /**
   * Have the texts that search looks through, or what projected reads give, for tables that are loaded.
   * @param {string[]} names of collections
   * @param {"texts" | "beginnings"} kind
   */
  async loadTexts(names, kind = "texts") {
    if (names.every((name) => this.table(name)[kind])) return;
    await this.#inTurn(() => this.#loadTexts(kind));
  }

  /** One pass over the records serves every table. @param {"texts" | "beginnings"} kind */
  async #loadTexts(kind) {
    const tables = new Map([...this.tables].filter(([, table]) => !table[kind]));
    if (!tables.size) return;
    const made = new Map([...tables].map(([name, table]) => [name, MADE[kind](table.collection)]));
    const starts = new Map([...tables].map(([name, table]) => [name, table.log.length]));
    const inMemory = [...tables].every(([, table]) => !table.long.size);
    if (!inMemory) {
      for await (const rows of this.#allRows()) {
        for (const row of rows) {
          const place = tables.get(row.collection)?.place(row.id);
          if (place !== undefined) made.get(row.collection)?.set(place, row.body, row.stub);
        }
      }
    }
    for (const [name, table] of tables) {
      const texts = /** @type {Texts | Beginnings} */ (made.get(name));
      for (const place of table.ids.keys()) {
        if (texts.texts[place] !== undefined) continue;
        texts.set(place, table.lines[place] ? table.document(place) : {}, table.stubs.get(place));
      }
      await this.#refill(table, texts, table.log.slice(starts.get(name)));
      /** @type {any} */ (table)[kind] = texts;
    }
  }

  /** Records that changed meanwhile. @param {Table} table @param {Texts | Beginnings} texts @param {number[]} places */
  async #refill(table, texts, places) {
    while (places.length) {
      const seen = table.log.length;
      const rows = await this.store.rows(places.map((place) => table.ids[place]));
      for (const [at, place] of places.entries()) texts.set(place, rows[at]?.body ?? {}, rows[at]?.stub);
      places = table.log.slice(seen);
    }
  }

  /** Take in what a complete transaction did. @param {Map<string, Changed>} changes */
  change(changes) {
    for (const [id, changed] of changes) {
      this.#drop(id);
      const table = this.tables.get(changed.collection);
      if (table) set(table, id, changed);
      else this.behind.set(id, changed);
    }
    if (this.behind.size <= MOST_BEHIND) return;
    this.behind.clear();
    this.hasSnapshot = false;
  }

  /**
   * Whole rows by id: those used last from memory, the others in one transaction.
   * @param {string[]} ids
   * @returns {Promise<Map<string, Row>>} without those that are not there
   */
  async whole(ids) {
    const missing = [...new Set(ids)].filter((id) => !this.kept.has(id));
    /** @type {Map<string, Row>} */
    const found = new Map();
    for (const id of ids) {
      const row = this.kept.get(id);
      if (row) found.set(id, row);
    }
    const changes = this.store.known;
    const rows = await this.store.rows(missing);
    for (const row of rows) if (row) found.set(row.id, row);
    // What was read before a write that is complete by now must not be kept.
    if (changes === this.store.known) for (const row of found.values()) this.#keep(row);
    return found;
  }

  /** @param {Row} row */
  #keep(row) {
    this.#drop(row.id);
    this.kept.set(row.id, row);
    this.keptBytes += row.bytes;
    for (const id of this.kept.keys()) {
      if (this.keptBytes <= MOST_KEPT) return;
      this.#drop(id);
    }
  }

  /** @param {string} id */
  #drop(id) {
    const row = this.kept.get(id);
    if (!row) return;
    this.kept.delete(id);
    this.keptBytes -= row.bytes;
  }

  /**
   * What a projection of now holds, by collection, of those that changed since the last one; and what to call once it
   * is stored.
   * @param {any} registry
   * @returns {Promise<{parts: [string, import("./snapshot.js").Part][], stored: () => void}>}
   */
  async snapshot(registry) {
    const names = Object.keys(registry.collections);
    const behind = new Set([...this.behind.values()].map(({ collection }) => collection));
    await this.load(registry, this.hasSnapshot ? names.filter((name) => behind.has(name)) : names);
    return this.#inTurn(async () => {
      const changed = [...this.tables].filter(([, table]) => !this.hasSnapshot || table.log.length > table.settled);
      for (const [name, table] of changed) if (table.gone) this.tables.set(name, compacted(table));
      const tables = changed.map(([name]) => this.table(name));
      const stored = () => {
        this.hasSnapshot = true;
        for (const table of tables) table.settled = table.log.length;
      };
      return { parts: changed.map(([name], place) => [name, encode(tables[place])]), stored };
    });
  }

  /**
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  #inTurn(work) {
    const done = this.turn.then(work);
    this.turn = done.then(
      () => {},
      () => {},
    );
    return done;
  }
}

/** @param {Table} table @param {string} id @param {Changed} changed */
function set(table, id, { row }) {
  if (row) table.set(row);
  else table.remove(id);
}

/** The same table without the places of records that are gone. @param {Table} table */
function compacted(table) {
  const made = new Table(table.collection);
  const places = [...table.lines.keys()].filter((place) => table.lines[place]);
  for (const name of /** @type {const} */ (["ids", "revs", "deleted", "lines"])) {
    made[name] = /** @type {any} */ (places.map((place) => table[name][place]));
  }
  for (const [at, place] of places.entries()) {
    if (table.long.has(place)) made.long.add(at);
    const stub = table.stubs.get(place);
    if (stub) made.stubs.set(at, stub);
    const conflict = table.conflicts.get(place);
    if (conflict) made.conflicts.set(at, conflict);
  }
  for (const kind of /** @type {const} */ (["texts", "beginnings"])) {
    const kept = table[kind];
    if (!kept) continue;
    const moved = (/** @type {any} */ (made)[kind] = MADE[kind](table.collection));
    moved.texts = places.map((place) => kept.texts[place]);
  }
  return made;
}
