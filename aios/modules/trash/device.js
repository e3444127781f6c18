// @ts-check
/** What the trash shows, and what taking something back means. Twin of views.py. */
import { DAY_MS, fromWire } from "../../static/device/clock.js";
import { get, pageNumber } from "../../static/device/query.js";
import { head } from "../../static/device/text.js";
import { moment } from "../../static/device/when.js";

/**
 * @typedef {import("../module.js").Context} Context
 * @typedef {import("../module.js").Document} Document
 * @typedef {import("../module.js").Form} Form
 * @typedef {import("../module.js").Query} Query
 * @typedef {import("../module.js").View} View
 */

const LIMIT = 50;
const DAYS = 30;

/** `kinds` come from the modules themselves. Settings are never here: there is one record of them, always. @type {View} */
const show = (documents, query) => {
  const kinds = new Map(documents.kinds.map((/** @type {any} */ each) => [each.name, each]));
  const page = pageNumber(query);
  const total = documents.count;
  return {
    title: "Trash",
    rows: documents.trash
      .filter((/** @type {Document} */ each) => kinds.get(each._collection)?.single === false)
      .map((/** @type {Document} */ each) => rowOf(each, kinds.get(each._collection), query)),
    total,
    newer: page > 1 ? `/trash?page=${page - 1}` : "",
    older: total > page * LIMIT ? `/trash?page=${page + 1}` : "",
    toast: toast(query),
  };
};

/** @type {(document: Document, kind: any, query: Query) => Context} */
const rowOf = (document, { singular, module, icon }, query) => {
  const deleted = document._deleted;
  const left = Math.max(1, DAYS - Math.floor((fromWire(query.now) - fromWire(deleted)) / DAY_MS));
  const first = head(singular, 1);
  return {
    record: `${document._collection}/${document.id}`,
    title: document.title || document.name || first.toUpperCase() + singular.slice(first.length),
    kind: singular,
    module,
    icon,
    when: moment(deleted, query.zone, query.now),
    left: left === 1 ? "1 day left" : `${left} days left`,
  };
};

/** @type {(query: Query) => Context | null} */
const toast = (query) => {
  const restored = get(query, "restored");
  if (!/^[0-9]+$/.test(restored)) return null;
  return { text: `${restored} taken back`, icon: "undo-2", path: "", method: "", label: "" };
};

/**
 * Take back what was ticked, or the one whose button was pressed. What is not in the trash any more is left out.
 * @type {(documents: any, form: Form, query: Query) => import("../module.js").Submission}
 */
const restore = ({ trash }, form) => {
  const wanted = form.get("only")?.length ? form.get("only") : (form.get("record") ?? []);
  const mutations = trash
    .filter((/** @type {Document} */ each) => wanted?.includes(`${each._collection}/${each.id}`))
    .map((/** @type {Document} */ each) => ({ op: "restore", collection: each._collection, id: each.id }));
  return { mutations, location: mutations.length ? `/trash?restored=${mutations.length}` : "/trash" };
};

export const pages = { "/trash": show };
export const actions = { "PUT /trash/restoration": restore };
