/**
 * Record ids: UUIDv7 for what a person makes, UUIDv5 for what several devices must make alike.
 * Twin of aios/records/ids.py.
 */
import { bytesToHex, concatBytes, hexToBytes, sha1 } from "../vendor/noble-hashes/hashes.min.js";

const NAMESPACE = hexToBytes("6f1b6a0e58f05c3e9d3a1f8c1a7b9e55");
const SHAPE = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const MS_DIGITS = 12;
const encoder = new TextEncoder();

/** A UUIDv7 (RFC 9562, 5.7): 48 bits of milliseconds, then random bits. */
export function newId() {
  // Not crypto.randomUUID: pages on plain http have none, and it makes version 4.
  const random = crypto.getRandomValues(new Uint8Array(10));
  const ms = hexToBytes(Date.now().toString(16).padStart(MS_DIGITS, "0"));
  return write(concatBytes(ms, random), 7);
}

/**
 * Whether `text` is a UUID in its canonical, lower-case form.
 * @param {string} text
 */
export function isId(text) {
  return SHAPE.test(text);
}

/**
 * The id of a record that follows from others, the same on every device: UUIDv5 of (space, collection, key).
 * @param {string} space
 * @param {string} collection
 * @param {string} key
 */
export function impliedId(space, collection, key) {
  const name = encoder.encode(`${space}/${collection}/${key}`);
  return write(sha1(concatBytes(NAMESPACE, name)).slice(0, 16), 5);
}

/**
 * 16 bytes as a UUID of `version`, variant 10 (RFC 9562, 4.1 and 4.2).
 * @param {Uint8Array} bytes
 * @param {number} version
 */
function write(bytes, version) {
  bytes[6] = (bytes[6] & 0x0f) | (version << 4);
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return bytesToHex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
