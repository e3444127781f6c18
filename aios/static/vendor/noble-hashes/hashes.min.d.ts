/** Our own words for the functions in use; the package's types need its TypeScript sources. */
export function sha1(message: Uint8Array): Uint8Array;
export function sha256(message: Uint8Array): Uint8Array;
export function bytesToHex(bytes: Uint8Array): string;
export function concatBytes(...arrays: Uint8Array[]): Uint8Array;
export function hexToBytes(hex: string): Uint8Array;
