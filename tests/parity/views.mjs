/**
 * Runs modules' views, form posts and rules for the parity tests: one JSON request a line on stdin, one answer a line
 * on stdout. Documents and query are frozen, so that a view which writes into them fails.
 */
import { createInterface } from "node:readline";
import { AiosError } from "../../aios/static/device/errors.js";
import { Safe } from "../../aios/static/device/templates_runtime.js";
import { setZones } from "../../aios/static/device/when.js";

const at = (/** @type {string} */ name) => new URL(`../../aios/modules/${name}/device.js`, import.meta.url).href;

/** @type {(value: any) => any} */
const frozen = (value) => {
  if (value instanceof Object) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
};

/** What a module has, to compare with what it declares. @type {(half: any) => any} */
const inventory = ({ pages = {}, actions = {}, tile, collections = {} }) => ({
  pages: Object.keys(pages),
  actions: Object.keys(actions),
  tile: typeof tile === "function",
  collections: Object.fromEntries(
    Object.entries(collections).map(([name, { derive, due, rules = [] }]) => [
      name,
      { derive: Boolean(derive), due: Boolean(due), rules: rules.map((/** @type {Function} */ rule) => rule.name) },
    ]),
  ),
});

/** @type {Record<string, (half: any, request: any) => any>} */
const RUN = {
  inventory,
  page: ({ pages }, { key, documents, query }) => pages[key](frozen(documents), frozen(query)),
  tile: ({ tile }, { documents, query }) => tile(frozen(documents), frozen(query)),
  action: ({ actions }, { key, documents, form, query }) =>
    actions[key](frozen(documents), new Map(Object.entries(frozen(form))), frozen(query)),
  derive: ({ collections }, { key, document, previous }) => {
    collections[key].derive(document, frozen(previous));
    return document;
  },
  due: ({ collections }, { key, document }) => collections[key].due(frozen(document)),
  rule: ({ collections }, { key, number, living, change }) => {
    const batch = { document: (/** @type {string} */ id) => (Object.hasOwn(living, id) ? living[id] : null) };
    collections[key].rules[number](batch, frozen(change));
    return null;
  },
};

/**
 * Safe HTML is written {"$safe": "<b>"}: JSON has no other way to tell it from text.
 * @type {(_: string, value: any) => any}
 */
const told = (_, value) => {
  if (value instanceof Map) return Object.fromEntries(value);
  return value instanceof Safe ? { $safe: value.html } : value;
};

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  /** @type {any} */
  let answer = {};
  try {
    if (request.kind === "zones") setZones(request.names);
    else answer = { value: RUN[request.kind](await import(at(request.module)), request) };
  } catch (error) {
    if (error instanceof AiosError) {
      answer = { error: error.name, detail: error.detail, errors: /** @type {any} */ (error).errors ?? [] };
    } else {
      answer = { crash: String(/** @type {Error} */ (error).stack) };
    }
  }
  process.stdout.write(`${JSON.stringify(answer, told)}\n`);
}
