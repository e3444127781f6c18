// @ts-check
/** The keys of one index in order, each with the place of its record; ties by id. */
import { indexKeys } from "./keys.js";
import { compare } from "./text.js";

/** @typedef {import("./table.js").Table} Table */

/** Units from here on sort otherwise by code unit than by code point. */
const UNEVEN = /[\ud800-\uffff]/;

export class SortedIndex {
  /**
   * @param {import("./keys.js").Index} declared
   * @param {string[]} keys
   * @param {number[]} places
   * @param {number} followed how much of the table's log is in it
   * @param {boolean} isSorted
   */
  constructor(declared, keys, places, followed, isSorted = true) {
    this.declared = declared;
    this.keys = keys;
    this.places = places;
    this.followed = followed;
    this.isSorted = isSorted;
  }

  /**
   * Indexes of all records of a table, in one pass; each is sorted when it is first followed.
   * @param {Record<string, import("./keys.js").Index>} declared
   * @param {Table} table
   * @returns {Map<string, SortedIndex>}
   */
  static build(declared, table) {
    const pairs = Object.entries(declared);
    const indexes = pairs.map(([, each]) => new SortedIndex(each, [], [], table.log.length, false));
    for (const place of table.ids.keys()) {
      if (!table.isLiving(place)) continue;
      const document = table.document(place);
      for (const index of indexes) index.#append(indexKeys(index.declared, document), place);
    }
    return new Map(pairs.map(([name], number) => [name, indexes[number]]));
  }

  /** @param {string[]} keys @param {number} place */
  #append(keys, place) {
    for (const key of keys) {
      this.keys.push(key);
      this.places.push(place);
    }
  }

  /**
   * From what `encode` gave, before anything of the table's log.
   * @param {import("./keys.js").Index} declared
   * @param {string} encoded
   */
  static decode(declared, encoded) {
    const [distinct, runs, places] = JSON.parse(encoded);
    /** @type {string[]} */
    const keys = new Array(places.length);
    let at = 0;
    for (const [number, key] of distinct.entries()) {
      keys.fill(key, at, at + runs[number]);
      at += runs[number];
    }
    return new SortedIndex(declared, keys, places, 0);
  }

  /** As JSON: each key once, how often it occurs, and all places. */
  encode() {
    const runs = this.groups();
    return JSON.stringify([runs.map(([key]) => key), runs.map(([, count]) => count), this.places]);
  }

  /** Each key with its number of entries, in order. @returns {[string, number][]} */
  groups() {
    /** @type {[string, number][]} */
    const groups = [];
    let start = 0;
    while (start < this.keys.length) {
      let end = start + 1;
      while (end < this.keys.length && this.keys[end] === this.keys[start]) end += 1;
      groups.push([this.keys[start], end - start]);
      start = end;
    }
    return groups;
  }

  /** The first entry whose key is not before `key`. @param {string} key */
  from(key) {
    return this.#first((each) => compare(each, key) >= 0);
  }

  /** The first entry whose key comes after `key`. @param {string} key */
  after(key) {
    return this.#first((each) => compare(each, key) > 0);
  }

  /** @param {(key: string) => boolean} holds false for the first entries, then true */
  #first(holds) {
    let [low, high] = [0, this.keys.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (holds(this.keys[middle])) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Take in what changed in the table since the last time. @param {Table} table */
  follow(table) {
    if (!this.isSorted) this.#sort(table);
    const changed = new Set(table.log.slice(this.followed));
    this.followed = table.log.length;
    if (!changed.size) return;
    const touched = new Uint8Array(table.ids.length);
    for (const place of changed) touched[place] = 1;
    const added = new SortedIndex(this.declared, [], [], 0, false);
    for (const place of changed) {
      if (table.isLiving(place)) added.#append(indexKeys(this.declared, table.document(place)), place);
    }
    added.#sort(table);
    this.#merge(table, touched, added);
  }

  /** @param {Table} table @param {Uint8Array} touched places whose entries are replaced @param {SortedIndex} added */
  #merge(table, touched, added) {
    /** @type {string[]} */
    const keys = [];
    /** @type {number[]} */
    const places = [];
    let next = 0;
    const take = () => {
      keys.push(added.keys[next]);
      places.push(added.places[next]);
      next += 1;
    };
    for (const [at, place] of this.places.entries()) {
      if (touched[place]) continue;
      const key = this.keys[at];
      while (next < added.keys.length && precedes(table, added.keys[next], added.places[next], key, place)) take();
      keys.push(key);
      places.push(place);
    }
    while (next < added.keys.length) take();
    this.keys = keys;
    this.places = places;
  }

  /** @param {Table} table */
  #sort(table) {
    const { keys, places } = this;
    const { ids } = table;
    const inOrder = keys.some((key) => UNEVEN.test(key)) ? compare : compareUnits;
    const order = [...keys.keys()].sort(
      (one, other) => inOrder(keys[one], keys[other]) || compareUnits(ids[places[one]], ids[places[other]]),
    );
    this.keys = order.map((at) => keys[at]);
    this.places = order.map((at) => places[at]);
    this.isSorted = true;
  }
}

/** @param {Table} table @param {string} added @param {number} at its place @param {string} key @param {number} place */
function precedes(table, added, at, key, place) {
  const order = compare(added, key);
  return order < 0 || (order === 0 && table.ids[at] < table.ids[place]);
}

/** @param {string} a @param {string} b */
function compareUnits(a, b) {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
