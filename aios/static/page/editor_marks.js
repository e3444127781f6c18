// @ts-check
/**
 * What the toolbar, its keys and Enter do to a text.
 *
 * @typedef {{from: number, to: number, text: string, start: number, end: number}} Edit
 *   what is replaced, by what, and what is selected then
 */

/** @type {Record<string, [string, string]>} */
const AROUND = {
  bold: ["**", "**"],
  italic: ["*", "*"],
  code: ["`", "`"],
  brackets: ["[[", "]]"],
  hash: ["#", ""],
};
/** @type {Record<string, string>} */
const BEFORE = { heading: "## ", list: "- ", "list-checks": "- [ ] ", "text-quote": "> " };
const ANY_MARK = /^(?:#{1,6} |[-*+] \[[ xX]\] |[-*+] |\d{1,9}[.)] |> )/;
const ITEM = /^(\s*)(?:([-*+])|(\d{1,9})([.)])|(>))( +)(\[[ xX]\] +)?/;

/**
 * The edit that a mark makes.
 * @param {string} kind @param {string} text @param {number} start @param {number} end @returns {Edit}
 */
export function mark(kind, text, start, end) {
  const selected = text.slice(start, end);
  if (kind in BEFORE) return lines(BEFORE[kind], text, start, end);
  if (kind === "link") {
    const from = start + selected.length + 3;
    return { from: start, to: end, text: `[${selected}](https://)`, start: from, end: from + 8 };
  }
  const [before, after] = AROUND[kind];
  const outer = [start - before.length, end + after.length];
  if (after && text.slice(outer[0], start) === before && text.slice(end, outer[1]) === after) {
    return { from: outer[0], to: outer[1], text: selected, start: outer[0], end: outer[0] + selected.length };
  }
  const from = start + before.length;
  return { from: start, to: end, text: before + selected + after, start: from, end: from + selected.length };
}

/**
 * Put a mark before each line, in place of another; or take it away.
 * @param {string} sign @param {string} text @param {number} start @param {number} end @returns {Edit}
 */
function lines(sign, text, start, end) {
  const from = text.lastIndexOf("\n", start - 1) + 1;
  const next = text.indexOf("\n", end);
  const to = next < 0 ? text.length : next;
  const all = text.slice(from, to).split("\n");
  const off = all.every((line) => line.startsWith(sign));
  const made = all.map((line) => (off ? line.slice(sign.length) : sign + line.replace(ANY_MARK, ""))).join("\n");
  const one = start === end;
  return { from, to, text: made, start: one ? from + made.length : from, end: from + made.length };
}

/**
 * How Enter goes on with a list; null where there is none.
 * @param {string} text @param {number} at @returns {Edit | null}
 */
export function onward(text, at) {
  const from = text.lastIndexOf("\n", at - 1) + 1;
  const line = text.slice(from, at);
  const item = ITEM.exec(line);
  if (!item) return null;
  const [whole, indent, bullet, number, point, quote, space, box] = item;
  if (whole === line && (text[at] ?? "\n") === "\n") return { from, to: at, text: "", start: from, end: from };
  const sign = number ? `${Number(number) + 1}${point}` : (bullet ?? quote);
  const made = `\n${indent}${sign}${space}${box ? "[ ] " : ""}`;
  return { from: at, to: at, text: made, start: at + made.length, end: at + made.length };
}

/** Make an edit so that the browser's own undo takes it back. @param {HTMLTextAreaElement} area @param {Edit} edit */
export function make(area, { from, to, text, start, end }) {
  area.focus();
  area.setSelectionRange(from, to);
  // The only way that keeps the browser's own undo.
  if (!document.execCommand(text ? "insertText" : "delete", false, text)) {
    area.setRangeText(text);
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
  area.setSelectionRange(start, end);
}
