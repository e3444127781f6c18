// @ts-check
/**
 * Running a `Read` on what is here: twin of aios/records/reads.py. Records are found in memory; of those that a page
 * shows, the ones with long texts are fetched, all in one transaction.
 *
 * @typedef {import("./table.js").Table} Table
 * @typedef {Record<string, any>} Read as in the registry
 * @typedef {{table: Table, places: number[], ids: string[]}} Found records that a read gives
 */
import { fromWire, toWire } from "./clock.js";
import { everything } from "./everything.js";
import { TRASH_MS } from "./heal.js";
import { isAsked, pageNumber, resolve, resolveLines } from "./query.js";
import { words } from "./search.js";
import { compare } from "./text.js";

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
  await resident.load(registry, names.includes("") ? Object.keys(registry.collections) : names);
  const asked = { ...query, bounds: { ...query.bounds } };
  // What depends on a document is not known yet.
  const wanted = Object.values(reads).filter((read) => read.when?.[0].startsWith("@") || isAsked(read, asked));
  const searched = wanted.filter((read) => resolve(read.search, asked) !== null);
  const texts = searched.flatMap(({ collection }) => (collection ? [collection] : Object.keys(registry.collections)));
  if (texts.length) await resident.loadTexts([...new Set(texts)]);
  const projected = wanted.filter((read) => read.projected);
  if (projected.length) await resident.loadTexts(projected.map(({ collection }) => collection), "beginnings");
  /** @type {Record<string, any>} */
  const documents = {};
  /** @type {[string, Found][]} */
  const lists = [];
  for (const [name, read] of Object.entries(reads)) {
    const table = resident.table(read.collection);
    documents[name] = null;
    if (!read.collection) documents[name] = await (read.deleted ? deleted : living)(store, read, asked);
    else if (read.id !== null) {
      const known = isAsked(read, asked) ? one(table, resolve(read.id, asked)) : null;
      if (known) documents[name] = (await documentsOf(store, [known]))[0][0] ?? null;
      for (const [field, value] of Object.entries(documents[name] ?? {})) {
        const words = Array.isArray(value) && value.every((each) => typeof each === "string");
        if (words || typeof value === "string") asked.bounds[`@${name}.${field}`] = words ? value.join("\n") : value;
      }
    } else if (!isAsked(read, asked)) documents[name] = read.count ? 0 : [];
    else if (read.count) documents[name] = count(table, read, asked);
    else if (read.group) documents[name] = groups(table, read, asked);
    else if (read.projected) documents[name] = list(table, read, asked).map((place) => beginning(table, place));
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
  const start = first(read, query);
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

/**
 * What was deleted of any collection in the last 30 days and was not emptied, the last first; or how much that is.
 * @param {import("./store.js").Store} store @param {Read} read @param {any} query
 */
async function deleted(store, read, query) {
  const oldest = fromWire(query.now) - TRASH_MS;
  /** @type {{table: Table, place: number, id: string, at: number}[]} */
  const all = [];
  for (const table of store.resident.tables.values()) {
    for (const place of table.trash()) {
      const [id, at] = [table.ids[place], Number(table.deleted[place])];
      if (at >= oldest && table.lines[place] !== "{}") all.push({ table, place, id, at });
    }
  }
  if (read.count) return all.length;
  const start = first(read, query);
  const some = all.sort((a, b) => b.at - a.at || compare(a.id, b.id)).slice(start, start + read.limit);
  return ofAny(store, some, ({ at }) => ({ _deleted: toWire(at) }));
}

/**
 * Every living record, or how many there are, in all or by collection.
 * @param {import("./store.js").Store} store @param {Read} read @param {any} query
 */
async function living(store, read, query) {
  const { hits, counts } = everything([...store.resident.tables.values()], read, query, first(read, query));
  if (read.count) return counts.reduce((sum, [, count]) => sum + count, 0);
  return read.group ? counts : ofAny(store, hits);
}

/** How many are left out before those that are wanted. @param {Read} read @param {any} query */
const first = (read, query) => read.offset + (read.page ? (pageNumber(query, read.page) - 1) * read.limit : 0);

/**
 * The documents at places of several tables, each with the name of its collection.
 * @template {{table: Table, place: number}} T
 * @param {import("./store.js").Store} store @param {T[]} some @param {(each: T) => object} more
 */
async function ofAny(store, some, more = () => ({})) {
  const given = await documentsOf(store, some.map(({ table, place }) => found(table, [place])));
  return given.flatMap((documents, at) =>
    documents.map((each) => ({ ...each, ...more(some[at]), _collection: some[at].table.collection.name })),
  );
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
    const given = condition.values.flatMap((/** @type {any} */ each) => resolveLines(each, query));
    const values = condition.kind === "equal" ? given : given.slice(0, 1);
    const sets = condition.every ? values.map((/** @type {string} */ each) => [each]) : values.length ? [values] : [];
    for (const some of sets) tests.push(meets(table, condition, some));
  }
  const wanted = words(resolve(read.search, query) ?? "");
  if (wanted.length && table.texts) tests.push(table.texts.holding(wanted));
  return (place) => tests.every((passes) => passes(place));
}

/** @param {Table} table @param {any} condition @param {string[]} values @returns {(place: number) => boolean} */
function meets(table, condition, values) {
  const index = table.index(condition.index);
  const marks = new Uint8Array(table.ids.length);
  for (const value of values) {
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
      table.isWhole(place) ? given(table.document(place), table.revs[place], table.stubs.get(place), table.conflicts.get(place)) : null,
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

/**
 * The document at a place without its long texts. It is kept, as statistics read all of them, so nobody may change it.
 * @param {Table} table @param {number} place
 */
function beginning(table, place) {
  const texts = /** @type {any} */ (table.beginnings).texts[place];
  const [line, rev, conflict] = [table.lines[place], table.revs[place], table.conflicts.get(place)];
  const made = table.projected[place];
  if (made && made.line === line && made.rev === rev && made.texts === texts && made.conflict === conflict) return made.document;
  const stub = JSON.parse(texts);
  const document = table.document(place);
  for (const name of Object.keys(stub)) document[name] = "";
  table.projected[place] = { line, rev, texts, conflict, document: Object.freeze(given(document, rev, stub, conflict)) };
  return document;
}

/** @param {import("./layout.js").Row | undefined} row */
function shown(row) {
  return row ? given({ ...row.body }, row.rev, row.stub, row.conflict) : null;
}

/**
 * @param {Record<string, any>} document @param {number} rev @param {import("./layout.js").Stub | undefined} stub
 * @param {any} conflict
 */
function given(document, rev, stub, conflict) {
  document._rev = rev;
  if (conflict) document._conflict = conflict;
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
