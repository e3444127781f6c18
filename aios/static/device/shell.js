// @ts-check
/** What stands around every page of a signed-in person: theme, navigation, tab bar, menu. Twin of aios/web/shell.py. */

import { head } from "./text.js";

/**
 * @typedef {{name: string, title: string, icon: string, summary: string, listed: boolean, make: string,
 *   makeLabel: string, jump: string, capture: {label: string} | null}} Module
 */

/**
 * Make the context of shell/page.html.
 * @param {any} query
 * @param {string} moduleName the module that the page belongs to, or ""
 * @param {Module[]} modules all, in order
 */
export function shell(query, moduleName, modules) {
  const listed = modules.filter((module) => module.listed);
  const enabled = enabledModules(query.settings, listed);
  const here = listed.find((module) => module.name === moduleName);
  return {
    title_suffix: " · AIOS",
    theme: (query.settings.darkMode ?? true) ? "dark" : "light",
    accent: query.settings.colorTheme ?? "cyan",
    account: query.space,
    user: query.user,
    device: query.device,
    initials: head(query.user, 2).toUpperCase(),
    nav: enabled.map((module) => ({ name: module.name, ...modulePlace(module, moduleName) })),
    modules: listed.map(({ name, title, icon, summary }) => ({
      name,
      title,
      icon,
      summary,
      on: enabled.some((each) => each.name === name),
    })),
    tabs: tabs(here, enabled, moduleName),
    places: modules.filter(({ jump, listed }) => jump && !listed).map((module) => modulePlace(module, moduleName)),
    makes: enabled
      .filter(({ make }) => make)
      .map((each) => ({ href: each.make, label: each.makeLabel, icon: each.icon, current: each === (here ?? enabled[0]) })),
    captures: captures(enabled, moduleName),
    new_id: query.newId,
    keys: query.settings.singleKeyShortcuts ?? true,
  };
}

/**
 * Those of `modules` that the person switched on; all of them where no choice was made.
 * @template {{name: string}} M
 * @param {any} settings
 * @param {M[]} modules
 */
export function enabledModules(settings, modules) {
  /** @type {string[]} */
  const chosen = settings.enabledModules ?? [];
  return modules.filter(({ name }) => !chosen.length || chosen.includes(name));
}

/** @param {Module | undefined} here @param {Module[]} enabled @param {string} moduleName */
function tabs(here, enabled, moduleName) {
  // The module you are in takes the left place, so there is always a "you are here".
  const placed = [...(here ? [here] : []), ...enabled.filter((module) => module !== here)];
  const settings = place("Settings", "sliders-horizontal", "/settings", moduleName === "settings");
  const [left, right] = [...placed.slice(0, 2).map((module) => modulePlace(module, moduleName)), settings, settings];
  return [left, place("Search", "search", "/search", moduleName === "search"), right];
}

/** @param {Module[]} enabled @param {string} moduleName */
function captures(enabled, moduleName) {
  const takers = enabled.filter(({ capture }) => capture);
  const chosen = takers.find(({ name }) => name === moduleName) ?? takers[0];
  return takers.map((module) => ({ name: module.name, label: module.capture?.label ?? "", current: module === chosen }));
}

/** @param {Module} module @param {string} moduleName */
const modulePlace = (module, moduleName) =>
  place(module.title, module.icon, `/${module.name}`, module.name === moduleName, module.jump);

/** @param {string} title @param {string} icon @param {string} href @param {boolean} current @param {string} jump */
const place = (title, icon, href, current, jump = "") => ({ title, icon, href, current, jump });
