/** Notes that are like another one: which words of titles, beginnings and tags both have. Twin of similar.py. */
import { start } from "../../static/device/stubs.js";
import { SPACES, compare, fold, length, sortKey } from "../../static/device/text.js";
import { beginning } from "./excerpts.js";

/** @typedef {import("../module.js").Document} Document */

const MOST = 5;
/** In hundredths: what has less in common is not shown. */
const LEAST = 8;
/** Words up to this length say little; two letters are a word where each is one, as in Chinese. */
const SHORT = 3;
const BETWEEN = new Set([...SPACES, ..."!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"]);

/** The notes most like this one. @type {import("../module.js").View} */
export const similarPage = ({ note, notes }) => {
  const own = words(note);
  const ranked = notes
    .filter((/** @type {Document} */ { id }) => id !== note.id)
    .map((/** @type {Document} */ other) => ({ other, score: likeness(own, words(other)) }))
    .filter((/** @type {any} */ { score }) => score >= LEAST)
    .sort(nearest);
  return {
    title: "Similar notes",
    note: { title: note.title, href: `/notebook/${note.id}` },
    rows: ranked.slice(0, MOST).map((/** @type {any} */ { other, score }) => ({
      href: `/notebook/${other.id}`,
      title: other.title,
      excerpt: beginning(other),
      score: `${score} %`,
    })),
  };
};

/** @typedef {{other: Document, score: number}} Ranked @type {(a: Ranked, b: Ranked) => number} */
const nearest = (a, b) =>
  b.score - a.score || compare(sortKey(a.other.title), sortKey(b.other.title)) || compare(a.other.id, b.other.id);

/**
 * The folded words that `note` is compared by; tags count as words of their own.
 * @type {(note: Document) => Set<string>}
 */
const words = (note) => {
  const found = new Set(note.tags.map((/** @type {string} */ tag) => `#${fold(tag)}`));
  const text = fold(`${note.title} ${start(note, "bodyMarkdown")}`);
  let from = 0;
  for (let at = 0; at <= text.length; at += 1) {
    if (at < text.length && !BETWEEN.has(text[at])) continue;
    const word = text.slice(from, at);
    const size = length(word);
    if (size > SHORT || (size > 1 && word >= "\u3000")) found.add(word);
    from = at + 1;
  }
  return found;
};

/**
 * How many of the words of either are words of both, in hundredths.
 * @type {(one: Set<string>, other: Set<string>) => number}
 */
const likeness = (one, other) => {
  let both = 0;
  for (const word of one) if (other.has(word)) both += 1;
  return both ? Math.floor((both * 100) / (one.size + other.size - both)) : 0;
};
