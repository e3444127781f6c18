// @ts-check
/**
 * Saving while typing makes many entries of the outbox out of one change. One that has not left yet takes the next in,
 * as long as the server could not tell the difference (docs/sync.md, "Device").
 *
 * @typedef {import("./layout.js").Entry} Entry
 */
import { textHash } from "./text.js";

/** How far apart a record's making and an edit may lie and still be one change: it takes the time of the edit. */
const NEAR_MS = 600_000;

/**
 * The entry that stands for both, or null where they have to stay apart.
 * @param {Entry} earlier the last of the outbox
 * @param {Omit<Entry, "mid">} later
 * @returns {Entry | null}
 */
export function fold(earlier, later) {
  const { op, id, baseRev, fields, bases } = earlier;
  // What was pulled in between was seen by one of them only.
  if (later.op !== "update" || id !== later.id || baseRev !== later.baseRev) return null;
  const isNew = op === "create";
  if (isNew ? later.ms - earlier.ms > NEAR_MS : op !== "update") return null;
  for (const name of Object.keys(later.fields)) {
    if (isNew && name.includes("/")) return null;
    if (Object.keys(fields).some((each) => each.startsWith(`${name}/`) || name.startsWith(`${each}/`))) return null;
    const isText = Object.hasOwn(later.bases, name) && Object.hasOwn(fields, name);
    if (isText && later.bases[name] !== textHash(fields[name])) return null;
  }
  const joined = { ...earlier, ms: later.ms, fields: { ...fields, ...later.fields } };
  return isNew ? joined : { ...joined, bases: { ...later.bases, ...bases } };
}
