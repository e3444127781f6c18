/**
 * Judge pages with Lighthouse: its defaults, which are a phone of the middle class on a simulated slow 4G.
 *
 * In, on standard input: {browser, arguments, runs, pages: [{url, categories, cookie}]}; `cookie` may be null.
 * Out, a line of JSON for each page and run: {url, scores: {category: 0 to 1}, failed: [audit, …]}; `failed` are the
 * audits that keep a category from 1. Each run has a browser of its own, so nothing is cached and no worker answers.
 */

import { text } from "node:stream/consumers";

import lighthouse from "lighthouse";
import puppeteer from "puppeteer-core";

const asked = JSON.parse(await text(process.stdin));
for (const page of asked.pages) {
  for (let run = 0; run < asked.runs; run += 1) {
    process.stdout.write(`${JSON.stringify(await judge(page))}\n`);
  }
}

async function judge({ url, categories, cookie }) {
  const browser = await puppeteer.launch({
    executablePath: asked.browser,
    args: asked.arguments,
    headless: true,
    defaultViewport: null,
  });
  try {
    if (cookie) await browser.setCookie({ ...cookie, domain: new URL(url).hostname, path: "/", httpOnly: true });
    const flags = { logLevel: "silent", onlyCategories: categories };
    const { lhr } = await lighthouse(url, flags, undefined, await browser.newPage());
    if (lhr.runtimeError) throw new Error(`${url}: ${lhr.runtimeError.message}`);
    if (lhr.finalDisplayedUrl !== url) throw new Error(`${url} went to ${lhr.finalDisplayedUrl}`);
    return { url, scores: scores(lhr), failed: failed(lhr) };
  } finally {
    await browser.close();
  }
}

function scores({ categories }) {
  return Object.fromEntries(Object.values(categories).map(({ id, score }) => [id, score]));
}

/** Every audit that counts and is not perfect. */
function failed({ categories, audits }) {
  const counted = Object.values(categories).flatMap(({ auditRefs }) => auditRefs.filter(({ weight }) => weight > 0));
  return counted.map(({ id }) => id).filter((id) => audits[id].score !== null && audits[id].score < 1);
}
