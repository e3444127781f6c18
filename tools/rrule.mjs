/**
 * Makes vendor/rrule/rrule.min.js: of the package only what lists occurrences, without reading and writing rules, words
 * and time zones (a third as large as the published bundle). Two things are put right. Its loop, which has no end where a
 * rule gives no day, gets one: `steps` periods. And a BYSETPOS beyond a set's end gives nothing, and each day once.
 *
 * Run it where the packages are: `npm install --no-save rrule@2.8.1 esbuild && node tools/rrule.mjs`.
 */
import { readFileSync } from "node:fs";
import { build } from "esbuild";

const FOLDER = "node_modules/rrule/";
const LOOP = "for (;;) {\n        var _a = ii.getdayset";
const BOUNDED = LOOP.replace("for (;;)", "for (var steps = 0; steps < options.steps; steps++)");
const POSITIONS = [
  ["var poslist = [];", "var poslist = [], days = [];"],
  ["tmp.slice(daypos)[0]", "tmp.at(daypos)"],
  ["var time =", "if (i === undefined || days.includes(i)) continue;\n        days.push(i);\n        var time ="],
];
const { version } = JSON.parse(readFileSync(`${FOLDER}package.json`, "utf8"));

await build({
  stdin: { contents: `export { iter } from "./${FOLDER}dist/esm/iter/index.js";`, resolveDir: "." },
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "none",
  outfile: "aios/static/vendor/rrule/rrule.min.js",
  banner: { js: `/*! rrule ${version} @license BSD-3-Clause */` },
  plugins: [
    {
      name: "left out",
      setup(build) {
        const stands = {
          rrule: "export const RRule = { YEARLY: 0, MONTHLY: 1, HOURLY: 4, MINUTELY: 5, SECONDLY: 6 }, [defaultKeys, DEFAULT_OPTIONS] = [];",
          weekday: "export const [ALL_WEEKDAYS, Weekday] = [[]];",
          datewithzone: "export class DateWithZone { constructor(date) { this.date = date; } rezonedDate() { return this.date; } }",
          easter: "export const easter = () => null;",
        };
        build.onResolve({ filter: /^\.{1,2}\/(rrule|weekday|datewithzone|easter)$/ }, ({ path }) => ({
          path: path.split("/").at(-1),
          namespace: "instead",
        }));
        build.onLoad({ filter: /./, namespace: "instead" }, ({ path }) => ({ contents: stands[path] }));
        build.onLoad({ filter: /iter\/(index|poslist)\.js$/ }, ({ path }) => {
          const changes = path.endsWith("poslist.js") ? POSITIONS : [[LOOP, BOUNDED]];
          return { contents: changes.reduce(changed, readFileSync(path, "utf8")) };
        });
      },
    },
  ],
});

/** @param {string} source @param {string[]} change what stands there, and what shall */
function changed(source, [before, after]) {
  if (!source.includes(before)) throw new Error(`this is no longer there: ${before}`);
  return source.replace(before, after);
}
