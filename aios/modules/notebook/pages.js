/** What the Notebook's form posts mean. Twin of pages.py. */
import { changedElsewhere, recordId, value, visible } from "../../static/device/forms.js";
import { get } from "../../static/device/query.js";
import { textHash, trim } from "../../static/device/text.js";
import { name } from "./views.js";

/**
 * @typedef {import("../module.js").Form} Form
 * @typedef {import("../module.js").Submit} Submit
 */

const NOTHING = "Write a title or some text first.";
const CHANGED =
  "This text was changed elsewhere while you wrote. The editor holds yours, the preview what is saved. " +
  "Take over what you need, then save again.";

/** Keep a new note. @type {Submit} */
export const create = (_, form, query) => {
  const fields = fieldsOf(form);
  if (!fields.title) return { errors: { bodyMarkdown: NOTHING } };
  const id = recordId(form, query);
  return { mutations: [{ op: "create", collection: "notes", id, fields }], location: `/notebook/${id}` };
};

/** Keep what was changed in the editor, unless the text was changed elsewhere since it was opened. @type {Submit} */
export const save = ({ note }, form) => {
  const fields = fieldsOf(form);
  if (!fields.title) return { errors: { bodyMarkdown: NOTHING } };
  if (changedElsewhere(form, "bodyMarkdown", note.bodyMarkdown)) return { errors: { bodyMarkdown: CHANGED } };
  const bases = { bodyMarkdown: textHash(note.bodyMarkdown) };
  return {
    mutations: [{ op: "update", collection: "notes", id: note.id, fields, bases }],
    location: `/notebook/${note.id}`,
  };
};

/**
 * A submit that puts a yes-or-no field into `state` and returns to the note.
 * @type {(field: string, state: boolean) => Submit}
 */
export const set = (field, state) => (_documents, _form, query) => {
  const id = get(query, "id");
  return {
    mutations: [{ op: "update", collection: "notes", id, fields: { [field]: state } }],
    location: `/notebook/${id}`,
  };
};

/** Move a note to the trash; the list then offers to take it back. @type {Submit} */
export const remove = (_documents, _form, query) => {
  const id = get(query, "id");
  return { mutations: [{ op: "delete", collection: "notes", id }], location: `/notebook?deleted=${id}` };
};

/** Take a note back from the trash. @type {Submit} */
export const restore = (_documents, _form, query) => {
  const id = get(query, "id");
  return { mutations: [{ op: "restore", collection: "notes", id }], location: `/notebook/${id}` };
};

/**
 * The fields of the editor. Without a title the first line of the text is taken; "" when there is neither.
 * @type {(form: Form) => {title: string, bodyMarkdown: string, tags: string[]}}
 */
const fieldsOf = (form) => {
  const body = value(form, "bodyMarkdown");
  let title = trim(value(form, "title"));
  if (!visible(title)) title = visible(body) ? name(body) : "";
  return { title, bodyMarkdown: body, tags: tagsOf(value(form, "tags")) };
};

/**
 * The tags of a line such as `work, #foz`.
 * @type {(line: string) => string[]}
 */
const tagsOf = (line) => {
  const names = line.split(",").map((part) => {
    const trimmed = trim(part);
    return trim(trimmed.startsWith("#") ? trimmed.slice(1) : trimmed);
  });
  return [...new Set(names.filter((each) => each))];
};
