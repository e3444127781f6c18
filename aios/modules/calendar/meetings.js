/** Links to video meetings, found in a text. Twin of meetings.py. */

const LINK =
  /(?:https?:\/\/)?((?:[a-z0-9-]{1,63}\.){0,3}zoom\.us\/(?:j|my|w|s)\/[!#-;=?-Z^_a-z~%]{1,900}|meet\.google\.com\/[a-z0-9-]{3,60}(?:\?[!#-;=?-Z^_a-z~%]{1,300})?|teams\.microsoft\.com\/(?:l\/meetup-join|meet)\/[!#-;=?-Z^_a-z~%]{1,1500}|teams\.live\.com\/meet\/[!#-;=?-Z^_a-z~%]{1,900})/gi;
const NAMES = [["zoom.us", "Zoom"], ["meet.google.com", "Meet"], ["teams.", "Teams"]]; // prettier-ignore

/** The first meeting in `text`, as an https address; "" where there is none. @param {string} text */
export function meetingLink(text) {
  for (const found of text.matchAll(LINK)) {
    if (!/[A-Za-z0-9._@/-]/.test(text.slice(Math.max(found.index - 1, 0), found.index))) {
      return `https://${found[1].replace(/[.,;:!?)'\]]+$/, "")}`;
    }
  }
  return "";
}

/** Whose meeting a link leads to: `Zoom`, `Meet` or `Teams`. @param {string} link */
export function meetingName(link) {
  const host = link.slice("https://".length).split("/")[0].toLowerCase();
  return NAMES.find(([part]) => host.includes(part))?.[1] ?? "";
}
