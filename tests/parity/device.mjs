/** Renders compiled templates for the parity tests: one JSON request a line on stdin, one answer a line on stdout. */
import { createInterface } from "node:readline";

/** @param {unknown} error */
const answer = (error) => ({ error: `${/** @type {Error} */ (error).name}: ${/** @type {Error} */ (error).message}` });

for await (const line of createInterface({ input: process.stdin })) {
  const { module, name, context, fragment } = JSON.parse(line);
  const { render, safe } = await import(module);
  let result;
  try {
    // Safe HTML is written {"$safe": "<b>"}: JSON has no other way to tell it from text.
    const revive = (/** @type {string} */ _, /** @type {any} */ value) =>
      typeof value?.$safe === "string" ? safe(value.$safe) : value;
    result = { html: render(name, JSON.parse(context, revive), fragment) };
  } catch (error) {
    result = answer(error);
  }
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
