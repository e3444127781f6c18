// @ts-check
/**
 * Running a `Read` on what is here: twin of aios/records/reads.py. Records are found in memory; of those that a page
 * shows, the ones with long texts are fetched, all in one transaction.
 *
 * @typedef {import("./table.js").Table} Table
 * @typedef {Record<string, any>} Read as in the registry
 * @typedef {{table: Table, places: number[], ids: string[]}} Found records that a read gives
 */
import { pageNumber, get, resolve } from "./query.js";
import { words } from "./search.js";

/** Changes after which the projection is written anew, and how long after a page, so that no page waits for it. */
const MOST_UNSETTLED = 200;
const SETTLE_AFTER_MS = 2_000;

/**
 * The results of all reads of a page, by name, in their order: a later one may use what an earlier one found.
 * @param {import("./store.js").Store} store
 * @param {any} registry
 * @param {Record<string, Read>} reads
 * @param {any} query
 * @returns {Promise<Record<string, any>>} documents with `_rev` (and `_stub`), a document or null, a number, or pairs
 */
export async function readAll(store, registry, reads, query) {
  const { resident } = store;
  const names = [...new Set(Object.values(reads).map(({ collection }) => collection))];
  await resident.load(registry, names);
  const asked = { ...query, bounds: { ...query.bounds } };
  const searched = Object.values(reads).filter((read) => isAsked(read, asked) && resolve(read.search, asked) !== null);
  if (searched.length) await resident.loadTexts([...new Set(searched.map(({ collection }) => collection))]);
  /** @type {Record<string, any>} */
  const documents = {};
  /** @type {[string, Found][]} */
  const lists = [];
  for (const [name, read] of Object.entries(reads)) {
    const table = resident.table(read.collection);
    documents[name] = null;
    if (read.id !== null) {
      const known = isAsked(read, asked) ? one(table, resolve(read.id, asked)) : null;
      if (known) documents[name] = (await documentsOf(store, [known]))[0][0] ?? null;
      for (const [field, value] of Object.entries(documents[name] ?? {})) {
        if (typeof value === "string") asked.bounds[`@${name}.${field}`] = value;
      }
    } else if (!isAsked(read, asked)) documents[name] = read.count ? 0 : [];
    else if (read.count) documents[name] = count(table, read, asked);
    else if (read.group) documents[name] = groups(table, read, asked);
    else lists.push([name, found(table, list(table, read, asked))]);
  }
  const given = await documentsOf(
    store,
    lists.map(([, each]) => each),
  );
  for (const [place, [name]] of lists.entries()) documents[name] = given[place];
  settleSoon(store, registry);
  return documents;
}

/** @param {Read} read @param {any} query */
function isAsked(read, query) {
  return read.when === null || read.when[1].includes(get(query, read.when[0]));
}

/** @param {Table} table @param {string | null} id */
function one(table, id) {
  const place = id === null ? undefined : table.place(id);
  return place !== undefined && table.isLiving(place) ? found(table, [place]) : null;
}

/** @param {Table} table @param {number[]} places @returns {Found} */
function found(table, places) {
  return { table, places, ids: places.map((place) => table.ids[place]) };
}

/** @param {Table} table @param {Read} read @param {any} query @returns {number[]} */
function list(table, read, query) {
  const passes = test(table, read, query);
  const skipped = read.page ? (pageNumber(query, read.page) - 1) * read.limit : 0;
  const start = read.offset + skipped;
  if (read.deleted)
    return trash(table, read, query)
      .filter(passes)
      .slice(start, start + read.limit);
  const { places } = table.index(read.index);
  const [from, to] = range(table, read, query);
  const step = read.descending ? -1 : 1;
  const taken = [];
  let left = start;
  for (let at = read.descending ? to - 1 : from; at >= from && at < to && taken.length < read.limit; at += step) {
    if (!passes(places[at])) continue;
    if (left > 0) left -= 1;
    else taken.push(places[at]);
  }
  return taken;
}

/**
 * What is deleted has no keys, so another index than the time of change finds living records, in order of id.
 * @param {Table} table
 * @param {Read} read
 * @param {any} query
 */
function trash(table, read, query) {
  if (read.index === "updated") return table.trash();
  const places = table.index(read.index).places.slice(...range(table, read, query));
  return places.sort((a, b) => (table.ids[a] < table.ids[b] ? -1 : 1));
}

/** @param {Table} table @param {Read} read @param {any} query */
function count(table, read, query) {
  const passes = test(table, read, query);
  if (read.deleted && read.index === "updated") return table.trash().filter(passes).length;
  const { places } = table.index(read.index);
  const [from, to] = range(table, read, query);
  let counted = 0;
  for (let at = from; at < to; at += 1) if (passes(places[at])) counted += 1;
  return counted;
}

/** @param {Table} table @param {Read} read @param {any} query @returns {[string, number][]} */
function groups(table, read, query) {
  const passes = test(table, read, query);
  const { keys, places } = table.index(read.index);
  const [from, to] = range(table, read, query);
  /** @type {[string, number][]} */
  const groups = [];
  for (let at = from; at < to; at += 1) {
    if (!passes(places[at])) continue;
    const last = groups.at(-1);
    if (last && last[0] === keys[at]) last[1] += 1;
    else groups.push([keys[at], 1]);
  }
  return groups;
}

/**
 * The entries of the read's index within its bounds: from one place to before another.
 * @param {Table} table
 * @param {Read} read
 * @param {any} query
 * @returns {[number, number]}
 */
function range(table, read, query) {
  const index = table.index(read.index);
  let [from, to] = [0, index.keys.length];
  if (read.index === "updated") return [from, to];
  const [equal, above, since, below] = [read.equal, read.above, read.since, read.below].map((each) =>
    resolve(each, query),
  );
  if (equal !== null) [from, to] = [index.from(equal), index.after(equal)];
  if (above !== null) from = Math.max(from, index.after(above));
  if (since !== null) from = Math.max(from, index.from(since));
  if (below !== null) to = Math.min(to, index.from(below));
  return [from, Math.max(from, to)];
}

/**
 * What a record must meet besides the bounds.
 * @param {Table} table
 * @param {Read} read
 * @param {any} query
 * @returns {(place: number) => boolean}
 */
function test(table, read, query) {
  /** @type {((place: number) => boolean)[]} */
  const tests = [];
  for (const condition of read.where) {
    const values = condition.values.map((/** @type {any} */ each) => resolve(each, query));
    const given = values.filter((/** @type {string | null} */ each) => each !== null);
    if (given.length) tests.push(meets(table, condition, given));
  }
  const wanted = words(resolve(read.search, query) ?? "");
  if (wanted.length && table.texts) tests.push(table.texts.holding(wanted));
  return (place) => tests.every((passes) => passes(place));
}

/** @param {Table} table @param {any} condition @param {string[]} values @returns {(place: number) => boolean} */
function meets(table, condition, values) {
  const index = table.index(condition.index);
  const marks = new Uint8Array(table.ids.length);
  for (const value of condition.kind === "equal" ? values : values.slice(0, 1)) {
    const from = condition.kind === "above" ? index.after(value) : condition.kind === "below" ? 0 : index.from(value);
    const to =
      condition.kind === "above"
        ? index.keys.length
        : condition.kind === "below"
          ? index.from(value)
          : index.after(value);
    for (let at = from; at < to; at += 1) marks[index.places[at]] = 1;
  }
  const wanted = condition.negate ? 0 : 1;
  return (place) => marks[place] === wanted;
}

/**
 * The documents of records, from memory where that has them whole.
 * @param {import("./store.js").Store} store
 * @param {Found[]} lists
 * @returns {Promise<any[][]>}
 */
async function documentsOf(store, lists) {
  const ids = lists.flatMap(({ table, places }) =>
    places.filter((place) => !table.isWhole(place)).map((place) => table.ids[place]),
  );
  // Parsed now: what another write does while rows are fetched must not show in half of a page.
  const here = lists.map(({ table, places }) =>
    places.map((place) =>
      table.isWhole(place) ? given(table.document(place), table.revs[place], table.stubs.get(place)) : null,
    ),
  );
  if (!ids.length) return here;
  const rows = await store.resident.whole(ids);
  return here.map((documents, at) =>
    documents
      .map((document, place) => document ?? shown(rows.get(lists[at].ids[place])))
      .filter((document) => document !== null),
  );
}

/** @param {import("./layout.js").Row | undefined} row */
function shown(row) {
  return row ? given({ ...row.body }, row.rev, row.stub) : null;
}

/** @param {Record<string, any>} document @param {number} rev @param {import("./layout.js").Stub | undefined} stub */
function given(document, rev, stub) {
  document._rev = rev;
  if (stub) document._stub = stub;
  return document;
}

/** @type {WeakMap<object, number>} */
const waiting = new WeakMap();

/** @param {import("./store.js").Store} store @param {any} registry */
function settleSoon(store, registry) {
  if (store.unsettled < MOST_UNSETTLED || waiting.has(store)) return;
  const settle = () =>
    store
      .settle(registry)
      .catch(() => {})
      .finally(() => waiting.delete(store));
  const timer = setTimeout(settle, SETTLE_AFTER_MS);
  waiting.set(store, timer);
  // Node would stay for it; browsers give a plain number.
  /** @type {any} */ (timer).unref?.();
}
