/**
 * Writes what Actual's clients would send, with Actual's own library: `node requests.mjs folder file group first count each`.
 *
 * `pull` asks for everything. `push.0`, `push.1` … hold `each` new records, read from `records.json`: an array of objects
 * whose members are cells, since Actual sends one message for each cell.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { create, MessageEnvelopeSchema, MessageSchema, SyncRequestSchema, Timestamp, toBinary } from "@actual-app/crdt";

const [folder, fileId, groupId, ...numbers] = process.argv.slice(2);
const [first, count, each] = numbers.map(Number);
const records = JSON.parse(readFileSync(`${folder}/records.json`, "utf8"));
const BEGAN = Date.UTC(2026, 0, 1);
const NODE = "a219e7a71cc18912";

const request = (messages, since) =>
  toBinary(SyncRequestSchema, create(SyncRequestSchema, { messages, fileId, groupId, keyId: "", since }));

function message(row, column, value, number) {
  const content = toBinary(MessageSchema, create(MessageSchema, { dataset: "notes", row, column, value: `S:${value}` }));
  const timestamp = new Timestamp(BEGAN + number, 0, NODE).toString();
  return create(MessageEnvelopeSchema, { timestamp, isEncrypted: false, content });
}

writeFileSync(`${folder}/pull`, request([], new Timestamp(BEGAN - 1, 0, NODE).toString()));
for (let push = first; push < first + count; push += 1) {
  const messages = [];
  for (let place = 0; place < each; place += 1) {
    const { id, ...cells } = records[push * each + place];
    for (const [column, value] of Object.entries(cells)) messages.push(message(id, column, value, (push * each + place) * 10 + messages.length % 10));
  }
  // What the server has is not asked for again, as a client that is up to date does.
  writeFileSync(`${folder}/push.${push}`, request(messages, new Timestamp(BEGAN + 1e12, 0, NODE).toString()));
}
