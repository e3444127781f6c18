/**
 * Long texts as lists show them: their beginning, words and length, whole or as a stub. Twin of aios/records/stubs.py.
 *
 * @typedef {{length: number, words: number, start: string}} Kept what stands for a long text that is not here
 */
import { countWords, head, length } from "./text.js";

/** How many code points of a text are kept: an excerpt's 160, and room for Markdown's signs. */
export const START = 240;

/**
 * What a stub keeps of `text`.
 * @type {(text: string) => Kept}
 */
export const keep = (text) => ({ length: length(text), words: countWords(text), start: head(text, START) });

/** What a projected read gives of each record's long texts, by place: as JSON, which keeps no whole text alive. */
export class Beginnings {
  /** @param {string[]} fields the long texts */
  constructor(fields) {
    this.fields = fields;
    /** @type {string[]} */
    this.texts = [];
  }

  /** @param {number} place @param {Record<string, any>} body @param {Record<string, Kept> | null | undefined} stub */
  set(place, body, stub) {
    const given = this.fields.filter((name) => Object.hasOwn(body, name));
    const kept = given.map((name) => [name, stub?.[name] ?? keep(body[name])]);
    this.texts[place] = JSON.stringify(Object.fromEntries(kept));
  }
}

/**
 * Whether the long text `field` of `document` is not here.
 * @type {(document: Record<string, any>, field: string) => boolean}
 */
export const isStub = (document, field) => Object.hasOwn(document._stub ?? {}, field);

/**
 * The first START code points of the text `field`.
 * @type {(document: Record<string, any>, field: string) => string}
 */
export const start = (document, field) =>
  isStub(document, field) ? document._stub[field].start : head(document[field], START);

/**
 * How many words the text `field` has.
 * @type {(document: Record<string, any>, field: string) => number}
 */
export const words = (document, field) =>
  isStub(document, field) ? document._stub[field].words : countWords(document[field]);

/**
 * How long the text `field` is, in code points.
 * @type {(document: Record<string, any>, field: string) => number}
 */
export const size = (document, field) =>
  isStub(document, field) ? document._stub[field].length : length(document[field]);
