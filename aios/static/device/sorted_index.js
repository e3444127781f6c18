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
   */
  constructor(declared, keys, places, followed) {
    this.declared = declared;
    this.keys = keys;
    this.places = places;
    this.followed = followed;
  }

  /** @param {import("./keys.js").Index} declared @param {Table} table */
  static build(declared, table) {
    const entries = entriesOf(declared, table, table.ids.keys());
    return new SortedIndex(declared, entries.map(([key]) => key), entries.map(([, place]) => place), table.log.length);
  }

  /** From what `encode` gave, before anything of the table's log. @param {import("./keys.js").Index} declared @param {string} encoded */
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
    const changed = new Set(table.log.slice(this.followed));
    this.followed = table.log.length;
    if (!changed.size) return;
    const touched = new Uint8Array(table.ids.length);
    for (const place of changed) touched[place] = 1;
    const added = entriesOf(this.declared, table, changed);
    /** @type {string[]} */
    const keys = [];
    /** @type {number[]} */
    const places = [];
    let next = 0;
    for (const [at, place] of this.places.entries()) {
      if (touched[place]) continue;
      const key = this.keys[at];
      while (next < added.length && precedes(table, added[next], key, place)) {
        keys.push(added[next][0]);
        places.push(added[next][1]);
        next += 1;
      }
      keys.push(key);
      places.push(place);
    }
    for (const [key, place] of added.slice(next)) {
      keys.push(key);
      places.push(place);
    }
    this.keys = keys;
    this.places = places;
  }
}

/**
 * The sorted entries of the living records at `places`.
 * @param {import("./keys.js").Index} declared
 * @param {Table} table
 * @param {Iterable<number>} places
 * @returns {[string, number][]}
 */
function entriesOf(declared, table, places) {
  /** @type {[string, number][]} */
  const entries = [];
  for (const place of places) {
    if (!table.isLiving(place)) continue;
    for (const key of indexKeys(declared, table.document(place))) entries.push([key, place]);
  }
  const inOrder = entries.some(([key]) => UNEVEN.test(key)) ? compare : compareUnits;
  return entries.sort(([a, one], [b, other]) => inOrder(a, b) || (table.ids[one] < table.ids[other] ? -1 : 1));
}

/** @param {Table} table @param {[string, number]} entry @param {string} key @param {number} place */
function precedes(table, [added, at], key, place) {
  const order = compare(added, key);
  return order < 0 || (order === 0 && table.ids[at] < table.ids[place]);
}

/** @param {string} a @param {string} b */
function compareUnits(a, b) {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
