// @ts-check
/**
 * Events of a day that are moved, or made longer at their lower edge, with a mouse: by quarters of an hour. The page's
 * form `move` is sent; phones and keyboards use the form of the event.
 */

const STEP = 15;
const EDGE = 8;

/** @type {{block: HTMLElement, y: number, hour: number, longer: boolean, minutes: number} | null} */
let held = null;

document.addEventListener("pointerdown", ({ target, pointerType, button, clientY }) => {
  const block = /** @type {HTMLElement | null} */ (/** @type {Element} */ (target).closest?.("[data-event]"));
  const row = /** @type {HTMLElement | null | undefined} */ (block?.closest(".day > li"));
  if (!block || !row || pointerType !== "mouse" || button !== 0) return;
  const longer = block.getBoundingClientRect().bottom - clientY < EDGE;
  held = { block, y: clientY, hour: row.offsetHeight, longer, minutes: 0 };
});

document.addEventListener("pointermove", ({ clientY }) => {
  if (!held) return;
  const { block, y, hour, longer } = held;
  held.minutes = Math.round(((clientY - y) / hour) * (60 / STEP)) * STEP;
  const by = (held.minutes / 60) * hour;
  if (longer) block.style.paddingBottom = by > 0 ? `${by}px` : "";
  block.style.translate = longer ? "" : `0 ${by}px`;
});

document.addEventListener("pointerup", () => {
  const form = document.querySelector("#move");
  if (held?.minutes && form instanceof HTMLFormElement) {
    const { block, longer, minutes } = held;
    const { event = "", on = "" } = block.dataset;
    const fields = { event, on, move: longer ? 0 : minutes, stretch: longer ? minutes : 0 };
    for (const [name, value] of Object.entries(fields)) {
      /** @type {HTMLInputElement} */ (form.elements.namedItem(name)).value = String(value);
    }
    block.addEventListener("click", (click) => click.preventDefault(), { once: true });
    form.requestSubmit();
  }
  held = null;
});
