/** Settings on the device: what the page shows, and what its form means. Twin of views.py. */
import { value } from "../../static/device/forms.js";
import { impliedId } from "../../static/device/ids.js";
import { get, typed } from "../../static/device/query.js";
import { trim } from "../../static/device/text.js";
import { isZone } from "../../static/device/when.js";

/**
 * @typedef {import("../module.js").Submit} Submit
 * @typedef {import("../module.js").View} View
 */

const PATH = "/settings";
const THEMES = [
  { value: "true", label: "Dark" },
  { value: "false", label: "Light" },
];
const MODES = [
  { value: "grid", label: "Grid" },
  { value: "list", label: "List" },
];
const ACCENTS = [
  { value: "cyan", label: "Cyan" },
  { value: "blue", label: "Blue" },
  { value: "purple", label: "Purple" },
  { value: "pink", label: "Pink" },
  { value: "orange", label: "Orange" },
  { value: "green", label: "Green" },
];
const SWITCHES = ["singleKeyShortcuts", "appBadge"];
const AGES = [
  { value: "0", label: "Never" },
  { value: "30", label: "After 30 days" },
  { value: "90", label: "After 90 days" },
  { value: "180", label: "After 180 days" },
  { value: "365", label: "After a year" },
  { value: "730", label: "After 2 years" },
];
const MOST_DAYS = 3_650;
const SAVED = { text: "Settings saved", icon: "check", path: "", method: "", label: "" };

/** The settings as they are; after a refusal, as they were chosen. @type {View} */
const show = (documents, query) => {
  const { settings, zone } = query;
  return {
    title: "Settings",
    toast: get(query, "saved") ? SAVED : null,
    themes: THEMES,
    accents: ACCENTS,
    modes: MODES,
    dark_mode: typed(query, "darkMode", settings.darkMode ? "true" : "false"),
    color_theme: typed(query, "colorTheme", settings.colorTheme),
    module_view_mode: typed(query, "moduleViewMode", settings.moduleViewMode),
    keys: isOn(query, "singleKeyShortcuts"),
    badge: isOn(query, "appBadge"),
    rules: documents.retention.map((/** @type {any} */ each) => rule(each, query)),
    timezone: typed(query, "timezone", settings.timezone),
    timezone_hint: settings.timezone ? "" : `Now ${zone}. Leave it empty to follow each device.`,
  };
};

/**
 * Set every field that the form shows; a choice of all modules is kept as none, so that later ones appear too.
 * @type {Submit}
 */
const save = (documents, form, query) => {
  const zone = trim(value(form, "timezone"));
  const [chosen, offered] = [form.get("enabledModules") ?? [], form.get("offered") ?? []];
  /** @type {Record<string, string>} */
  const errors = {};
  if (zone && !isZone(zone)) {
    errors.timezone = "This zone is not known. Write it like Europe/Lisbon, or leave it empty.";
  }
  if (offered.length && !chosen.length) errors.enabledModules = "Choose at least one module.";
  if (Object.keys(errors).length) return { errors };
  const all = chosen.length === offered.length && chosen.every((name, place) => name === offered[place]);
  /** @type {Record<string, any>} */
  const fields = {
    darkMode: value(form, "darkMode") === "true",
    colorTheme: value(form, "colorTheme"),
    moduleViewMode: value(form, "moduleViewMode"),
    enabledModules: all ? [] : chosen,
    timezone: zone,
  };
  if (form.has("switches")) for (const name of SWITCHES) fields[name] = value(form, name) === "true";
  const asked = documents.retention.filter((/** @type {any} */ each) => form.has(field(each)));
  if (asked.length) {
    const kept = { ...query.settings.retention };
    for (const each of asked) kept[each.name] = days(value(form, field(each)));
    fields.retention = Object.fromEntries(Object.entries(kept).filter(([, count]) => count));
  }
  return {
    mutations: [
      {
        op: documents.stored.length ? "update" : "create",
        collection: "settings",
        id: impliedId(query.space, "settings", "settings"),
        fields,
      },
    ],
    location: `${PATH}?saved=1`,
  };
};

/** A rule for what is old, with the ages that it may act at; one that a program has set is among them. @param {any} each @param {any} query */
const rule = (each, query) => {
  const chosen = typed(query, field(each), String(query.settings.retention?.[each.name] ?? 0));
  const isKnown = AGES.some(({ value: days }) => days === chosen);
  const options = isKnown ? AGES : [...AGES, { value: chosen, label: `After ${chosen} days` }];
  return { ...each, field: field(each), value: chosen, options };
};

/** @param {{name: string}} rule */
const field = ({ name }) => `retention.${name}`;

/** A number of days; what is none is never. @param {string} given */
const days = (given) => (/^[0-9]{1,4}$/.test(given) ? Math.min(Number(given), MOST_DAYS) : 0);

// A switch that is off sends nothing, and settings from before it know nothing of it.
/** @type {(query: import("../module.js").Query, name: string) => boolean} */
const isOn = ({ form, settings }, name) =>
  Object.keys(form).length ? typed({ form }, name, "") === "true" : (settings[name] ?? true);

export const pages = { [PATH]: show };
export const actions = { [`PUT ${PATH}`]: save };
