/** Which notes link to which, as a picture of whole numbers. Twin of graph.py. */
import { compare, head, length, sortKey } from "../../static/device/text.js";

/** @typedef {import("../module.js").Document} Document @typedef {[number, number][]} Pairs */

/** Notes in the picture: those with the most links. */
const MOST = 60;
const SIDE = 1000;
const STEPS = 60;
/** About how far apart linked notes come to stand. */
const REACH = 130;
const QUARTER = [0, 259, 500, 707, 866, 966];
const HALF = [...QUARTER, 1000, ...QUARTER.slice(1).reverse()];
/** Of 24 directions, in thousandths. */
const SINES = [...HALF, ...HALF.map((each) => -each)];
/** Notes whose title stands in the picture; the list beside it has all of them. */
const LABELLED = 18;
const LABEL = 24;

/**
 * The notes with the most links, drawn so that linked ones are near each other; beside it the same as a list.
 * @type {import("../module.js").View}
 */
export const graphPage = (documents) => {
  const [notes, pairs] = linked(documents.notes);
  const places = layout(notes.length, pairs).map((place) => place.map(String));
  return {
    title: "Graph of links",
    side: String(SIDE),
    lines: pairs.map(([a, b]) => ({ x1: places[a][0], y1: places[a][1], x2: places[b][0], y2: places[b][1] })),
    nodes: notes.map(({ id, title }, place) => {
      const own = pairs.filter((pair) => pair.includes(place));
      const others = own.map(([a, b]) => notes[a + b - place]);
      return {
        href: `/notebook/${id}`,
        title,
        label: place < LABELLED ? label(title) : "",
        x: places[place][0],
        y: places[place][1],
        above: String(Number(places[place][1]) - 18),
        size: String(Math.min(6 + 2 * own.length, 16)),
        neighbours: others.map((other) => ({ href: `/notebook/${other.id}`, title: other.title })),
      };
    }),
  };
};

/**
 * The notes with the most links, most first, and the pairs of their places that are linked.
 * @type {(notes: Document[]) => [Document[], Pairs]}
 */
const linked = (notes) => {
  /** @type {Map<string, string>} */
  const byTitle = new Map();
  for (const { id, title } of [...notes].sort((a, b) => compare(a.id, b.id))) {
    if (!byTitle.has(sortKey(title))) byTitle.set(sortKey(title), id);
  }
  /** @type {Map<string, [string, string]>} */
  const found = new Map();
  for (const { id, links } of notes) {
    for (const title of links) {
      const other = byTitle.get(sortKey(title));
      if (other === undefined || other === id) continue;
      found.set([id, other].sort().join(), id < other ? [id, other] : [other, id]);
    }
  }
  /** @type {Map<string, number>} */
  const degrees = new Map();
  for (const each of [...found.values()].flat()) degrees.set(each, (degrees.get(each) ?? 0) + 1);
  const ids = [...degrees].sort((a, b) => b[1] - a[1] || compare(a[0], b[0])).slice(0, MOST).map(([id]) => id);
  const places = new Map(ids.map((id, place) => [id, place]));
  const byId = new Map(notes.map((note) => [note.id, note]));
  /** @type {Pairs} */
  const pairs = [];
  for (const [one, other] of found.values()) {
    const [a, b] = [places.get(one), places.get(other)];
    if (a !== undefined && b !== undefined) pairs.push([Math.min(a, b), Math.max(a, b)]);
  }
  return [ids.map((id) => /** @type {Document} */ (byId.get(id))), pairs.sort((a, b) => a[0] - b[0] || a[1] - b[1])];
};

/**
 * A place for each of `count` notes: from a spiral, linked ones are drawn together and all are pushed apart.
 * @type {(count: number, pairs: Pairs) => number[][]}
 */
const layout = (count, pairs) => {
  const places = Array.from({ length: count }, (_, number) => onSpiral(number, count));
  for (let step = 0; step < STEPS; step += 1) {
    const moves = places.map(() => [0, 0]);
    for (let a = 0; a < count; a += 1) for (let b = 0; b < a; b += 1) push(places, moves, a, b);
    for (const [a, b] of pairs) pull(places, moves, a, b);
    const most = 40 - Math.floor((step * 36) / STEPS);
    for (const [at, place] of places.entries()) {
      for (const axis of [0, 1]) {
        place[axis] = within(place[axis] + within(moves[at][axis], -most, most), 40, SIDE - 40);
      }
    }
  }
  return places;
};

/** @type {(number: number, count: number) => number[]} */
const onSpiral = (number, count) => {
  const far = 60 + Math.floor((380 * number) / Math.max(count, 1));
  const turn = (number * 7) % 24;
  return [(turn + 6) % 24, turn].map((at) => SIDE / 2 + share(SINES[at] * far, 1000));
};

/** @type {(places: number[][], moves: number[][], a: number, b: number) => void} */
const push = (places, moves, a, b) => {
  const [x, y] = [places[a][0] - places[b][0], places[a][1] - places[b][1]];
  const square = Math.max(x * x + y * y, 100);
  if (square < 4 * REACH * REACH) move(moves, a, b, share(x * REACH * 20, square), share(y * REACH * 20, square));
};

/** @type {(places: number[][], moves: number[][], a: number, b: number) => void} */
const pull = (places, moves, a, b) => {
  const [x, y] = [places[a][0] - places[b][0], places[a][1] - places[b][1]];
  if (x * x + y * y > REACH * REACH) move(moves, b, a, share(x, 8), share(y, 8));
};

/** @type {(moves: number[][], a: number, b: number, x: number, y: number) => void} */
const move = (moves, a, b, x, y) => {
  moves[a][0] += x;
  moves[a][1] += y;
  moves[b][0] -= x;
  moves[b][1] -= y;
};

/** `value` divided, towards zero; never -0. @type {(value: number, parts: number) => number} */
const share = (value, parts) => Math.trunc(value / parts) + 0;

/** @type {(value: number, least: number, most: number) => number} */
const within = (value, least, most) => Math.min(Math.max(value, least), most);

/** @type {(title: string) => string} */
const label = (title) => (length(title) <= LABEL ? title : `${head(title, LABEL - 1)}…`);
