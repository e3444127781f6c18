// @ts-check
/** Searching: the folded text of every record, kept in memory from the first search on. Twin of search in records/. */
import { fold } from "./text.js";

/** What search looks through of one collection, by place. */
export class Texts {
  /** @param {string[]} searchable names of fields */
  constructor(searchable) {
    this.searchable = searchable;
    /** @type {string[]} */
    this.texts = [];
    this.words = "";
    /** Which places were found to hold `words`: 0 not looked at, 1 no, 2 yes. @type {number[]} */
    this.held = [];
  }

  /** @param {number} place @param {Record<string, any>} body @param {unknown} [_] of what is no text */
  set(place, body, _) {
    this.texts[place] = searchText(this.searchable, body);
    this.held = [];
  }

  /**
   * A test of places: whether their text holds every word. The answers for the last words are remembered, since the
   * reads of a page ask for the same.
   * @param {string[]} words folded
   * @returns {(place: number) => boolean}
   */
  holding(words) {
    const asked = JSON.stringify(words);
    if (asked !== this.words) [this.words, this.held] = [asked, []];
    const { held, texts } = this;
    return (place) => {
      held[place] ??= words.every((word) => texts[place].includes(word)) ? 2 : 1;
      return held[place] === 2;
    };
  }
}

/**
 * The folded words of a search text, split at spaces.
 * @param {string} text
 */
export function words(text) {
  return fold(text).split(" ").filter(Boolean);
}

/**
 * The searchable fields, folded, a line each; nothing of a body that was blanked.
 * @param {string[]} searchable
 * @param {Record<string, any>} body
 */
function searchText(searchable, body) {
  if (!Object.keys(body).length) return "";
  return searchable.map((name) => fold(flat(body[name]))).join("\n");
}

/** @param {any} value */
function flat(value) {
  return Array.isArray(value) ? value.map(String).join(" ") : String(value || "");
}

/**
 * Make search ready for all collections, so that the first one is quick as well.
 * @param {import("./store.js").Store} store
 * @param {any} registry
 */
export async function warm(store, registry) {
  await store.resident.load(registry, Object.keys(registry.collections));
  await store.resident.loadTexts(Object.keys(registry.collections));
}
