/**
 * Accounts and notes that exist before a measurement begins, since nothing is kept from run to run. Hashing a
 * password for each account would only lengthen the run, so they share one hash; notes and tokens are made by
 * the server's own functions.
 */
import { randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import bcrypt from "bcryptjs";

/**
 * Read `{usernames, password, notes, notesEach}` from the JSON file `path`, add the accounts, give each
 * `notesEach` notes, and write the accounts' tokens, in the same order, to `path` + ".tokens".
 */
export async function seed(path, cost, { addUser, addNote, sign }) {
  const { usernames, password, notes, notesEach } = JSON.parse(await readFile(path, "utf8"));
  const passwordHash = await bcrypt.hash(password, cost);
  const users = usernames.map((username) => ({ id: randomUUID(), username, passwordHash }));
  users.forEach(addUser);
  for (let number = 0; number < notesEach * users.length; number += 1) {
    // A copy of the texts, as if each had come in a request of its own.
    addNote(users[number % users.length].id, structuredClone(notes[number % notes.length]));
  }
  await writeFile(`${path}.tokens`, JSON.stringify(users.map(sign)));
}
