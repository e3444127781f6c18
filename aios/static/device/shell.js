// @ts-check
/** What stands around every page of a signed-in person: theme, navigation, tab bar, menu. Twin of aios/web/shell.py. */

import { head } from "./text.js";

/**
 * @typedef {{name: string, title: string, icon: string, summary: string, listed: boolean, make: string,
 *   makeLabel: string}} Module
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
    make_href: here ? here.make : "",
    make_label: here ? here.makeLabel : "",
    makes: enabled.filter(({ make }) => make).map(({ make, makeLabel, icon }) => ({ href: make, label: makeLabel, icon })),
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
  return [left, place("Home", "layout-grid", "/", moduleName === "home"), right];
}

/** @param {Module} module @param {string} moduleName */
const modulePlace = (module, moduleName) =>
  place(module.title, module.icon, `/${module.name}`, module.name === moduleName);

/** @param {string} title @param {string} icon @param {string} href @param {boolean} current */
const place = (title, icon, href, current) => ({ title, icon, href, current });
