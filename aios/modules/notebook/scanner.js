/** Finding `#tag` and `[[Title]]` in a body. Twin of scanner.py, where the rule is written. */
import { SPACES, head, trim } from "../../static/device/text.js";

const ASCII_TAG = new Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_/");
const DIGITS = new Set("0123456789");
const OPENING = new Set("([{");
/** The least signs of a fence, and the most spaces before it. */
const FENCE = 3;
/** How far the end of a link is looked for, in code points. */
const LINK_WINDOW = 256;

/**
 * The tags and the link titles of `body`, each in order of appearance, repetitions included.
 * @type {(body: string) => {tags: string[], links: string[]}}
 */
export const find = (body) => {
  /** @type {{tags: string[], links: string[]}} */
  const found = { tags: [], links: [] };
  let fence = "";
  for (const line of body.split("\n")) {
    const marker = fenceOf(line);
    if (fence) {
      if (closes(line, marker, fence)) fence = "";
    } else if (marker) {
      fence = marker;
    } else {
      findInLine(line, found);
    }
  }
  return found;
};

/**
 * Where the `]]` begins that ends the link at `start`, at the earliest at `from`; -1 when there is none near.
 * A position counts UTF-16 units; only the window is in code points, as in Python.
 * @type {(line: string, start: number, from: number) => number}
 */
export const linkEnd = (line, start, from) => {
  const near = head(line.slice(start, start + 2 * LINK_WINDOW), LINK_WINDOW);
  const end = near.indexOf("]]", from - start);
  return end < 0 ? -1 : start + end;
};

/**
 * The run of three or more backticks or tildes that `line` begins with, after at most three spaces; else "".
 * @type {(line: string) => string}
 */
const fenceOf = (line) => {
  let start = 0;
  while (line[start] === " ") start += 1;
  if (start > FENCE || (line[start] !== "`" && line[start] !== "~")) return "";
  const end = runEnd(line, start);
  if (end - start < FENCE || (line[start] === "`" && line.includes("`", end))) return "";
  return line.slice(start, end);
};

/**
 * Whether `line` ends the block that `fence` opened: as long or longer, of the same kind, and nothing behind.
 * @type {(line: string, marker: string, fence: string) => boolean}
 */
const closes = (line, marker, fence) =>
  marker[0] === fence[0] && marker.length >= fence.length && trim(line) === marker;

/** @type {(line: string, found: {tags: string[], links: string[]}) => void} */
const findInLine = (line, found) => {
  if (!line.includes("#") && !line.includes("[[")) return;
  const last = lastRuns(line);
  let position = 0;
  while (position < line.length) {
    const character = line[position];
    if (character === "\\") {
      position += 2;
    } else if (character === "`") {
      position = afterCode(line, position, last);
    } else if (character === "#" && mayBeginTag(line, position)) {
      const end = tagEnd(line, position + 1);
      keepTag(line.slice(position + 1, end), found.tags);
      position = end;
    } else if (line.startsWith("[[", position)) {
      position = afterLink(line, position, found.links);
    } else {
      position += 1;
    }
  }
};

/**
 * Where the last run of backticks of each length begins.
 * @type {(line: string) => Map<number, number>}
 */
const lastRuns = (line) => {
  const runs = new Map();
  let position = line.indexOf("`");
  while (position >= 0) {
    const end = runEnd(line, position);
    runs.set(end - position, position);
    position = line.indexOf("`", end);
  }
  return runs;
};

/**
 * The place behind the code span that the backticks at `start` open, or behind those when nothing closes it.
 * @type {(line: string, start: number, last: Map<number, number>) => number}
 */
const afterCode = (line, start, last) => {
  const opened = runEnd(line, start);
  let position = opened;
  while (position <= (last.get(opened - start) ?? 0)) {
    if (line[position] !== "`") {
      position += 1;
      continue;
    }
    const end = runEnd(line, position);
    if (end - position === opened - start) return end;
    position = end;
  }
  return opened;
};

/** @type {(line: string, position: number) => boolean} */
const mayBeginTag = (line, position) =>
  position === 0 || SPACES.has(line[position - 1]) || OPENING.has(line[position - 1]);

/** @type {(line: string, start: number) => number} */
const tagEnd = (line, start) => {
  let end = start;
  while (end < line.length && inTag(line[end])) end += 1;
  return end;
};

/**
 * Half of a surrogate pair counts as a letter, which is what both halves together are.
 * @type {(unit: string) => boolean}
 */
const inTag = (unit) =>
  unit < "\x80" ? ASCII_TAG.has(unit) : !SPACES.has(unit) && !(unit >= "\u2000" && unit <= "\u206f");

/** @type {(name: string, tags: string[]) => void} */
const keepTag = (name, tags) => {
  for (const character of name) {
    if (!DIGITS.has(character)) {
      tags.push(name);
      return;
    }
  }
};

/**
 * Keep the title between `[[` at `start` and the next `]]`; the place behind it, or one on when there is none.
 * @type {(line: string, start: number, links: string[]) => number}
 */
const afterLink = (line, start, links) => {
  const end = linkEnd(line, start, start + 2);
  if (end < 0 || line.slice(start + 1, end).includes("[[")) return start + 1;
  const title = trim(line.slice(start + 2, end));
  if (title) links.push(title);
  return end + 2;
};

/** @type {(line: string, start: number) => number} */
const runEnd = (line, start) => {
  let end = start;
  while (end < line.length && line[end] === line[start]) end += 1;
  return end;
};
