/** Ticking a task in the rendered text of a note: a change of that line alone. Twin of ticking.py. */
import { value } from "../../static/device/forms.js";
import { textHash } from "../../static/device/text.js";

const CHANGED = "This line was changed meanwhile. Look at it again, then tick it.";
const NUMBER = /^[0-9]{1,5}$/;
/** @type {Record<string, string>} */
const TOGGLED = { "[ ]": "[x]", "[x]": "[ ]", "[X]": "[ ]" };

/**
 * Turn the box of the line that the button named: `12:- [ ] the line as it was shown`.
 * @type {import("../module.js").Submit}
 */
export const tick = ({ note }, form) => {
  const lines = note.bodyMarkdown.split("\n");
  const [number, ...rest] = value(form, "task").split(":");
  const line = rest.join(":");
  const place = NUMBER.test(number) ? Number(number) : 0;
  const wanted = toggled(line);
  const location = `/notebook/${note.id}`;
  if (wanted && lines[place] === wanted) return { location };
  const same = [...lines.keys()].filter((at) => lines[at] === line);
  if (!wanted || !same.length) return { errors: { "": CHANGED } };
  const nearest = same.reduce((best, at) => (Math.abs(at - place) < Math.abs(best - place) ? at : best));
  const fields = { bodyMarkdown: lines.with(nearest, wanted).join("\n") };
  const bases = { bodyMarkdown: textHash(note.bodyMarkdown) };
  return { mutations: [{ op: "update", collection: "notes", id: note.id, fields, bases }], location };
};

/** `line` with its box turned; "" when it has none. @type {(line: string) => string} */
const toggled = (line) => {
  const start = line.indexOf("[");
  const box = start >= 0 ? TOGGLED[line.slice(start, start + 3)] : undefined;
  return box ? line.slice(0, start) + box + line.slice(start + 3) : "";
};
