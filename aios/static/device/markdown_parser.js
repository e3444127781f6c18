/**
 * The Markdown of aios/web/markdown.py: CommonMark with tables and strikethrough, no raw HTML, and `[[Title]]`, `#tag`
 * and task lists. No regular expressions in the additions, so that both sides give the same bytes (docs/parity.md).
 *
 * @typedef {import("../vendor/markdown-it/markdown-it.min.js").InlineRule} InlineRule
 * @typedef {import("../vendor/markdown-it/markdown-it.min.js").RenderRule} RenderRule
 * @typedef {import("../vendor/markdown-it/markdown-it.min.js").StateCore} StateCore
 * @typedef {import("../vendor/markdown-it/markdown-it.min.js").StateInline} StateInline
 * @typedef {import("../vendor/markdown-it/markdown-it.min.js").Token} Token
 */
import { markdownit } from "../vendor/markdown-it/markdown-it.min.js";
import { correct, unescape } from "./markdown_corrections.js";
import { filters, print } from "./templates_runtime.js";
import { SPACES, advance, trim } from "./text.js";

const SCHEMES = new Set(["http", "https", "mailto", "tel"]);
const LINK_WINDOW = 256;
const BEFORE_TAG = new Set([...SPACES, "(", "[", "{"]);
const DIGITS = new Set("0123456789");
const TAG_ASCII = new Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_/");
const URL_SIGNS = ";/?:@&=+$,-_.!~*'()#[]";
const BOXES = new Map([
  ["[ ] ", false],
  ["[x] ", true],
  ["[X] ", true],
]);
const LOWEST = 6;

/** Gives the HTML of a text; `env.links` maps titles of `[[…]]` to addresses. */
export const parser = makeParser();
const { escapeHtml, lib } = parser.utils;

/**
 * Whether `url` may be followed: http, https, mailto, tel, or a path of this server.
 * @param {string} url
 */
export function safeUrl(url) {
  if (url.startsWith("/")) return !url.startsWith("//") && !url.startsWith("/\\");
  const colon = url.indexOf(":");
  return colon >= 0 && SCHEMES.has(url.slice(0, colon).toLowerCase());
}

function makeParser() {
  const made = markdownit("commonmark", { html: false, xhtmlOut: false }).enable(["table", "strikethrough"]);
  correct(made);
  made.validateLink = safeUrl;
  made.normalizeLink = normalizeUrl;
  made.normalizeLinkText = (url) => url;
  made.inline.ruler.before("link", "title_link", titleLink);
  made.inline.ruler.before("link", "tag_link", tagLink);
  made.core.ruler.after("inline", "aios", adapt);
  Object.assign(made.renderer.rules, { link_open: renderLink, image: renderImage, fence: renderFence });
  return made;
}

/** Percent-encode what an address may not hold. @param {string} url */
function normalizeUrl(url) {
  return lib.mdurl.encode(trim(url), URL_SIGNS);
}

/** `[[Title]]` on one line. @type {InlineRule} */
function titleLink(state, silent) {
  const { pos: start, src: source } = state;
  if (state.linkLevel || !source.startsWith("[[", start)) return false;
  const window = source.slice(start, Math.min(state.posMax, advance(source, start, LINK_WINDOW)));
  const end = window.indexOf("]]", 2);
  const inside = window.slice(1, Math.max(end, 1));
  if (end < 0 || inside.includes("[[") || inside.includes("\n")) return false;
  const title = trim(inside.slice(1));
  if (!title) return false;
  if (!silent) {
    const { links } = state.env;
    const known = Object.hasOwn(links, title) ? links[title] : "";
    pushLink(state, known || `/notebook?title=${filters.urlpath(title)}`, title);
  }
  state.pos = start + end + 2;
  return true;
}

/**
 * `#tag` at the start of a line, after a space or an opening bracket: the rule of the Notebook's scanner.
 * @type {InlineRule}
 */
function tagLink(state, silent) {
  const { pos: start, src: source } = state;
  if (state.linkLevel || source[start] !== "#" || !(start === 0 || BEFORE_TAG.has(source[start - 1]))) return false;
  let end = start + 1;
  while (end < state.posMax && inTag(source[end])) end++;
  const tag = source.slice(start + 1, end);
  if ([...tag].every((character) => DIGITS.has(character))) return false;
  if (!silent) pushLink(state, `/notebook?tag=${filters.urlpath(tag)}`, `#${tag}`);
  state.pos = end;
  return true;
}

/** @param {string} character or half of one beyond U+FFFF, all of which may stand in a tag */
function inTag(character) {
  if (character < "\x80") return TAG_ASCII.has(character);
  return !SPACES.has(character) && !(character >= "\u2000" && character <= "\u206f");
}

/** @param {StateInline} state @param {string} href @param {string} text */
function pushLink(state, href, text) {
  state.push("link_open", "a", 1).attrs = [["href", href]];
  state.push("text", "", 0).content = text;
  state.push("link_close", "a", -1);
}

/**
 * Shift headings below the page's own, make task lists, turn alignment styles into classes.
 * @param {StateCore} state
 */
function adapt(state) {
  const { tokens } = state;
  const { contents } = state.env;
  for (const [index, token] of tokens.entries()) {
    if (token.type === "heading_open" || token.type === "heading_close") {
      token.tag = `h${Math.min(Number(token.tag[1]) + 1, LOWEST)}`;
      if (!contents || token.nesting !== 1) continue;
      const name = `part-${contents.length + 1}`;
      token.attrs = [["id", name]];
      const text = wordsOf(tokens[index + 1].children ?? []).replaceAll("\n", " ");
      contents.push({ level: token.tag[1], text, href: `#${name}` });
    } else if (token.type === "th_open" || token.type === "td_open") {
      const style = attribute(token, "style");
      if (style) token.attrs = [["class", style.slice("text-align:".length)]];
    } else if (token.type === "inline" && index > 1 && tokens[index - 2].type === "list_item_open") {
      makeTask(tokens[index - 2], token, state);
    }
  }
}

/** @param {Token} item @param {Token} inline @param {StateCore} state */
function makeTask(item, inline, state) {
  const children = inline.children ?? [];
  const [first] = children;
  const done = first?.type === "text" ? BOXES.get(first.content.slice(0, 4)) : undefined;
  if (done === undefined) return;
  first.content = first.content.slice(4);
  item.attrs = [["class", "task"]];
  const { form, lines } = state.env;
  const number = inline.map?.[0] ?? 0;
  const line = form ? lines[number] : "";
  const start = line.indexOf("[");
  if (BOXES.has(`${line.slice(start, start + 3)} `)) {
    const button = new state.Token("task_open", "button", 1);
    button.attrs = [
      ["class", "check square"],
      ["type", "submit"],
      ["form", form],
      ["name", "task"],
      ["value", `${number}:${line}`],
      ["aria-pressed", String(done)],
      ["aria-label", wordsOf(children).replaceAll("\n", " ") || "Task"],
    ];
    inline.children = [button, new state.Token("task_close", "button", -1), ...children];
    return;
  }
  const box = new state.Token("task_box", "input", 0);
  box.attrs = [
    ["class", "check square"],
    ["type", "checkbox"],
    ["disabled", ""],
    ["aria-label", done ? "Done" : "To do"],
  ];
  if (done) box.attrs.push(["checked", ""]);
  inline.children = [box, ...children];
}

/** @type {RenderRule} */
function renderLink(tokens, index, options, env, renderer) {
  const [token] = [tokens[index]];
  if (isOutside(attribute(token, "href"))) token.attrs?.push(["rel", "noopener noreferrer"]);
  return renderer.renderToken(tokens, index, options);
}

/**
 * A picture of our own. One from elsewhere becomes a link to it: loading it would tell others what is read.
 * @type {RenderRule}
 */
function renderImage(tokens, index, options, env, renderer) {
  const image = tokens[index];
  const source = attribute(image, "src");
  const words = wordsOf(image.children ?? []);
  if (!isOutside(source)) {
    image.attrs = [
      ["src", source],
      ["alt", words],
      ["loading", "lazy"],
    ];
    return renderer.renderToken(tokens, index, options);
  }
  const label = print(words || source);
  return isInsideLink(tokens, index) ? label : `<a href="${print(source)}" rel="noopener noreferrer">${label}</a>`;
}

/** @type {RenderRule} */
function renderFence(tokens, index) {
  const token = tokens[index];
  const language = firstWord(unescape(token.info));
  const shown = language && ` class="language-${escapeHtml(language)}"`;
  return `<pre><code${shown}>${escapeHtml(token.content)}</code></pre>\n`;
}

/** What a picture shows, as plain text. @param {Token[]} tokens @returns {string} */
function wordsOf(tokens) {
  return tokens
    .map((token) => {
      if (token.type === "image") return wordsOf(token.children ?? []);
      if (token.type === "softbreak" || token.type === "hardbreak") return "\n";
      return token.content;
    })
    .join("");
}

/** @param {string} text */
function firstWord(text) {
  const trimmed = trim(text);
  let end = 0;
  while (end < trimmed.length && !SPACES.has(trimmed[end])) end++;
  return trimmed.slice(0, end);
}

/** @param {Token[]} tokens @param {number} index */
function isInsideLink(tokens, index) {
  let depth = 0;
  for (const { type } of tokens.slice(0, index)) depth += Number(type === "link_open") - Number(type === "link_close");
  return depth > 0;
}

/** @param {string} url */
function isOutside(url) {
  return url.slice(0, 4).toLowerCase() === "http";
}

/** @param {Token} token @param {string} name */
function attribute(token, name) {
  return token.attrs?.find(([each]) => each === name)?.[1] ?? "";
}
