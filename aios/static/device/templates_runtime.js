/**
 * What compiled templates run on: docs/templates.md. Absent is `undefined`, None is `null`.
 * @typedef {(...values: any[]) => any} F
 * @typedef {(context: Context) => string} Block
 * @typedef {Generator<string | (() => string)>} Parts
 * @typedef {{blocks: Record<string, Block>, root: (context: Context) => Parts, module?: Map<string, any>}} Template
 */

/** HTML that is printed as it is. */
export class Safe {
  constructor(/** @type {string} */ html) {
    this.html = html;
  }
}
export const safe = (/** @type {string} */ html) => new Safe(html);

/** May be kept and passed on; any other use throws. */
class Undefined {
  constructor(/** @type {string} */ name) {
    this.name = name;
  }
}

/** A tuple is unequal to a list, and has no items by index. */
export class Tuple extends Array {}

/** A template can ask for its own properties only. */
export class Loop {
  index0 = -1;
  constructor(/** @type {any[]} */ items) {
    this.length = items.length;
  }
  next() {
    this.index = ++this.index0 + 1;
    this.first = !this.index0;
    this.last = this.index === this.length;
  }
}

/** @type {(what: string, ...values: any[]) => never} */
const fail = (what, ...values) => {
  throw new Error(`Cannot ${what}: ${values.map((each) => (each instanceof Undefined ? each.name : typeof each))}`);
};
/** @type {F} */
const isDict = (value) => value instanceof Object && Object.getPrototypeOf(value) === Object.prototype;
const isList = Array.isArray;
/** @type {F} */
const areLists = (a, b) => isList(a) && isList(b) && a instanceof Tuple === b instanceof Tuple;
/** @type {F} */
const plain = (value) => (value instanceof Safe ? value.html : value);
/** @type {F} */
const isText = (value) => typeof plain(value) === "string";

/** @type {Record<string, string>} */
const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;" };
/** @type {F} */
const escape = (value) => (value instanceof Safe ? value.html : value.replace(/[&<>"']/g, (/** @type {string} */ each) => ESCAPES[each]));

/** @type {F} */
export const print = (value) => (isText(value) ? escape(value) : fail("print", value));
/** @type {F} */
export const raw = (value) => (isText(value) ? plain(value) : fail("print", value));

/** Python's str. @type {F} */
export const str = (value) => {
  if (isText(value)) return plain(value);
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  return Number.isSafeInteger(value) ? String(value) : fail("join", value);
};
/** `~`: safe as soon as one part is. @type {F} */
export const concat = (...values) =>
  values.some((each) => each instanceof Safe)
    ? safe(values.map((each) => escape(each instanceof Safe ? each : str(each))).join(""))
    : values.map(str).join("");

/** @type {F} */
export const use = (value, name) => (value === undefined ? new Undefined(name) : value);
/** @type {F} */
export const item = (value, key) => {
  const name = plain(key);
  const fits = isDict(value) ? typeof name === "string" : areLists(value, []) && Number.isInteger(name);
  return use(fits && Object.hasOwn(value, name) ? value[name] : undefined, isText(name) ? name : "item");
};
/** @type {F} */
export const attribute = (value, name) =>
  value instanceof Loop && Object.hasOwn(value, name) ? Reflect.get(value, name) : item(value, name);

/** @type {F} */
export const truth = (value) => {
  if (value instanceof Undefined) fail("decide", value);
  return Boolean(isList(value) ? value.length : isDict(value) ? Object.keys(value).length : plain(value));
};
/** @type {F} */
export const iterate = (value) => (isList(value) ? value : isText(value) ? [...plain(value)] : fail("go through", value));
/** @type {F} */
export const unpack = (value, count) => {
  const items = iterate(value);
  return items.length === count ? items : fail(`unpack ${items.length} as ${count}`);
};

/** A truth value counts as 0 or 1. @type {F} */
const number = (value) => (typeof value === "boolean" ? Number(value) : plain(value));
/** @type {F} */
const same = (a, b) => a === b || equal(a, b);
/** @type {F} */
export const equal = (a, b) => {
  if (a instanceof Undefined || b instanceof Undefined) fail("compare", a, b);
  if (areLists(a, b)) return a.length === b.length && a.every((/** @type {any} */ each, /** @type {number} */ at) => same(each, b[at]));
  if (!isDict(a) || !isDict(b)) return number(a) === number(b);
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]));
};
/** Negative, 0 or positive; text goes by code point. @type {F} */
export const order = (a, b) => {
  const [left, right] = [number(a), number(b)];
  if (typeof left === "number" && typeof right === "number") return left - right;
  if (!isText(a) || !isText(b)) fail("compare", a, b);
  const [one, two] = [[...left, ""], [...right, ""]];
  const at = one.findIndex((each, place) => each !== two[place]);
  return at < 0 ? 0 : (one[at].codePointAt(0) ?? -1) - (two[at].codePointAt(0) ?? -1);
};
/** @type {F} */
export const within = (value, whole) => {
  if (isList(whole)) return whole.some((/** @type {any} */ each) => same(each, value));
  if (isDict(whole) && !isList(value) && !isDict(value) && !(value instanceof Undefined))
    return isText(value) && Object.hasOwn(whole, plain(value));
  return isText(whole) && isText(value) ? plain(whole).includes(plain(value)) : fail("look for", value, whole);
};

/** @type {F} */
const whole = (value) => (Number.isSafeInteger(number(value)) ? number(value) + 0 : fail("calculate", value));
/** @type {F} */
const modulo = (a, b) => (b ? a % b + (a % b && a < 0 !== b < 0 ? b : 0) : fail("divide by zero"));
/** @type {Record<string, F>} */
const OPERATIONS = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "%": modulo,
  "//": (a, b) => (a - modulo(a, b)) / b,
};
/** @type {F} */
export const calculate = (sign, a, b) => {
  if (sign === "+" && isText(a) && isText(b)) return concat(a, b);
  if (sign === "+" && areLists(a, b)) return a.concat(b);
  return whole(OPERATIONS[sign](whole(a), whole(b)));
};

/** @type {F} */
export const slice = (value, start, stop, step) => {
  const items = iterate(value);
  const { length } = items;
  const by = step === null ? 1 : whole(step) || fail("step by zero");
  const [low, high] = by > 0 ? [0, length] : [-1, length - 1];
  /** @type {F} */
  const place = (bound, none) => {
    if (bound === null) return none;
    const at = whole(bound);
    return Math.min(Math.max(at < 0 ? at + length : at, low), high);
  };
  const end = place(stop, by > 0 ? high : low);
  const cut = value instanceof Tuple ? new Tuple() : [];
  for (let at = place(start, by > 0 ? low : high); by > 0 ? at < end : at > end; at += by) cut.push(items[at]);
  return isList(value) ? cut : value instanceof Safe ? safe(cut.join("")) : cut.join("");
};

/** No truth value. @type {F} */
const digits = (value) => (Number.isSafeInteger(value) ? String(value) : fail("write as a number", value));
/** @type {Record<string, F>} */
export const filters = {
  text: digits,
  number: (value) => digits(value).replace(/\B(?=(\d{3})+$)/g, ","),
  urlpath: (value) =>
    encodeURIComponent(raw(value)).replace(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`),
  at: (values, key) => (!isDict(values) ? fail("look in", values) : within(key, values) ? values[plain(key)] : ""),
  length: (value) =>
    value instanceof Loop ? value.length : isDict(value) ? Object.keys(value).length : iterate(value).length,
};

/** `special`: caller, kwargs and varargs, where the body names them. */
export class Macro {
  constructor(/** @type {string[]} */ parameters, /** @type {string[]} */ special, /** @type {F} */ body) {
    this.parameters = parameters;
    this.special = special;
    this.body = body;
  }
  /** @type {F} */
  call(values, named) {
    const left = new Map(Object.entries(named));
    /** @type {F} */
    const take = (name) => {
      const value = left.get(name);
      left.delete(name);
      return value;
    };
    const count = this.parameters.length;
    const given = this.parameters.map((name, at) => (at < values.length ? values[at] : take(name)));
    const has = (/** @type {string} */ name) => this.special.includes(name);
    if (has("caller")) given.push(take("caller") ?? new Undefined("caller"));
    if (has("kwargs")) given.push(Object.fromEntries(left));
    else if (left.size) fail(`give ${[...left.keys()]}`);
    if (has("varargs")) given.push(Tuple.from(values.slice(count)));
    else if (values.length > count) fail(`give more than ${count} values`);
    return safe(this.body(...given));
  }
}
/** @type {F} */
export const call = (called, values, named = {}) => {
  if (called instanceof Macro) return called.call(values, named);
  const fits = typeof called === "function" && called.length === values.length && !Object.keys(named).length;
  return fits ? called(...values) : fail("call", called);
};

export class Context {
  /** @type {Map<string, any>} */ vars = new Map();
  /** @type {Set<string>} */ exported = new Set();
  constructor(/** @type {Map<string, any>} */ parent, /** @type {Map<string, Block[]>} */ blocks) {
    this.parent = parent;
    this.blocks = blocks;
  }
  /** @type {F} */
  get(name) {
    return (this.vars.has(name) ? this.vars : this.parent).get(name);
  }
  /** @type {F} */
  set(name, value, exported) {
    this.vars.set(name, value);
    this.exported[exported ? "add" : "delete"](name);
  }
  /** @type {F} */
  all(locals) {
    return new Map([...this.parent, ...this.vars, ...locals.filter((/** @type {any} */ each) => each[1] !== undefined)]);
  }
  /** @type {F} */
  derive(locals) {
    return new Context(this.all(locals), this.blocks);
  }
  /** @type {F} */
  stack(name) {
    return this.blocks.get(name) ?? [];
  }
  extend(/** @type {Template} */ parent) {
    for (const [name, block] of Object.entries(parent.blocks)) this.blocks.set(name, [...this.stack(name), block]);
  }
  /** `least`: how many templates must fill it. @type {F} */
  block(name, least = 1) {
    return this.stack(name).length < least ? fail(`fill block ${name}`) : this.stack(name)[0](this);
  }
  /** @type {F} */
  above(name, current) {
    const block = this.stack(name)[this.stack(name).indexOf(current) + 1];
    return block ? () => safe(block(this)) : new Undefined("super");
  }
}
/** @type {(template: Template, names: Map<string, any>) => Context} */
const fresh = (template, names) =>
  new Context(names, new Map(Object.entries(template.blocks).map(([name, block]) => [name, [block]])));

/** @type {(parts: Parts) => string} */
export const join = (parts) => {
  let html = "";
  for (const part of parts) html += typeof part === "string" ? part : part();
  return html;
};
/** @type {F} */
export const include = (template, context, locals) => template.root(fresh(template, context.all(locals)));
/** @type {F} */
const load = (template, names) => {
  const context = fresh(template, names);
  join(template.root(context));
  return new Map([...context.exported].map((name) => [name, context.get(name)]));
};
/** An import sees the globals alone, so one will do. @type {F} */
export const module = (template, globals) => (template.module ??= load(template, globals));
/** @type {F} */
export const moduleWith = (template, context, locals) => load(template, context.all(locals));
/** @type {F} */
export const imported = (found, name) => use(found.get(name), name);
/** @type {(urls: Map<string, string>) => F} */
export const assets = (urls) => (path) => urls.get(raw(path)) ?? fail(`find the file ${raw(path)}`);

/**
 * Make `render(name, context, fragment)`: the page, or only its block `fragment`.
 * @type {(templates: Record<string, Template>, globals: Map<string, any>) =>
 *   (name: string, context: Record<string, any>, fragment?: string) => string}
 */
export const renderer = (templates, globals) => (name, values, fragment) => {
  if (!Object.hasOwn(templates, name)) fail(`find the template ${name}`);
  const context = fresh(templates[name], new Map([...globals, ...Object.entries(values)]));
  const parts = templates[name].root(context);
  if (!fragment) return join(parts);
  // The first step runs what stands before any output.
  parts.next();
  return context.block(fragment);
};
