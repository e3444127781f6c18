// @ts-check
/** Which page or form post an address means: the routes of the registry, as Litestar reads them on the server. */

/**
 * @typedef {{params: Record<string, string>, module: any, page: any, actions: Map<string, any>}} Route
 * `page` is null where only forms post; `actions` are by method.
 */

/** All routes of the modules that are registered. */
export class Router {
  /** @param {any[]} modules of the registry */
  constructor(modules) {
    /** @type {Map<string, {parts: string[], module: any, page: any, actions: Map<string, any>}>} */
    this.routes = new Map();
    for (const module of modules) {
      for (const page of module.pages) this.#entry(page.path, module).page = page;
      for (const action of module.actions) this.#entry(action.path, module).actions.set(action.method, action);
    }
  }

  /**
   * What stands at `pathname`, an encoded path; null when nothing of the registry does. A fixed part is preferred to
   * a parameter.
   * @param {string} pathname
   * @returns {Route | null}
   */
  match(pathname) {
    const parts = split(decoded(pathname));
    let found = null;
    for (const route of this.routes.values()) {
      if (fits(route.parts, parts) && (!found || before(route.parts, found.parts))) found = route;
    }
    if (!found) return null;
    /** @type {Record<string, string>} */
    const params = {};
    found.parts.forEach((part, place) => {
      if (isParameter(part)) params[part.slice(1, -1)] = parts[place];
    });
    return { params, module: found.module, page: found.page, actions: found.actions };
  }

  /** @param {string} path @param {any} module */
  #entry(path, module) {
    const known = this.routes.get(path);
    if (known) return known;
    const made = { parts: split(path), module, page: null, actions: new Map() };
    this.routes.set(path, made);
    return made;
  }
}

/** @param {string} part */
const isParameter = (part) => part.startsWith("{");

/** @param {string} path */
const split = (path) => path.split("/").filter((part) => part !== "");

/** Servers decode a path before they look for its route. @param {string} pathname */
function decoded(pathname) {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return pathname;
  }
}

/** @param {string[]} pattern @param {string[]} parts */
const fits = (pattern, parts) =>
  pattern.length === parts.length && pattern.every((part, place) => isParameter(part) || part === parts[place]);

/** @param {string[]} one @param {string[]} other */
function before(one, other) {
  const place = one.findIndex((part, at) => isParameter(part) !== isParameter(other[at]));
  return place >= 0 && !isParameter(one[place]);
}
