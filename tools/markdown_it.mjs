/**
 * Makes vendor/markdown-it/markdown-it.min.js and entities.js: the package without what we switch off (finding links,
 * rewriting hosts, quotes), and the names of entities as Python knows them, which the server uses. A worker loads both on
 * each start, and the published bundle is twice as large.
 *
 * Run it where the packages are: `npm install --no-save markdown-it@14.1.0 esbuild && node tools/markdown_it.mjs`.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const FOLDER = "aios/static/vendor/markdown-it/";
const LEFT_OUT = /^(linkify-it|punycode\.js|\.\/rules_(core|inline)\/linkify\.mjs|\.\/rules_core\/(smartquotes|replacements)\.mjs)$/;
const ENTRY = `export { default as markdownit } from "markdown-it"; export { names } from "entities";`;
const ENTITIES = `export const names = { decode: (text) => text }; export const decodeHTML = (text) => names.decode(text);`;
const NAMES =
  "import html.entities, json; print(json.dumps(sorted((n[:-1], c) for n, c in html.entities.html5.items() if n[-1] == ';')))";

const version = (name) => JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8")).version;
const parts = ["markdown-it", "mdurl", "uc.micro"].map((name) => `${name} ${version(name)}`);

await build({
  stdin: { contents: ENTRY, resolveDir: "." },
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  outfile: `${FOLDER}markdown-it.min.js`,
  banner: { js: `/*! ${parts.join(", ").replace(",", " with")} @license MIT */` },
  plugins: [
    {
      name: "left out",
      setup(build) {
        build.onResolve({ filter: LEFT_OUT }, ({ path }) => ({ path, namespace: "nothing" }));
        build.onResolve({ filter: /^entities$/ }, ({ path }) => ({ path, namespace: "entities" }));
        build.onLoad({ filter: /./, namespace: "nothing" }, () => ({ contents: "export default function () {}" }));
        build.onLoad({ filter: /./, namespace: "entities" }, () => ({ contents: ENTITIES }));
      },
    },
  ],
});

/** Each name begins with as many characters of the one before as its first sign says, in base 36. */
const named = JSON.parse(execFileSync(".venv/bin/python", ["-c", NAMES], { encoding: "utf8" }));
let before = "";
const lines = named.map(([name, characters]) => {
  let same = 0;
  while (same < 35 && same < name.length && name[same] === before[same]) same += 1;
  before = name;
  return `${same.toString(36)}${name.slice(same)};${characters}`;
});
writeFileSync(
  `${FOLDER}entities.js`,
  `// The named characters of HTML, by tools/markdown_it.mjs: which see.\nexport const entities = ${JSON.stringify(lines.join(" "))};\n`,
);
