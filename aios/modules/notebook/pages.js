/** What the Notebook's form posts mean. Twin of pages.py. */
import { bases, edited, recordId, seenRev, value, visible } from "../../static/device/forms.js";
import { get } from "../../static/device/query.js";
import { trim } from "../../static/device/text.js";
import { name } from "./excerpts.js";
import { tagsOf } from "./selection.js";

/**
 * @typedef {import("../module.js").Form} Form
 * @typedef {import("../module.js").Submit} Submit
 */

const NOTHING = "Write a title or some text first.";

/** Keep a new note. @type {Submit} */
export const create = (_, form, query) => {
  const fields = fieldsOf(form);
  if (!fields.title) return { errors: { bodyMarkdown: NOTHING } };
  const id = recordId(form, query);
  return { mutations: [{ op: "create", collection: "notes", id, fields }], location: `/notebook/${id}` };
};

/** Keep what was changed in the editor; syncing joins it with what was changed elsewhere meanwhile. @type {Submit} */
export const save = ({ note }, form) => {
  const fields = fieldsOf(form);
  if (!fields.title) return { errors: { bodyMarkdown: NOTHING } };
  const changes = edited(form, fields, { tags: tagsOf });
  const seen = { bases: bases(form, "bodyMarkdown"), baseRev: seenRev(form) };
  return {
    mutations: [{ op: "update", collection: "notes", id: note.id, fields: changes, ...seen }],
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
