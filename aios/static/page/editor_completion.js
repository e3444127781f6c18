// @ts-check
/** Tags behind `#` and titles behind `[[`, offered while they are typed. */
import { make } from "./editor_marks.js";

const TAG = /(?:^|[\s([{])#([^\s#[\](){}]{0,60})$/;
const TITLE = /\[\[([^[\]\n]{0,120})$/;
const WAIT_MS = 120;

let asked = 0;
let chosen = -1;
/** @type {"tag" | "title"} */
let kind = "tag";
let typed = "";

const list = () => document.getElementById("completion");
const options = () => /** @type {HTMLElement[]} */ ([...(list()?.children ?? [])]);

/** See what is being typed, and offer what it may become. @param {HTMLTextAreaElement} area */
export async function look(area) {
  const mine = ++asked;
  const before = area.value.slice(Math.max(0, area.selectionStart - 200), area.selectionStart);
  const title = TITLE.exec(before);
  const found = area.selectionStart === area.selectionEnd && (title ?? TAG.exec(before));
  if (!found) return close(area);
  await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
  if (mine !== asked) return;
  const wanted = title ? "title" : "tag";
  const address = `/notebook/completion?kind=${wanted}&prefix=${encodeURIComponent(found[1])}`;
  const answer = await fetch(address, { headers: { "HX-Request-Type": "partial" } }).catch(() => null);
  const html = answer?.ok ? await answer.text() : "";
  if (mine !== asked) return;
  [kind, typed] = [wanted, found[1]];
  const page = new DOMParser().parseFromString(html, "text/html");
  const names = [...page.querySelectorAll("li")].map(({ textContent }) => textContent ?? "");
  show(area, names.filter((name) => name !== typed && (title || !/\s/.test(name))));
}

/** @param {HTMLTextAreaElement} area @param {string[]} names */
function show(area, names) {
  const shown = list();
  if (!shown || !names.length) return close(area);
  shown.replaceChildren(
    ...names.map((name, place) => {
      const option = document.createElement("li");
      Object.assign(option, { id: `completion-${place}`, className: "chip", role: "option", textContent: name });
      return option;
    }),
  );
  shown.hidden = false;
  area.setAttribute("aria-controls", "completion");
  area.setAttribute("aria-autocomplete", "list");
  // Nobody wants a new line inside of [[ ]]; behind a tag it is as likely as the next letter.
  choose(area, kind === "title" ? 0 : -1);
}

/** @param {HTMLTextAreaElement} area @param {number} place */
function choose(area, place) {
  chosen = place;
  for (const [at, option] of options().entries()) option.setAttribute("aria-selected", String(at === place));
  options()[place]?.scrollIntoView({ block: "nearest", inline: "nearest" });
  if (place >= 0) area.setAttribute("aria-activedescendant", `completion-${place}`);
  else area.removeAttribute("aria-activedescendant");
}

/** Offer nothing any more. @param {HTMLTextAreaElement} area */
export function close(area) {
  asked += 1;
  const shown = list();
  if (!shown || shown.hidden) return;
  shown.hidden = true;
  shown.replaceChildren();
  area.removeAttribute("aria-activedescendant");
}

/** Whether a key was meant for the list. @param {HTMLTextAreaElement} area @param {KeyboardEvent} event */
export function takes(area, { key }) {
  const count = options().length;
  if (!count) return false;
  if (key === "ArrowDown") choose(area, (chosen + 1) % count);
  else if (key === "ArrowUp") choose(area, (Math.max(chosen, 0) + count - 1) % count);
  else if (key === "Escape") close(area);
  else if (key === "Tab" || (key === "Enter" && chosen >= 0)) accept(area, Math.max(chosen, 0));
  else return false;
  return true;
}

/** Take what was pressed with a pointer. @param {HTMLTextAreaElement} area @param {Element} option */
export function press(area, option) {
  const place = options().indexOf(/** @type {HTMLElement} */ (option));
  if (place >= 0) accept(area, place);
}

/** @param {HTMLTextAreaElement} area @param {number} place */
function accept(area, place) {
  const name = options()[place].textContent ?? "";
  const to = area.selectionStart;
  const closed = area.value.startsWith("]]", to);
  const text = name + (kind === "tag" ? " " : closed ? "" : "]]");
  const from = to - typed.length;
  const end = from + text.length + (kind === "title" && closed ? 2 : 0);
  close(area);
  make(area, { from, to, text, start: end, end });
  close(area);
}
