// @ts-check
/** What the keyboard map shows: the keys of every page, the jumps, and those of each module. Twin of views.py. */

/**
 * @typedef {import("../module.js").Context} Context
 * @typedef {import("../module.js").View} View
 */

/** @type {[string, string][]} */
const EVERYWHERE = [
  ["Ctrl K", "Search and commands (on a Mac: Command K)"],
  ["/", "Go to the search field of the page, or search everything"],
  ["c", "Capture a note or a task"],
  ["n", "Make what this page makes"],
  ["j", "Next row"],
  ["k", "Row before"],
  ["Enter", "Open the row"],
  ["Esc", "Close what is open"],
  ["?", "This page"],
];

/** `keys` come from the modules themselves. @type {View} */
const show = ({ keys }, { settings }) => {
  const jumps = keys.filter((/** @type {Context} */ each) => each.jump);
  const places = jumps.map((/** @type {Context} */ { jump, title }) => [`g ${jump}`, title]);
  const own = keys.filter((/** @type {Context} */ each) => each.keys.length);
  const groups = [group("everywhere", "On every page", EVERYWHERE), group("go", "Go to", [["g h", "Home"], ...places])];
  for (const [number, module] of own.entries()) {
    groups.push(group(`m${number}`, module.title, module.keys.map((/** @type {Context} */ { keys, label }) => [keys, label])));
  }
  return { title: "Keyboard", off: !(settings.singleKeyShortcuts ?? true), groups };
};

/** @type {(id: string, title: string, keys: [string, string][]) => Context} */
const group = (id, title, keys) => ({ id, title, keys: keys.map(([each, label]) => ({ keys: each.split(" "), label })) });

export const pages = { "/keyboard": show };
export const actions = {};
