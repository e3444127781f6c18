/** Several notes at once: pinned, archived, tagged or deleted, and that taken back. Twin of selection.py. */
import { nextPath, value } from "../../static/device/forms.js";
import { isId } from "../../static/device/ids.js";
import { get } from "../../static/device/query.js";
import { filters } from "../../static/device/templates_runtime.js";
import { trim } from "../../static/device/text.js";

/**
 * @typedef {import("../module.js").Context} Context
 * @typedef {import("../module.js").Document} Document
 * @typedef {import("../module.js").Form} Form
 * @typedef {import("../module.js").Query} Query
 */

/** Notes that one act may be taken back for: their ids stand in an address. */
const MOST = 200;
/**
 * What was done: the field of the form that does it, its value, how that is said, and its symbol.
 * @type {Record<string, string[]>}
 */
const ACTS = {
  pinned: ["isPinned", "true", "pinned", "pin"],
  unpinned: ["isPinned", "false", "no longer pinned", "pin-off"],
  archived: ["isArchived", "true", "archived", "archive"],
  unarchived: ["isArchived", "false", "out of the archive", "archive-restore"],
  tagged: ["tagged", "true", "tagged", "tag"],
  untagged: ["tagged", "false", "without the tag", "tag"],
  deleted: ["deleted", "true", "deleted", "trash-2"],
  restored: ["deleted", "false", "back from the trash", "undo-2"],
};
/** @type {Record<string, "delete" | "restore">} */
const OPS = { deleted: "delete", restored: "restore" };

/**
 * The tags of a line such as `work, #foz`.
 * @type {(line: string) => string[]}
 */
export const tagsOf = (line) => {
  const names = line.split(",").map((part) => {
    const trimmed = trim(part);
    return trim(trimmed.startsWith("#") ? trimmed.slice(1) : trimmed);
  });
  return [...new Set(names.filter((each) => each))];
};

/**
 * Change the selected notes; those that are so already stay as they are, and Undo leaves them alone.
 * @type {import("../module.js").Submit}
 */
export const select = ({ notes, gone }, form) => {
  const chosen = new Set(form.get("note") ?? []);
  const act = Object.keys(ACTS).find((each) => value(form, ACTS[each][0]) === ACTS[each][1]) ?? "";
  const tags = tagsOf(value(form, "tag"));
  if (isTagging(act) && !tags.length) return { errors: { "": "Write the tag first, then select the notes again." } };
  const mutations = (act === "restored" ? gone : notes)
    .filter((/** @type {Document} */ { id }) => chosen.has(id))
    .map((/** @type {Document} */ note) => ({ id: note.id, fields: change(act, tags, note) }))
    .filter((/** @type {any} */ { fields }) => fields !== null)
    .map((/** @type {any} */ each) => ({ op: OPS[act] ?? "update", collection: "notes", ...each }));
  return { mutations, location: location(form, act, mutations) };
};

/** @type {(act: string) => boolean} */
const isTagging = (act) => act === "tagged" || act === "untagged";

/**
 * The fields that `act` changes in `note`; null when there is nothing to do.
 * @type {(act: string, tags: string[], note: Document) => Document | null}
 */
const change = (act, tags, note) => {
  if (act in OPS) return {};
  if (isTagging(act)) {
    const wanted = act === "tagged";
    const changed = tags.filter((tag) => note.explicitTags.includes(tag) !== wanted);
    return changed.length ? Object.fromEntries(changed.map((tag) => [`tags/${tag}`, wanted || null])) : null;
  }
  if (!act) return null;
  const [field, state] = ACTS[act];
  return note[field] === (state === "true") ? null : { [field]: state === "true" };
};

/**
 * Back to the list, with what can be taken back.
 * @type {(form: Form, act: string, mutations: {id: string}[]) => string}
 */
const location = (form, act, mutations) => {
  const path = nextPath(form, "notebook", "/notebook");
  if (!mutations.length) return path;
  const named = isTagging(act) ? `&named=${filters.urlpath(value(form, "tag"))}` : "";
  const which = mutations.slice(0, MOST).map(({ id }) => id);
  return `${path}${path.includes("?") ? "&" : "?"}did=${act}${named}&which=${which.join(".")}`;
};

/**
 * What was just done to several notes, and the form that takes it back; null when it was nothing.
 * @type {(query: Query) => Context | null}
 */
export const undo = (query) => {
  const act = get(query, "did");
  const ids = get(query, "which").split(".").filter(isId).slice(0, MOST);
  if (!Object.hasOwn(ACTS, act) || !ids.length) return null;
  const [field, state, words, icon] = ACTS[act];
  const fields = [
    { name: field, value: state === "true" ? "false" : "true" },
    { name: "tag", value: get(query, "named") },
  ];
  return {
    text: `${ids.length} ${ids.length === 1 ? "note" : "notes"} ${words}`,
    icon,
    fields: fields.filter((each) => each.value),
    ids,
  };
};
