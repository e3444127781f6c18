// @ts-check
/** What the capture page shows, and what its form means. Twin of views.py. */
import { recordId, value, visible } from "../../static/device/forms.js";
import { isId } from "../../static/device/ids.js";
import { get, typed } from "../../static/device/query.js";
import { trim } from "../../static/device/text.js";

/**
 * @typedef {import("../module.js").Context} Context
 * @typedef {import("../module.js").Form} Form
 * @typedef {import("../module.js").Submit} Submit
 * @typedef {import("../module.js").View} View
 */

const PATH = "/capture";
const OWN_PATH = /^\/(?![/\\])[!-~]*$/;

/** The form, filled with what was shared or typed. `captures` come from the modules themselves. @type {View} */
const show = ({ captures }, query) => {
  const shared = new Set(["title", "text", "url"].map((name) => trim(get(query, name))).filter(Boolean));
  const wanted = typed(query, "in", get(query, "in"));
  return {
    title: "Capture",
    id: typed(query, "id", query.newId),
    text: typed(query, "text", [...shared].join("\n")),
    choices: captures.map((/** @type {Context} */ { name, label }) => ({ value: name, label })),
    chosen: captures.length ? chosen(captures, wanted).name : "",
    back: typed(query, "back", ""),
    error: Object.entries(query.errors).find(([field]) => field)?.[1] ?? "",
  };
};

/** Let the chosen module make what it makes of such a text, and go back to where the person was. @type {Submit} */
const keep = ({ captures }, form, query) => {
  let text = value(form, "text");
  if (!captures.length) return { errors: { text: "Nothing can be captured. Switch on a module in Settings first." } };
  if (!visible(text)) return { errors: { text: "Write something first." } };
  const { path, field, line } = chosen(captures, value(form, "in"));
  if (line) text = text.split("\n").map(trim).filter(Boolean).join(" ");
  const given = new Map([[field, [text]], ["id", [recordId(form, query)]]]);
  const back = backOf(form);
  return {
    forward: { path, method: "POST", form: given },
    location: back ? `${back}${back.includes("?") ? "&" : "?"}made={made}` : "",
  };
};

/** Delete what was just captured, as its own page would. @type {Submit} */
const undo = (_, form) => {
  const path = value(form, "made");
  if (!isId(path.slice(path.lastIndexOf("/") + 1))) return { errors: { "": "There is nothing to undo." } };
  return { forward: { path, method: "DELETE", form: new Map() }, location: backOf(form) };
};

/** @type {(captures: Context[], name: string) => Context} */
const chosen = (captures, name) => captures.find((each) => each.name === name) ?? captures[0];

/** Where the person was, without the toast that was there; "" when that is not known. @type {(form: Form) => string} */
const backOf = (form) => {
  const given = value(form, "back");
  if (!OWN_PATH.test(given)) return "";
  const [path, search = ""] = split(split(given, "#")[0], "?");
  const kept = search.split("&").filter((each) => each && !each.startsWith("made="));
  return kept.length ? `${path}?${kept.join("&")}` : path;
};

/** The text before and after the first `mark`. @type {(text: string, mark: string) => [string, string]} */
const split = (text, mark) => {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
};

export const pages = { [PATH]: show };
export const actions = { [`POST ${PATH}`]: keep, [`DELETE ${PATH}`]: undo };
