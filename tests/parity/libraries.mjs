/**
 * Calls the device's base libraries for the parity tests: one JSON list of calls a line on stdin, one list of answers a
 * line on stdout. A call is `["text.fold", ["É"]]`, its answer `{"value": "e"}` or `{"error": "RangeError"}`.
 */
import { createInterface } from "node:readline";

const NAMES = ["clock", "errors", "forms", "ids", "markdown", "query", "recurrence", "text", "when"];
/** @type {Record<string, Record<string, any>>} */
const libraries = {};
for (const name of NAMES) libraries[name] = await import(`../../aios/static/device/${name}.js`);
libraries.order = await import("../../aios/modules/planner/order.js");
libraries.quick = {
  ...(await import("../../aios/static/device/quick.js")),
  ...(await import("../../aios/modules/planner/quick.js")),
};
for (const name of ["days", "form", "happening", "meetings", "repeating", "rules"]) {
  libraries[`calendar_${name}`] = await import(`../../aios/modules/calendar/${name}.js`);
}
/** @param {any} document @param {any} previous */
const derived = (document, previous) => {
  libraries.calendar_rules.deriveEvent(document, previous);
  return document;
};
libraries.calendar_rules = { ...libraries.calendar_rules, derived };

/** @param {string} _ @param {any} value what JSON cannot write: bytes, forms */
const revive = (_, value) => {
  if (typeof value?.$bytes === "string") return new Uint8Array(Buffer.from(value.$bytes, "base64"));
  return Array.isArray(value?.$form) ? new Map(value.$form) : value;
};

/** @param {any} value */
const plain = (value) => {
  if (value instanceof libraries.errors.AiosError) return { ...value, type: value.name, message: value.message };
  if (value instanceof Map) return { $form: [...value] };
  return typeof value?.html === "string" ? value.html : value;
};

/** @param {[string, any[]]} call */
const answer = ([path, given]) => {
  const [library, name] = path.split(".");
  const found = libraries[library][name];
  try {
    return { value: plain(found.prototype instanceof Error ? new found(...given) : found(...given)) };
  } catch (error) {
    return { error: /** @type {Error} */ (error).name };
  }
};

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(JSON.parse(line, revive).map(answer))}\n`);
}
