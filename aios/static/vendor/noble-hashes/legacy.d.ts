/** Our own words for the one function in use; the package's types need its TypeScript sources. */
export function sha1(message: Uint8Array): Uint8Array;
