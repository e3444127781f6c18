/**
 * Markdown to HTML, and to plain words: twin of aios/web/markdown.py. The parser is in markdown_parser.js.
 */
import { parser } from "./markdown_parser.js";
import { safe } from "./templates_runtime.js";
import { SPACES, advance, countWords, length as lengthOf } from "./text.js";

export { safeUrl } from "./markdown_parser.js";

const WORDS_A_MINUTE = 200;
const LINK_WINDOW = 256;
const PUNCTUATION = new Set("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~");
const EDGES = new Set([...SPACES, ...PUNCTUATION]);
const BOXES = new Set(["[ ] ", "[x] ", "[X] "]);

/**
 * Write `text` as HTML. `links` maps titles of `[[…]]` to addresses; others lead to the Notebook's search by title.
 * @param {string} text
 * @param {Record<string, string>} links
 */
export function render(text, links = {}) {
  // The parser escapes all text, raw HTML is off, addresses pass safeUrl.
  return safe(parser.render(withoutMarks(text), { links }));
}

/**
 * Write `text` as HTML that stands alone on its page, and tell its headings. Boxes of tasks are buttons of the form with
 * the id `form`, which send the number of their line and the line.
 * @param {string} text
 * @param {Record<string, string>} links
 * @param {string} form
 * @returns {[import("./templates_runtime.js").Safe, {level: string, text: string, href: string}[]]}
 */
export function renderPage(text, links, form) {
  /** @type {{level: string, text: string, href: string}[]} */
  const contents = [];
  const html = parser.render(withoutMarks(text), { links, contents, form, lines: text.split("\n") });
  return [safe(html), contents];
}

/**
 * The first `length` characters of `markdown` as plain words on one line, cut at a word, with an ellipsis.
 * @param {string} markdown
 * @param {number} length
 */
export function excerpt(markdown, length = 160) {
  /** @type {string[]} */
  const words = [];
  let total = 0;
  let fenced = false;
  for (const line of withoutMarks(markdown).split("\n")) {
    const start = contentStart(line);
    if (line.startsWith("```", start) || line.startsWith("~~~", start)) {
      fenced = !fenced;
      continue;
    }
    for (const word of wordsOf(fenced ? line : plain(line, start))) {
      words.push(word);
      total += lengthOf(word) + 1;
      if (total > length + 1) return cut(words.join(" "), length);
    }
  }
  return words.join(" ");
}

/**
 * How many words `text` has: runs of characters between spaces.
 * @param {string} text
 */
export function wordCount(text) {
  return countWords(text);
}

/**
 * Minutes that `words` take to read, rounded half up, at least 1.
 * @param {number} words
 */
export function readingMinutes(words) {
  return Math.max(1, Math.floor((words + WORDS_A_MINUTE / 2) / WORDS_A_MINUTE));
}

/** Without byte order marks, which the two parsers take differently. @param {string} text */
function withoutMarks(text) {
  return text.replaceAll("\ufeff", "");
}

/**
 * Where the words of a line begin: behind quote marks, a heading's or list item's mark, and a task's box.
 * @param {string} line
 */
function contentStart(line) {
  let start = skip(line, 0, " \t>");
  const mark = markEnd(line, start);
  if (mark === start || (line[mark] !== " " && line[mark] !== "\t")) return start;
  start = skip(line, mark, " \t");
  return BOXES.has(line.slice(start, start + 4)) ? start + 4 : start;
}

/** @param {string} line @param {number} start */
function markEnd(line, start) {
  const first = line[start];
  if (first === "#") return skip(line, start, "#");
  if (first === "-" || first === "*" || first === "+") return start + 1;
  const end = skip(line, start, "0123456789");
  return end > start && (line[end] === "." || line[end] === ")") ? end + 1 : start;
}

/** @param {string} line @param {number} start @param {string} characters */
function skip(line, start, characters) {
  let at = start;
  while (at < line.length && characters.includes(line[at])) at++;
  return at;
}

/**
 * The words of a line from `start` on, without marks; nothing for a rule or an underline.
 * @param {string} line
 * @param {number} start
 */
function plain(line, start) {
  if (skip(line, start, "-=*_|: ") === line.length) return "";
  let kept = "";
  for (let at = start; at < line.length; ) {
    const [taken, behind] = next(line, at);
    kept += taken;
    at = behind;
  }
  return kept;
}

/**
 * What stands for the mark or character at `at`, and the place behind it.
 * @param {string} line
 * @param {number} at
 * @returns {[string, number]}
 */
function next(line, at) {
  const character = line[at];
  const following = line[at + 1] ?? "";
  if (character === "\\" && PUNCTUATION.has(following)) return [following, at + 2];
  if (character === "[") return label(line, at);
  if (character === "!" && following === "[") return ["", at + 1];
  if (character === "`" || (character === "~" && following === "~")) return ["", skip(line, at, character)];
  if (character === "*" || character === "_") {
    const end = skip(line, at, character);
    return [isEmphasis(line, at, end) ? "" : line.slice(at, end), end];
  }
  return [character === "|" ? " " : character, at + 1];
}

/**
 * The label of a link that begins at `at`; the bracket alone when there is none.
 * @param {string} line
 * @param {number} at
 * @returns {[string, number]}
 */
function label(line, at) {
  if (line.startsWith("[[", at)) {
    const end = line.slice(0, advance(line, at, LINK_WINDOW)).indexOf("]]", at);
    return end >= 0 ? [line.slice(at + 2, end), end + 2] : ["[", at + 1];
  }
  const end = line.indexOf("](", at);
  const close = end >= 0 ? line.indexOf(")", end) : -1;
  return close >= 0 ? [line.slice(at + 1, end), close + 1] : ["[", at + 1];
}

/**
 * Whether a run of stars or underscores is a mark: one that stands free is not, nor an underscore inside a word.
 * @param {string} line
 * @param {number} start
 * @param {number} end
 */
function isEmphasis(line, start, end) {
  const before = start === 0 ? " " : line[start - 1];
  const after = end === line.length ? " " : line[end];
  if (SPACES.has(before) && SPACES.has(after)) return false;
  return line[start] === "*" || EDGES.has(before) || EDGES.has(after);
}

/** @param {string} text */
function wordsOf(text) {
  const words = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (!SPACES.has(text[at])) continue;
    if (at > start) words.push(text.slice(start, at));
    start = at + 1;
  }
  if (start < text.length) words.push(text.slice(start));
  return words;
}

/** @param {string} text @param {number} length */
function cut(text, length) {
  const end = advance(text, 0, length);
  if (end === text.length) return text;
  const space = text.lastIndexOf(" ", end - 1);
  return `${text.slice(0, space > 0 ? space : advance(text, 0, length - 1))}…`;
}
