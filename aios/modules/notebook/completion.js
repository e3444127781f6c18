/** What may stand behind `#` or `[[` in the editor. Twin of completion.py. */
import { get } from "../../static/device/query.js";
import { compare, sortKey } from "../../static/device/text.js";

const MOST = 8;

/**
 * Tags, those of most notes first; or titles in their order, from what was typed on.
 * @type {import("../module.js").View}
 */
export const completionPage = ({ tags, titles }, query) => {
  const prefix = sortKey(get(query, "prefix"));
  /** @type {string[]} */
  const names =
    get(query, "kind") === "tag"
      ? [...tags].sort((a, b) => b[1] - a[1] || compare(a[0], b[0])).map(([name]) => name)
      : titles.map((/** @type {any} */ { title }) => title);
  const found = [...new Set(names.filter((name) => sortKey(name).startsWith(prefix)))];
  return { title: "Completion", found: found.slice(0, MOST) };
};
