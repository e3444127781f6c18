/** Text rules that hold on the server and on the device alike (docs/parity.md): twin of aios/records/text.py. */
import { bytesToHex, sha256 } from "../vendor/noble-hashes/hashes.min.js";

const SORT_KEY_LENGTH = 120;
/** What counts as a space, on both sides: Python's `str.strip` and JavaScript's `trim` differ. */
export const SPACES = new Set(
  "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a" +
    "\u2028\u2029\u202f\u205f\u3000\ufeff",
);
const LINE_END = /\r\n?/g;
// Without the flag `u` a pair of surrogates would match as two lone ones.
const FORBIDDEN = /[\0\p{Cs}]/gu;
const ASCII = /^[\0-\x7f]*$/;
const MARK = /\p{M}/gu;
/** The two ends of the order of marks: combining classes 1 and 240, the least and the greatest but 0. */
const [LOWEST, HIGHEST] = ["\u0334", "\u0345"];
/** What `isCombining` has found: there are some 2,000 marks. @type {Map<string, boolean>} */
const COMBINING = new Map();
const encoder = new TextEncoder();

/**
 * Make line ends LF, and NUL and lone surrogates U+FFFD, so that both sides hash and store the same text.
 * @param {string} text
 */
export function normalise(text) {
  return text.replace(LINE_END, "\n").replace(FORBIDDEN, "\ufffd");
}

/**
 * Reduce `text` to what search and sorting compare: NFKD, marks stripped, lower-cased.
 *
 * A sigma is the same at the end of a word: which characters make a word, each Unicode tells differently.
 * @param {string} text
 */
export function fold(text) {
  if (ASCII.test(text)) return text.toLowerCase();
  return text
    .normalize("NFKD")
    .replace(MARK, (mark) => (isCombining(mark) ? "" : mark))
    .toLowerCase()
    .replaceAll("ς", "σ");
}

/**
 * The stored key by which `text` sorts; see `compare`.
 * @param {string} text
 */
export function sortKey(text) {
  if (text.length <= SORT_KEY_LENGTH && ASCII.test(text)) return text.toLowerCase();
  return head(fold(text), SORT_KEY_LENGTH);
}

/**
 * SHA-256 of normalised text, in hex: names the version that an edit was based on (docs/sync.md, push 6).
 * @param {string} text
 */
export function textHash(text) {
  return bytesToHex(sha256(encoder.encode(text)));
}

/**
 * `text` without the spaces at both ends.
 * @param {string} text
 */
export function trim(text) {
  let [start, end] = [0, text.length];
  while (start < end && SPACES.has(text[start])) start++;
  while (end > start && SPACES.has(text[end - 1])) end--;
  return text.slice(start, end);
}

/**
 * How many runs of characters stand between spaces.
 * @param {string} text
 */
export function countWords(text) {
  let count = 0;
  let inside = false;
  // Every space is one code unit, so a pair of surrogates may count as two characters of a word.
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    // Most characters are ASCII that shows, which needs no set.
    const space = (code < 0x21 || code > 0x7e) && SPACES.has(text[at]);
    if (inside && space) count++;
    inside = !space;
  }
  return inside ? count + 1 : count;
}

/**
 * How many code points `text` has.
 * @param {string} text
 */
export function length(text) {
  let count = text.length;
  for (let at = 1; at < text.length; at++) if (isLow(text, at) && isHigh(text, at - 1)) count--;
  return count;
}

/**
 * The first `count` code points of `text`.
 * @param {string} text
 * @param {number} count
 */
export function head(text, count) {
  return text.slice(0, advance(text, 0, count));
}

/**
 * The place that is `count` code points behind the place `start`, or the end of `text`.
 * @param {string} text
 * @param {number} start
 * @param {number} count
 */
export function advance(text, start, count) {
  let at = start;
  for (let left = count; left > 0 && at < text.length; left--) at += isHigh(text, at) && isLow(text, at + 1) ? 2 : 1;
  return at;
}

/**
 * Negative, 0 or positive, by code point: `<` on strings goes by code unit, and puts U+1F600 before U+FFFD.
 * @param {string} a
 * @param {string} b
 */
export function compare(a, b) {
  const shorter = Math.min(a.length, b.length);
  for (let at = 0; at < shorter; at++) {
    const [one, two] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (one !== two) return rank(one) - rank(two);
  }
  return a.length - b.length;
}

/**
 * Whether the canonical combining class is not 0, which is what Python's `unicodedata.combining` tells. No regular
 * expression can ask for it; but normalising sorts marks by it, and moves none of class 0 (Unicode 15.1, 3.11 D109).
 * @param {string} mark
 */
function isCombining(mark) {
  const known = COMBINING.get(mark);
  if (known !== undefined) return known;
  const found = swaps(mark, LOWEST) || swaps(HIGHEST, mark);
  COMBINING.set(mark, found);
  return found;
}

/**
 * @param {string} first
 * @param {string} second
 */
function swaps(first, second) {
  return (first + second).normalize("NFD") === second + first && first !== second;
}

/**
 * Where a code unit stands in the order of code points: surrogates mean those above U+FFFF.
 * @param {number} unit
 */
function rank(unit) {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/**
 * @param {string} text
 * @param {number} at
 */
function isHigh(text, at) {
  return (text.charCodeAt(at) & 0xfc00) === 0xd800;
}

/**
 * @param {string} text
 * @param {number} at
 */
function isLow(text, at) {
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00;
}
