/** A new note from a template: a note with the tag `template`, whose variables are filled in. Twin of drafts.py. */
import { get } from "../../static/device/query.js";
import { trim } from "../../static/device/text.js";
import { clock, longDay } from "../../static/device/when.js";

/**
 * @typedef {import("../module.js").Document} Document
 * @typedef {import("../module.js").Query} Query
 */

const TEMPLATE = "template";

/**
 * What the editor of a new note begins with.
 * @type {(template: Document | null, query: Query) => {title: string, body: string, tags: string}}
 */
export const draft = (template, query) => {
  const given = get(query, "title");
  if (template === null) return { title: given, body: "", tags: get(query, "tag") };
  const title = given || filled(template.title, "", query);
  const lines = template.bodyMarkdown.split("\n").filter((/** @type {string} */ line) => trim(line) !== `#${TEMPLATE}`);
  const tags = template.explicitTags.filter((/** @type {string} */ tag) => tag !== TEMPLATE);
  return { title, body: filled(lines.join("\n"), title, query), tags: tags.join(", ") };
};

/**
 * `text` with its variables replaced; the title comes last, so that what it holds stays as it is.
 * @type {(text: string, title: string, query: Query) => string}
 */
const filled = (text, title, query) =>
  text
    .replaceAll("{{date}}", query.day)
    .replaceAll("{{day}}", longDay(query.day))
    .replaceAll("{{time}}", clock(query.now, query.zone))
    .replaceAll("{{title}}", () => title);
