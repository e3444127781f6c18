// @ts-check
/** What modules offer to pages of other modules, read from the registry. Twin of aios/web/offers.py. */
import { isId } from "./ids.js";
import { get } from "./query.js";
import { enabledModules } from "./shell.js";
import { head } from "./text.js";

/** @typedef {Record<string, any>} Context */

/**
 * What `wants` means by `name`: kinds, commands, captures, keys or retention.
 * @param {string} name
 * @param {any} registry
 * @param {any} query
 * @returns {Context[]}
 */
export const offered = (name, registry, query) => OFFERS[name](registry, query);

/**
 * The record that the parameter `made` names by its address, for a toast: what it is and where. null without one.
 * @param {any} registry
 * @param {any} query
 */
export function made(registry, query) {
  const path = get(query, "made");
  const cut = path.lastIndexOf("/");
  if (!isId(path.slice(cut + 1))) return null;
  const kind = kinds(registry).find(({ place }) => place === `${path.slice(0, Math.max(cut, 0))}/{id}`);
  return kind ? { text: `${capital(kind.singular)} kept`, path } : null;
}

/**
 * The address of a record's own page; "" when its collection has none.
 * @param {any} registry
 * @param {string} collection
 * @param {string} id
 */
export function place(registry, collection, id) {
  for (const module of registry.modules) {
    for (const { needs, reads, path } of module.pages) {
      if (needs && reads[needs].collection === collection && path.endsWith("/{id}")) return path.replace("{id}", id);
    }
  }
  return "";
}

/** @param {any} registry @returns {Context[]} */
const kinds = (registry) =>
  registry.modules.flatMap((/** @type {any} */ module) =>
    module.collections.map((/** @type {string} */ name) => {
      const { singular, single } = registry.collections[name];
      const { title, icon } = module;
      const own = { name, singular, single, module: title, module_name: module.name, icon };
      const archive = module.archives.find((/** @type {any} */ each) => each.collection === name) ?? null;
      return { ...own, place: place(registry, name, "{id}"), archive };
    }),
  );

/** @param {any} registry @param {any} query @returns {Context[]} */
function commands(registry, query) {
  const on = enabled(registry, query);
  const makes = on.filter(({ make }) => make).map(({ make, makeLabel, icon }) => ({ label: makeLabel, href: make, icon }));
  const goes = open(registry, on)
    .filter((each) => root(each) && (each.listed || each.jump || root(each) === "/"))
    .map((each) => ({ label: `Go to ${each.title}`, href: root(each), icon: each.icon }));
  return [...makes, ...goes];
}

/** @param {any} registry @param {any} query @returns {Context[]} */
const captures = (registry, query) =>
  enabled(registry, query)
    .filter(({ capture }) => capture)
    .map(({ name, icon, capture }) => ({ name, icon, ...capture }));

/** @param {any} registry @param {any} query @returns {Context[]} */
const keys = (registry, query) =>
  open(registry, enabled(registry, query))
    .filter((each) => each.jump || each.keys.length)
    .map(({ title, jump, keys }) => ({ title, jump, keys }));

/** @param {any} registry @returns {Context[]} */
const retention = (registry) => registry.modules.flatMap((/** @type {any} */ each) => each.retention);

/** @param {any} registry @param {any} query @returns {any[]} */
const enabled = (registry, query) =>
  enabledModules(query.settings, registry.modules.filter((/** @type {any} */ each) => each.listed));

/** @param {any} registry @param {any[]} on @returns {any[]} */
const open = (registry, on) => registry.modules.filter((/** @type {any} */ each) => on.includes(each) || !each.listed);

/** Where a module begins; "" when it has no page for that. @param {any} module @returns {string} */
function root({ name, pages }) {
  const paths = pages.map((/** @type {any} */ { path }) => path);
  return [`/${name}`, "/"].find((path) => paths.includes(path)) ?? "";
}

/** @param {string} word */
function capital(word) {
  const first = head(word, 1);
  return first.toUpperCase() + word.slice(first.length);
}

/** @type {Record<string, (registry: any, query: any) => Context[]>} */
const OFFERS = { kinds, commands, captures, keys, retention };
