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
const SAVED = { text: "Settings saved", icon: "check", path: "", method: "", label: "" };

/** The settings as they are; after a refusal, as they were chosen. @type {View} */
const show = (_, query) => {
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
  const fields = {
    darkMode: value(form, "darkMode") === "true",
    colorTheme: value(form, "colorTheme"),
    moduleViewMode: value(form, "moduleViewMode"),
    enabledModules: all ? [] : chosen,
    timezone: zone,
  };
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

export const pages = { [PATH]: show };
export const actions = { [`PUT ${PATH}`]: save };
