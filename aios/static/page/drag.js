// @ts-check
/**
 * Cards of a board that are dragged with a mouse. The card's own form is sent, as its buttons send it, so nothing here
 * is needed: phones and keyboards use those.
 */

/** @type {HTMLElement | null} */
let dragged = null;

/** @param {EventTarget | null} target */
const columnOf = (target) => /** @type {HTMLElement | null} */ (/** @type {Element} */ (target).closest("[data-column]"));

/** Where in a column the pointer is: the card below it, or null at the end. @param {HTMLElement} column @param {number} y */
function cardBelow(column, y) {
  const cards = [.../** @type {NodeListOf<HTMLElement>} */ (column.querySelectorAll("[data-place]"))];
  return cards.find((card) => card !== dragged && y < card.getBoundingClientRect().top + card.offsetHeight / 2) ?? null;
}

/** Only mice drag: a finger scrolls. */
document.addEventListener("pointerover", ({ target, pointerType }) => {
  const card = /** @type {HTMLElement | null} */ (/** @type {Element} */ (target).closest?.("[data-place]"));
  if (card) card.draggable = pointerType === "mouse";
});

document.addEventListener("dragstart", ({ target }) => {
  dragged = target instanceof HTMLElement && target.dataset.place !== undefined ? target : null;
});

document.addEventListener("dragover", (event) => {
  if (dragged && columnOf(event.target)) event.preventDefault();
});

document.addEventListener("drop", (event) => {
  const column = columnOf(event.target);
  const button = /** @type {HTMLButtonElement | null | undefined} */ (dragged?.querySelector("form.place button"));
  if (!dragged || !column || !button) return;
  event.preventDefault();
  const below = cardBelow(column, event.clientY);
  const cards = [.../** @type {NodeListOf<HTMLElement>} */ (column.querySelectorAll("[data-place]"))];
  const others = cards.filter((card) => card !== dragged);
  const above = others[below ? others.indexOf(below) - 1 : others.length - 1];
  const status = column.contains(dragged) ? "" : column.dataset.column;
  button.value = [status, above?.dataset.place ?? "", below?.dataset.place ?? ""].join("~");
  button.click();
});

document.addEventListener("dragend", () => {
  dragged = null;
});
