/** Names and characters, parted by spaces and by `;`; a sign before each name says how much of the last one it begins with. */
export const entities: string;
