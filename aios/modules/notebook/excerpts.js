/** Parts of a note's text in a line: its beginning, its name, where it links to another. Twin of excerpts.py. */
import { visible } from "../../static/device/forms.js";
import { excerpt } from "../../static/device/markdown.js";
import { START, isStub, size, start } from "../../static/device/stubs.js";
import { sortKey, trim } from "../../static/device/text.js";
import { linkEnd } from "./scanner.js";

/** @typedef {import("../module.js").Document} Document */

/** How much of a text's first line becomes the title of a note without one. */
const NAME_LENGTH = 80;
/** Characters shown before the link in the excerpt of a note that links here. */
const BEFORE_LINK = 40;

/**
 * The title of a note that was given none: the first line with any words, without Markdown's signs.
 * @type {(body: string) => string}
 */
export const name = (body) => {
  for (const line of body.split("\n")) {
    const text = excerpt(line, NAME_LENGTH);
    if (visible(text)) return text;
  }
  return "Untitled";
};

/**
 * The beginning of the body, which a stub has too; without its first line where that is the title already.
 * @type {(note: Document) => string}
 */
export const beginning = (note) => {
  const text = start(note, "bodyMarkdown");
  const [first, ...rest] = text.split("\n");
  const shown = excerpt(name(first) === note.title ? rest.join("\n") : text);
  return size(note, "bodyMarkdown") > START && !shown.endsWith("…") ? `${shown}…` : shown;
};

/**
 * The line of `note` that links to `title`, from a little before the link. Where the text is not here, its beginning
 * stands in its place: the one difference that a stub makes to a page.
 * @type {(note: Document, title: string) => string}
 */
export const around = (note, title) => {
  if (isStub(note, "bodyMarkdown")) return beginning(note);
  const link = sortKey(title);
  for (const line of note.bodyMarkdown.split("\n")) {
    let opening = line.indexOf("[[");
    while (opening >= 0) {
      const end = linkEnd(line, opening, opening);
      if (end >= 0 && sortKey(trim(line.slice(opening + 2, end))) === link) return fromShortlyBefore(line, opening);
      opening = line.indexOf("[[", opening + 1);
    }
  }
  return beginning(note);
};

/** @type {(line: string, opening: number) => string} */
const fromShortlyBefore = (line, opening) => {
  const before = Array.from(line.slice(0, opening));
  if (before.length <= BEFORE_LINK) return excerpt(line);
  const space = before.indexOf(" ", before.length - BEFORE_LINK);
  const words = space >= 0 ? before.slice(space + 1).join("") : "";
  return `… ${excerpt(words + line.slice(opening))}`;
};
