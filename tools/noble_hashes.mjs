/**
 * Makes vendor/noble-hashes/hashes.min.js: SHA-256, SHA-1 and what turns bytes into hexadecimal digits and back, out of
 * the package's modules, which a worker would load whole, SHA-512 and all.
 *
 * Run it where the package is: `npm install --no-save @noble/hashes@2.0.1 esbuild && node tools/noble_hashes.mjs`.
 */
import { readFileSync } from "node:fs";
import { build } from "esbuild";

const { version } = JSON.parse(readFileSync("node_modules/@noble/hashes/package.json", "utf8"));

await build({
  stdin: {
    contents: `
      export { sha1 } from "@noble/hashes/legacy.js";
      export { sha256 } from "@noble/hashes/sha2.js";
      export { bytesToHex, concatBytes, hexToBytes } from "@noble/hashes/utils.js";`,
    resolveDir: ".",
  },
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "none",
  outfile: "aios/static/vendor/noble-hashes/hashes.min.js",
  banner: { js: `/*! @noble/hashes ${version} @license MIT */` },
});
