/** Checks fields on the device: one JSON request a line on stdin, one answer a line on stdout. */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { InvalidError } from "../../aios/static/device/errors.js";
import { keys } from "../../aios/static/device/keys.js";
import { check } from "../../aios/static/device/validate.js";

const registry = JSON.parse(readFileSync(process.argv[2], "utf-8"));

for await (const line of createInterface({ input: process.stdin })) {
  const { collection, sent, creating, document } = JSON.parse(line);
  const declared = registry.collections[collection];
  let answer;
  try {
    answer = document ? keys(declared, document) : { fields: check(declared, sent, { creating }) };
  } catch (error) {
    answer = error instanceof InvalidError ? { detail: error.detail, errors: error.errors } : { error: error.stack };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
