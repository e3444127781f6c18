// @ts-check
/** Running out of room on the device. */
import { AiosError } from "./errors.js";

const DETAIL =
  "This device has no room left, so this was not kept. Your text is still on the screen: " +
  "copy it or leave it open, make some room, then save again.";
/** Bytes of the budget of a browser, and those of it that are kept free for what is written here (docs/sync.md). */
export const LIMIT = 10_000_000;
export const RESERVED = 1_000_000;

/** The browser refused to store more. Nothing of the change was kept. */
export class NoRoomError extends AiosError {
  status = 507;
  code = "no_room";
}

/**
 * What a person is told of an error of the store: the same error, unless it is one of room.
 * @param {any} error
 */
export function explained(error) {
  return error?.name === "QuotaExceededError" ? new NoRoomError(DETAIL) : error;
}
