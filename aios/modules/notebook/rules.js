/** What follows from a note's body: tags and links that are written in it. Twin of rules.py. */
import { isStub } from "../../static/device/stubs.js";
import { length } from "../../static/device/text.js";
import { find } from "./scanner.js";

/**
 * @typedef {import("../module.js").Document} Document
 * @typedef {{field: string, explicit: string, longest: number, most: number}} Named
 *   a field that holds names, the one that holds those which were set, and their limits
 */

/** @type {Named} */
const TAGS = { field: "tags", explicit: "explicitTags", longest: 100, most: 100 };
/** @type {Named} */
const LINKS = { field: "links", explicit: "explicitLinks", longest: 200, most: 500 };

/**
 * Add what the body names to the tags and links that were set. A stub's body names what it named before.
 * @type {(document: Document, previous: Document | null) => void}
 */
export const derive = (document, previous) => {
  const found =
    previous !== null && isStub(document, "bodyMarkdown")
      ? { tags: ofBody(previous, TAGS), links: ofBody(previous, LINKS) }
      : find(document.bodyMarkdown);
  joinNames(document, previous, TAGS, found.tags);
  joinNames(document, previous, LINKS, found.links);
};

/**
 * The members of a field that come from the body, as far as can be told without it: those that nobody set.
 * @type {(note: Document, named: Named) => string[]}
 */
const ofBody = (note, named) => {
  const explicit = new Set(note[named.explicit]);
  return note[named.field].filter((/** @type {string} */ each) => !explicit.has(each));
};

/**
 * Split what was sent into what was set and what came from the body, and join both again.
 * @type {(document: Document, previous: Document | null, named: Named, found: string[]) => void}
 */
const joinNames = (document, previous, named, found) => {
  const before = new Set(previous === null ? [] : previous[named.field]);
  const setBefore = new Set(previous === null ? [] : previous[named.explicit]);
  const given = [...new Set(/** @type {string[]} */ (document[named.field]))];
  const explicit = given.filter((each) => !before.has(each) || setBefore.has(each));
  const short = found.filter((each) => length(each) <= named.longest);
  document[named.explicit] = explicit;
  document[named.field] = [...new Set([...explicit, ...short])].slice(0, named.most);
};
