// @ts-check
/** Where the start of an event is moved in its form, its end follows, so that it lasts as long as before. */

/** The start before it is changed, by form: milliseconds. @type {WeakMap<HTMLFormElement, number>} */
const starts = new WeakMap();

/** @param {HTMLFormElement} form @param {string} day @param {string} time */
function inputs(form, day, time) {
  const found = [form.elements.namedItem(day), form.elements.namedItem(time)];
  return found.every((each) => each instanceof HTMLInputElement) ? /** @type {HTMLInputElement[]} */ (found) : [];
}

/** What two fields say, as if it were UTC; NaN where one is empty. @param {HTMLInputElement[]} fields */
const instant = ([day, time]) => (day && time ? Date.parse(`${day.value}T${time.value}Z`) : NaN);

/** @param {EventTarget | null} target */
function formOf(target) {
  const isStart = target instanceof HTMLInputElement && ["date", "time"].includes(target.name);
  return isStart && target.form?.elements.namedItem("endTime") ? target.form : null;
}

document.addEventListener("focusin", ({ target }) => {
  const form = formOf(target);
  const start = form ? instant(inputs(form, "date", "time")) : NaN;
  if (form && !Number.isNaN(start)) starts.set(form, start);
});

document.addEventListener("change", ({ target }) => {
  const form = formOf(target);
  if (!form) return;
  const start = instant(inputs(form, "date", "time"));
  const ends = inputs(form, "endDate", "endTime");
  const end = instant(ends) + start - (starts.get(form) ?? NaN);
  const year = new Date(end).getUTCFullYear();
  if (!Number.isNaN(start)) starts.set(form, start);
  // Also while a year is being typed: 0002, 0020, 0202, 2026.
  if (!(year >= 0 && year <= 9999)) return;
  const [day = "", time = ""] = new Date(end).toISOString().slice(0, 16).split("T");
  for (const [at, value] of [day, time].entries()) /** @type {HTMLInputElement} */ (ends[at]).value = value;
});
