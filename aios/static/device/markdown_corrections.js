/**
 * Where markdown-it 14.1.0 reads a text otherwise than CommonMark and the server's parser do. Each is a rule that
 * markdown-it lets one replace, so its file stays as published.
 *
 * - Entities are known by their whole name: `&ampx;` is none (CommonMark 0.31, 6.2), though HTML reads `&amp` in it.
 * - Emphasis looks at whole characters: one beyond U+FFFF may be punctuation, half of it never is.
 * - A code span that was looked for from inside a bracket is found again from outside it, and ends before the bracket's
 *   end; U+2028 and U+2029 in it do not keep its outer spaces.
 *
 * @typedef {import("../vendor/markdown-it/markdown-it.min.js").InlineRule} InlineRule
 * @typedef {import("../vendor/markdown-it/markdown-it.min.js").MarkdownIt} MarkdownIt
 * @typedef {import("../vendor/markdown-it/markdown-it.min.js").StateInline} StateInline
 */
import { entities } from "../vendor/markdown-it/entities.js";
import { names } from "../vendor/markdown-it/markdown-it.min.js";

const ESCAPED = /\\([!-/:-@[-`{-~])|&[a-z#][a-z0-9]{1,31};/gi;
const NUMBER = /&#(?:x[a-f0-9]{1,6}|[0-9]{1,7});/iy;
const NAME = /&[a-z][a-z0-9]{1,31};/iy;
const SPACE = " ";
/** @type {MarkdownIt["utils"] & Record<string, any>} */
let utils;

/** @param {MarkdownIt} parser */
export function correct(parser) {
  utils = parser.utils;
  const { parseLinkDestination, parseLinkTitle } = parser.helpers;
  parser.helpers.parseLinkDestination = (text, start, end) => {
    const found = parseLinkDestination(text, start, end);
    const edge = text[start] === "<" ? 1 : 0;
    return found.ok ? { ...found, str: unescape(text.slice(start + edge, found.pos - edge)) } : found;
  };
  parser.helpers.parseLinkTitle = (text, start, end, previous) => {
    const found = parseLinkTitle(text, start, end, previous);
    if (!found.ok && !found.can_continue) return found;
    const inside = text.slice(previous ? start : start + 1, found.ok ? found.pos - 1 : end);
    return { ...found, str: (previous?.str ?? "") + unescape(inside) };
  };
  parser.inline.ruler.at("entity", entity);
  parser.inline.ruler.at("backticks", codeSpan);
  parser.inline.State.prototype.scanDelims = scanDelimiters;
}

/**
 * `text` with backslashes before punctuation taken away and entities decoded.
 * @param {string} text
 */
export function unescape(text) {
  return text.replace(ESCAPED, (match, escaped) => escaped ?? decode(match));
}

/**
 * The characters of an entity, or `match` when it is none.
 * @param {string} match
 */
const decode = (match) => utils.unescapeAll(match);

/** @type {Map<string, string> | null} read when a text first has an entity */
let known = null;

names.decode = (match) => {
  known ??= readEntities();
  return known.get(match.slice(1, -1)) ?? match;
};

function readEntities() {
  const read = new Map();
  let name = "";
  for (const line of entities.split(" ")) {
    const end = line.indexOf(";");
    name = name.slice(0, parseInt(line[0], 36)) + line.slice(1, end);
    read.set(name, line.slice(end + 1));
  }
  return read;
}

/** @type {InlineRule} */
function entity(state, silent) {
  const { pos, src } = state;
  if (src[pos] !== "&") return false;
  const isNumber = src[pos + 1] === "#";
  const pattern = isNumber ? NUMBER : NAME;
  pattern.lastIndex = pos;
  const [match] = pattern.exec(src) ?? [""];
  const decoded = decode(match);
  if (!match || (decoded === match && !isNumber)) return false;
  if (!silent) {
    const token = state.push("text_special", "", 0);
    token.content = decoded === match ? "\ufffd" : decoded;
    token.markup = match;
    token.info = "entity";
  }
  state.pos += match.length;
  return true;
}

/** Backticks up to the next run of as many; without one, the backticks themselves. @type {InlineRule} */
function codeSpan(state, silent) {
  const { pos: start, posMax, src } = state;
  if (src[start] !== "`") return false;
  const inside = Math.min(runEnd(src, start), posMax);
  const marker = src.slice(start, inside);
  state.pos = inside;
  const close = closing(state, marker.length);
  if (!silent && close < 0) state.pending += marker;
  if (close < 0) return true;
  if (!silent) {
    const token = state.push("code_inline", "code", 0);
    token.markup = marker;
    token.content = inner(src.slice(inside, close).replaceAll("\n", " "));
  }
  state.pos = close + marker.length;
  return true;
}

/**
 * Where the next run of `length` backticks begins, or -1. The last run of each length is kept, so that many runs
 * without a partner are not each looked for to the end of the text.
 * @param {StateInline} state
 * @param {number} length
 */
function closing(state, length) {
  const { pos, posMax, src } = state;
  if (!state.backticksScanned) {
    state.backticks = lastRuns(src);
    state.backticksScanned = true;
  }
  if ((state.backticks[length] ?? -1) < pos) return -1;
  let at = src.indexOf("`", pos);
  while (at >= 0 && at < posMax) {
    const end = runEnd(src, at);
    if (end > posMax) return -1;
    if (end - at === length) return at;
    at = src.indexOf("`", end);
  }
  return -1;
}

/** @param {string} src */
function lastRuns(src) {
  /** @type {Record<number, number>} */
  const found = {};
  let at = src.indexOf("`");
  while (at >= 0) {
    const end = runEnd(src, at);
    found[end - at] = at;
    at = src.indexOf("`", end);
  }
  return found;
}

/** @param {string} src @param {number} start */
function runEnd(src, start) {
  let end = start;
  while (src[end] === "`") end++;
  return end;
}

/** Without one space at each end, unless there is nothing else (CommonMark 0.31, 6.1). @param {string} code */
function inner(code) {
  const isPadded = code.startsWith(" ") && code.endsWith(" ") && [...code].some((character) => character !== SPACE);
  return isPadded ? code.slice(1, -1) : code;
}

/**
 * Whether a run of stars, underscores or tildes can open or close emphasis (CommonMark 0.31, 6.2, "flanking").
 * @this {StateInline}
 * @param {number} start
 * @param {boolean} canSplitWord
 */
function scanDelimiters(start, canSplitWord) {
  const { src, posMax } = this;
  let end = start;
  while (end < posMax && src[end] === src[start]) end++;
  const last = start > 0 ? ([...src.slice(Math.max(start - 2, 0), start)].at(-1) ?? SPACE) : SPACE;
  const next = end < posMax ? String.fromCodePoint(src.codePointAt(end) ?? 0) : SPACE;
  const [lastIsSpace, nextIsSpace] = [last, next].map(isSpace);
  const [lastIsPunctuation, nextIsPunctuation] = [last, next].map(isPunctuation);
  const left = !nextIsSpace && (!nextIsPunctuation || lastIsSpace || lastIsPunctuation);
  const right = !lastIsSpace && (!lastIsPunctuation || nextIsSpace || nextIsPunctuation);
  return {
    can_open: left && (canSplitWord || !right || lastIsPunctuation),
    can_close: right && (canSplitWord || !left || nextIsPunctuation),
    length: end - start,
  };
}

/** @param {string} character */
function isSpace(character) {
  return utils.isWhiteSpace(character.codePointAt(0));
}

/** @param {string} character */
function isPunctuation(character) {
  return utils.isMdAsciiPunct(character.codePointAt(0)) || utils.isPunctChar(character);
}
