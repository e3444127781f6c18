/** Our own words for what aios/static/device/recurrence.js uses; the package's types name more than is vendored. */
export interface Options {
  freq: number;
  dtstart: Date;
  interval: number;
  wkst: number;
  count: number | null;
  until: Date | null;
  /** How many periods are tried at most: ours, see tools/rrule.mjs. */
  steps: number;
  bysetpos: number[] | null;
  bymonth: number[] | null;
  bymonthday: number[];
  bynmonthday: number[];
  byyearday: number[] | null;
  byweekno: number[] | null;
  byweekday: number[] | null;
  bynweekday: [number, number][] | null;
  byhour: number[];
  byminute: number[];
  bysecond: number[];
  byeaster: null;
}
/** Give each occurrence to `accept`, until it answers false. */
export function iter(result: { accept(date: Date): boolean; getValue(): unknown }, options: Options): void;
