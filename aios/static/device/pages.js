// @ts-check
/**
 * Running pages and form posts as the modules declare them: twin of aios/web/pages.py.
 *
 * A page: its reads on the device's store, its pure view, its template. A form post: its pure `submit`, the device's
 * write path, and a redirect; or, when something is refused, the page again with what was typed and a sentence at each
 * field.
 */

import { apply } from "./apply.js";
import { toWire } from "./clock.js";
import { AiosError, ConflictError, InvalidError, NotFoundError } from "./errors.js";
import { parseForm, value } from "./forms.js";
import { impliedId } from "./ids.js";
import { made, offered, place } from "./offers.js";
import { get } from "./query.js";
import { readAll } from "./reads.js";
import { NoRoomError } from "./room.js";
import { Router } from "./router.js";
import { enabledModules, shell } from "./shell.js";
import { print, Safe } from "./templates_runtime.js";
import { normalise } from "./text.js";
import { bounds, localDay } from "./when.js";

/**
 * @typedef {{status: number, headers: [string, string][], body: string}} Answer
 * @typedef {{method: string, path: string, search: string, partial: boolean, body: string | Uint8Array}} Asked
 *   `path` and `search` encoded; `partial` when htmx wants a fragment
 * @typedef {{store: any, account: string, user: string, zone: string, now: () => number, newId: () => string,
 *   device: () => any, whole: (ids: string[]) => Promise<boolean>, opened?: (id: string) => Promise<void>}} Environment
 *   one account on this device; `device` gives `query.device`; `whole` fetches long texts that only the server has;
 *   `opened` notes that a record's page is shown
 * @typedef {{pages: Record<string, any>, actions: Record<string, any>, tile?: any, collections?: Record<string, any>}} Half
 *   a module's device.js
 */

const NOTHING = "There is nothing at this address. It may have been deleted, or belong to someone else.";
const GONE = "This was deleted meanwhile, so the change could not be made.";
const ELSEWHERE = "The saved text is not on this device, and your server does not answer. Save again when it does.";
const MADE = "{made}";
const HTML = "text/html; charset=utf-8";
/** Of a parameter that comes several times. */
const MOST_VALUES = 10;
const EXTRAS = { toast: null, errors: {}, form_error: "" };
/** @type {Record<number, string>} */
const TITLES = {
  400: "Bad request",
  403: "Not from here",
  404: "Nothing here",
  409: "That no longer fits",
  500: "Something went wrong",
  503: "One moment",
  507: "No room left",
};
const NO_QUERY = {
  params: {}, now: "", zone: "UTC", newId: "", day: "", bounds: {}, user: "", space: "", settings: {}, form: {}, errors: {},
}; // prettier-ignore

/** The app of one build: what it declares, and how it answers. */
export class App {
  /**
   * @param {any} registry
   * @param {Record<string, Half>} halves each module's device.js by name
   * @param {(name: string, context: any, fragment?: string) => string} render
   * @param {[string, string][]} headers of every answer
   */
  constructor(registry, halves, render, headers) {
    this.registry = registry;
    this.halves = halves;
    this.render = render;
    this.headers = headers;
    this.router = new Router(registry.modules);
    /** @type {Record<string, any>} what modules do with their collections, by collection */
    this.collections = Object.assign({}, ...Object.values(halves).map(({ collections }) => collections ?? {}));
  }

  /** Whether the device answers this address itself. @param {string} path */
  knows(path) {
    return this.router.match(path) !== null;
  }

  /**
   * Answer a page or a form post. Errors of our own become pages.
   * @param {Asked} asked
   * @param {Environment} environment
   * @returns {Promise<Answer>}
   */
  async answer(asked, environment) {
    try {
      const route = this.router.match(asked.path);
      if (route && asked.method === "POST" && route.actions.size) return await this.#submit(asked, environment, route);
      if (route?.page && asked.method === "GET") return await this.#page(asked, environment, route);
      throw new NotFoundError(NOTHING);
    } catch (error) {
      if (error instanceof AiosError) return this.error(error);
      throw error;
    }
  }

  /**
   * The page of an error; `kept` is what was typed, to copy from.
   * @param {AiosError} error
   * @param {{label: string, text: string}[]} kept
   * @param {boolean} signedIn
   * @returns {Answer}
   */
  error(error, kept = [], signedIn = true) {
    const title = TITLES[error.status] ?? TITLES[500];
    const context = { ...EXTRAS, title, status: String(error.status), detail: error.detail, signed_in: signedIn, kept };
    return this.#html(this.render("errors/error.html", context), error.status);
  }

  /**
   * How much wants attention now, for the app's icon; null where the person wants no such number.
   * @param {Environment} environment
   * @returns {Promise<number | null>}
   */
  async badge(environment) {
    const query = await this.#query(environment, {}, []);
    if (query.settings.appBadge === false) return null;
    const asking = enabledModules(query.settings, this.registry.modules).filter((/** @type {any} */ { badge }) => badge);
    const reads = Object.fromEntries(asking.map((/** @type {any} */ { name, badge }) => [name, badge]));
    const counts = await readAll(environment.store, this.registry, reads, query);
    return Object.values(counts).reduce((sum, count) => sum + count, 0);
  }

  /**
   * A template of the device's own, dressed like any page.
   * @param {string} template
   * @param {any} context
   * @param {Environment} environment
   * @param {number} status
   */
  async show(template, context, environment, status = 200) {
    const query = await this.#query(environment, {}, []);
    return this.#html(this.render(template, this.#dress({ ...EXTRAS, ...context }, query, "", "")), status);
  }

  /** @param {Asked} asked @param {Environment} environment @param {import("./router.js").Route} route */
  async #page(asked, environment, { params, module, page }) {
    const search = new URLSearchParams(asked.search);
    const query = await this.#query(environment, params, page.params, search, page.lists);
    const partial = page.fragment !== "" && asked.partial;
    return this.#html(await this.#show(environment, module, page, query, decodeURI(asked.path), partial), 200);
  }

  /**
   * @param {Environment} environment @param {any} module @param {any} page @param {any} query @param {string} path
   * @param {boolean} partial
   */
  async #show(environment, module, page, query, path, partial) {
    const documents = await this.#documents(environment, page.reads, query);
    if (page.needs && documents[page.needs] === null) throw new NotFoundError(NOTHING);
    const stub = documents[page.needs]?._stub;
    if (stub) return this.#missing(documents[page.needs], stub, query, module, path);
    if (page.needs) void environment.opened?.(documents[page.needs].id).catch(() => {});
    if (page.wants.includes("tiles")) documents.tiles = await this.#tiles(environment, query);
    this.#offer(page.wants, documents, query);
    const view = this.halves[module.name].pages[page.path];
    const context = this.#dress({ ...EXTRAS, ...view(documents, query) }, query, module.name, path);
    return this.render(page.template, context, partial ? page.fragment : "");
  }

  /** @param {any} document @param {any} stub @param {any} query @param {any} module @param {string} path */
  #missing(document, stub, query, module, path) {
    const [first] = Object.values(stub);
    const context = {
      ...EXTRAS,
      title: document.title ?? document.name,
      beginning: first.start,
      back: `/${module.name}`,
    };
    return this.render("device/text_missing.html", this.#dress(context, query, module.name, path));
  }

  /** @param {Asked} asked @param {Environment} environment @param {import("./router.js").Route} route */
  async #submit(asked, environment, { params, module, actions }) {
    const form = parseForm(asked.body);
    const method = (form.get("_method") ?? ["POST"]).at(-1)?.toUpperCase() ?? "POST";
    form.delete("_method");
    const action = actions.get(method);
    if (!action) throw new NotFoundError(`This address does not take ${method}.`);
    const query = await this.#query(environment, { ...fields(action, form), ...params }, []);
    const documents = await this.#documents(environment, action.reads, query);
    try {
      if (action.needs && documents[action.needs] === null) throw new NotFoundError(GONE);
      // Only what has a page to be retried on is an editor, and writes texts.
      if (action.retry) refuseUnseen(documents[action.needs]?._stub, form);
      this.#offer(action.wants, documents, query);
      const submit = this.halves[module.name].actions[`${method} ${action.path}`];
      let submission = submit(documents, form, query);
      refuse(submission);
      if (submission.forward) submission = await this.#forward(submission, query, environment);
      return this.#see(await this.#apply(submission, environment));
    } catch (error) {
      if ((error instanceof InvalidError || error instanceof NoRoomError) && action.retry) {
        return this.#retry(environment, module, action, query, form, error);
      }
      if (error instanceof NotFoundError || error instanceof ConflictError || error instanceof NoRoomError) {
        const kept = keptTexts(form);
        if (kept.length) return this.error(error, kept);
      }
      throw error;
    }
  }

  /**
   * What another module's form post means. Throws as that post would.
   * @param {any} submission @param {any} query @param {Environment} environment
   */
  async #forward({ location, forward: { path, method, form } }, query, environment) {
    const route = this.router.match(path);
    const action = route?.actions.get(method);
    if (!route || !action) throw new NotFoundError(NOTHING);
    const named = fields(action, form);
    const chosen = bounds(query.now, query.zone, named.date);
    const given = { ...query, params: { ...named, ...route.params }, bounds: { ...query.bounds, ...chosen } };
    const documents = await this.#documents(environment, action.reads, given);
    if (action.needs && documents[action.needs] === null) throw new NotFoundError(GONE);
    const meant = this.halves[route.module.name].actions[`${method} ${action.path}`](documents, form, given);
    refuse(meant);
    const created = (meant.mutations ?? []).find((/** @type {any} */ { op }) => op === "create");
    const at = created ? place(this.registry, created.collection, created.id) : "";
    return { ...meant, location: location.replaceAll(MADE, at) || meant.location };
  }

  /**
   * Apply a submission. A form that was sent twice with different content makes a second record.
   * @param {any} submission
   * @param {Environment} environment
   */
  async #apply({ mutations = [], location = "" }, environment) {
    const given = { now: environment.now() };
    const write = (/** @type {any[]} */ wanted) =>
      apply(environment.store, this.registry, this.collections, wanted, given);
    try {
      await write(mutations);
    } catch (error) {
      if (error instanceof NotFoundError) throw new NotFoundError(NOTHING);
      const made = mutations.filter(
        (/** @type {any} */ each) => each.op === "create" && !this.registry.collections[each.collection].single,
      );
      if (!(error instanceof ConflictError) || made.length !== 1) throw error;
      const fresh = environment.newId();
      await write(mutations.map((/** @type {any} */ each) => (each === made[0] ? { ...each, id: fresh } : each)));
      return location.replaceAll(made[0].id, fresh);
    }
    return location;
  }

  /**
   * @param {Environment} environment @param {any} module @param {any} action @param {any} query
   * @param {Map<string, string[]>} form @param {InvalidError | NoRoomError} error
   */
  async #retry(environment, module, action, query, form, error) {
    const page = module.pages.find((/** @type {any} */ each) => each.path === action.retry);
    const isFull = error instanceof NoRoomError;
    const named = isFull ? [["", roomless(error)]] : error.errors.map(({ field, message }) => [field, message]);
    const errors = Object.fromEntries(named.length ? named : [["", error.detail]]);
    const typed = Object.fromEntries([...form].filter(([, values]) => values.length).map(([name, all]) => [name, all.at(-1)]));
    const path = page.path.replace(/\{(\w+)\}/g, (/** @type {string} */ _, /** @type {string} */ name) => get(query, name));
    return this.#html(await this.#show(environment, module, page, { ...query, form: typed, errors }, path, false), isFull ? error.status : 422);
  }

  /**
   * @param {Environment} environment @param {Record<string, string>} pathParams @param {string[]} names
   * @param {URLSearchParams} [search]
   * @param {string[]} [lists]
   */
  async #query(environment, pathParams, names, search, lists = []) {
    const settings = await this.#settings(environment);
    const zone = settings.timezone || environment.zone || "UTC";
    const now = toWire(environment.now());
    /** @type {Record<string, string>} */
    const params = {};
    for (const [name, value] of Object.entries(pathParams)) params[name] = normalise(value);
    for (const name of [...names, "made"]) {
      const value = search?.get(name);
      if (value) params[name] = normalise(value);
    }
    for (const name of lists) {
      params[name] = (search?.getAll(name) ?? []).slice(0, MOST_VALUES).map(normalise).join("\n");
    }
    const within = this.registry.modules.find((/** @type {any} */ each) => each.name === params.in)?.collections ?? [];
    return {
      params,
      now,
      zone,
      newId: environment.newId(),
      day: localDay(now, zone),
      bounds: { ...bounds(now, zone, params.date), "@in": within.join(" ") },
      user: environment.user,
      space: environment.account,
      settings,
      form: {},
      errors: {},
      device: environment.device(),
    };
  }

  /** @param {Environment} environment */
  async #settings(environment) {
    const id = impliedId(environment.account, "settings", "settings");
    const reads = { found: { ...READ, collection: "settings", id } };
    const { found } = await readAll(environment.store, this.registry, reads, NO_QUERY);
    return found ?? defaults(this.registry.collections.settings, id);
  }

  /**
   * The results of reads; a single record whose long text only the server has is fetched first, where that works.
   * @param {Environment} environment @param {Record<string, any>} reads @param {any} query
   */
  async #documents(environment, reads, query) {
    const documents = await readAll(environment.store, this.registry, reads, query);
    const stubs = Object.keys(reads).filter((name) => reads[name].id !== null && documents[name]?._stub);
    if (!stubs.length || !(await environment.whole(stubs.map((name) => documents[name].id)))) return documents;
    return readAll(environment.store, this.registry, reads, query);
  }

  /** Put what modules offer beside what was read. @param {string[]} wants @param {any} documents @param {any} query */
  #offer(wants, documents, query) {
    for (const name of wants) if (name !== "tiles") documents[name] = offered(name, this.registry, query);
  }

  /** @param {Environment} environment @param {any} query */
  async #tiles(environment, query) {
    const enabled = query.settings.enabledModules ?? [];
    const tiles = [];
    for (const module of this.registry.modules) {
      if (!module.listed || (enabled.length && !enabled.includes(module.name))) continue;
      let reading = { value: "", label: "", tone: "" };
      if (module.tile) {
        const documents = await readAll(environment.store, this.registry, module.tile.reads, query);
        reading = { ...reading, .../** @type {any} */ (this.halves[module.name].tile)(documents, query) };
      }
      tiles.push({ name: module.name, title: module.title, icon: module.icon, href: `/${module.name}`, ...reading });
    }
    return tiles;
  }

  /** Add what every page has around its own content. @param {any} context @param {any} query @param {string} name @param {string} path */
  #dress(context, query, name, path) {
    return {
      ...context,
      errors: Object.keys(context.errors).length ? context.errors : query.errors,
      form_error: context.form_error || get({ params: query.errors }, ""),
      shell: { ...shell(query, name, this.registry.modules), made: made(this.registry, query) },
      page: { path, module: name },
    };
  }

  /** @param {string} body @param {number} status @returns {Answer} */
  #html(body, status) {
    return { status, headers: [["content-type", HTML], ...this.headers], body };
  }

  /** @param {string} location @returns {Answer} */
  #see(location) {
    return { status: 303, headers: [["location", location], ["content-type", HTML], ...this.headers], body: "" };
  }
}

/** The rest of a Read that names one record. */
const READ = {
  index: "updated", descending: false, equal: null, above: null, since: null, below: null, where: [], search: null,
  limit: 50, offset: 0, page: "", when: null, count: false, group: false, deleted: false, projected: false,
  within: null,
}; // prettier-ignore

/** A record of nothing but defaults, as if saved at the epoch. @param {any} collection @param {string} id */
function defaults(collection, id) {
  /** @type {Record<string, any>} */
  const document = {};
  for (const name of collection.stored) document[name] = structuredClone(collection.fields[name].default);
  return { ...document, id, createdAt: toWire(0), updatedAt: toWire(0) };
}

/** The fields of a form that its reads use. @param {any} action @param {Map<string, string[]>} form */
function fields({ params }, form) {
  return Object.fromEntries(params.map((/** @type {string} */ name) => [name, normalise(value(form, name))]));
}

/** What went wrong, and the way out, which leaves the form where it is. @param {NoRoomError} error */
const roomless = ({ detail }) => new Safe(`${print(detail)} <a class="link" href="/storage" target="_blank">Make room</a>`);

/** @param {any} submission */
function refuse({ errors = {} }) {
  const named = Object.entries(errors).map(([field, message]) => ({ field, message: String(message) }));
  if (named.length) throw new InvalidError("Some fields need another look.", named);
}

/**
 * A text that is not on this device cannot be written over: what is saved could not be told from what was changed.
 * @param {Record<string, any> | undefined} stub
 * @param {Map<string, string[]>} form
 */
function refuseUnseen(stub, form) {
  if (Object.keys(stub ?? {}).some((field) => form.has(field))) throw new ConflictError(ELSEWHERE);
}

/** The long texts of a form, which cannot be typed again. @param {Map<string, string[]>} form */
function keptTexts(form) {
  const names = [...form.keys()].filter((name) => name.startsWith("bases.")).map((name) => name.slice("bases.".length));
  return names.map((name) => ({ label: "What you wrote", text: form.get(name)?.at(-1) ?? "" })).filter(({ text }) => text);
}
