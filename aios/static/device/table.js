// @ts-check
/**
 * The records of one collection in memory, without their long texts, and their indexes. Records stand at places: 0, 1
 * and so on, in the order they came. A document is kept as JSON, which is parsed when somebody reads it: a start reads thousands
 * of records, a page fifty.
 *
 * @typedef {import("./layout.js").Row} Row
 */
import { SortedIndex } from "./sorted_index.js";

/**
 * Texts up to this many code units stay in memory: most notes of tasks do, so lists of tasks need nothing from disk.
 */
const SHORT = 240;
/** `deleted` of a place whose record is not here any more. */
const GONE = -1;
/** The index that every collection has. */
const UPDATED = { field: "updatedAt", fold: false, multiple: false, sparse: true, when: null };

/** One collection's records. */
export class Table {
  /** @param {any} collection of the registry */
  constructor(collection) {
    this.collection = collection;
    this.omitted = omittedTexts(collection);
    /** @type {string[]} */
    this.ids = [];
    /** @type {number[]} */
    this.revs = [];
    /** @type {(number | null)[]} ms, null while living */
    this.deleted = [];
    /** @type {string[]} JSON of the document, where long texts are "" */
    this.lines = [];
    /** Places whose document has a long text that is kept on disk only. @type {Set<number>} */
    this.long = new Set();
    /** @type {Map<number, import("./layout.js").Stub>} */
    this.stubs = new Map();
    /** @type {Map<number, import("./layout.js").Conflict>} */
    this.conflicts = new Map();
    /** @type {Map<string, number> | null} by id; made when first needed */
    this.places = null;
    /** @type {number[]} places that changed, oldest first; indexes follow it */
    this.log = [];
    /** How much of the log a snapshot holds. */
    this.settled = 0;
    this.gone = 0;
    /** @type {Map<string, SortedIndex>} */
    this.indexes = new Map();
    /** What a snapshot holds of an index, until it is read. @type {Map<string, string>} */
    this.stored = new Map();
    /** @type {import("./search.js").Texts | null} what search looks through; null until it is asked for */
    this.texts = null;
    /** @type {import("./stubs.js").Beginnings | null} what projected reads give; null until one is asked for */
    this.beginnings = null;
    /** What projected reads gave, by place, and what it was made of. @type {any[]} */
    this.projected = [];
  }

  /** @param {string} id @returns {number | undefined} */
  place(id) {
    this.places ??= new Map(this.ids.map((each, place) => [each, place]));
    return this.places.get(id);
  }

  /** @param {number} place */
  isLiving(place) {
    return this.deleted[place] === null;
  }

  /** Whether the document at a place is here with all its texts. @param {number} place */
  isWhole(place) {
    return !this.long.has(place);
  }

  /** The document at a place, long texts "". The caller's own. @param {number} place @returns {Record<string, any>} */
  document(place) {
    return JSON.parse(this.lines[place]);
  }

  /** The places of the trash, the last deleted first. */
  trash() {
    const places = [...this.deleted.keys()].filter(
      (place) => this.deleted[place] !== null && this.deleted[place] !== GONE,
    );
    const at = (/** @type {number} */ place) => Number(this.deleted[place]);
    return places.sort((a, b) => at(b) - at(a) || (this.ids[a] < this.ids[b] ? -1 : 1));
  }

  /** An index, up to date. @param {string} name @returns {SortedIndex} */
  index(name) {
    const stored = this.stored.get(name);
    if (stored !== undefined) {
      this.stored.delete(name);
      this.indexes.set(name, SortedIndex.decode(this.#declared()[name], stored));
    } else if (!this.indexes.has(name)) this.indexes = SortedIndex.build(this.#declared(), this);
    const index = /** @type {SortedIndex} */ (this.indexes.get(name));
    index.follow(this);
    return index;
  }

  /** @returns {Record<string, import("./keys.js").Index>} */
  #declared() {
    return { updated: UPDATED, ...this.collection.indexes };
  }

  /** Keep a row as it is now. @param {Row} row */
  set(row) {
    const place = this.place(row.id) ?? this.ids.length;
    this.places?.set(row.id, place);
    this.ids[place] = row.id;
    this.revs[place] = row.rev;
    this.deleted[place] = row.deleted;
    const long = this.omitted.filter((name) => row.body[name]?.length > SHORT);
    const body = long.length ? { ...row.body, ...Object.fromEntries(long.map((name) => [name, ""])) } : row.body;
    this.lines[place] = JSON.stringify(body);
    if (long.length) this.long.add(place);
    else this.long.delete(place);
    if (row.stub) this.stubs.set(place, row.stub);
    else this.stubs.delete(place);
    if (row.conflict) this.conflicts.set(place, row.conflict);
    else this.conflicts.delete(place);
    this.log.push(place);
    this.texts?.set(place, row.body);
    this.beginnings?.set(place, row.body, row.stub);
  }

  /** Forget a record. @param {string} id */
  remove(id) {
    const place = this.place(id);
    if (place === undefined) return;
    this.places?.delete(id);
    this.deleted[place] = GONE;
    this.lines[place] = "";
    this.long.delete(place);
    this.stubs.delete(place);
    this.conflicts.delete(place);
    this.gone += 1;
    this.log.push(place);
    this.texts?.set(place, {});
    this.beginnings?.set(place, {}, null);
  }
}

/**
 * The long texts that are not kept in memory: all that no index is made of.
 * @param {any} collection
 * @returns {string[]}
 */
export function omittedTexts(collection) {
  const indexed = new Set(Object.values(collection.indexes).map(({ field }) => field));
  return collection.texts.filter((/** @type {string} */ name) => !indexed.has(name));
}
