/**
 * The first AIOS backend, rebuilt as a yardstick: Express, jsonwebtoken and bcryptjs (cost 10), everything
 * in memory, nothing durable. It answers the same calls with the same bodies as AIOS does, as an ordinary
 * careful Express app would: the defaults of the framework, one router a subject, no artificial slowness,
 * and notes kept by account, so that a list costs what it returns.
 *
 * Frozen on purpose: AIOS is compared with this file, release after release. Two variants, by VARIANT:
 *   express         verifies the token of each request with jsonwebtoken
 *   express-cached  keeps verified tokens in a Map until they expire
 *
 * PORT and JWT_SECRET are required. SEED names a file of accounts and notes that exist from the start (see seed.mjs).
 */
import { randomUUID } from "node:crypto";
import bcrypt from "bcryptjs";
import express from "express";
import jwt from "jsonwebtoken";
import { seed } from "./seed.mjs";

const { PORT, JWT_SECRET, SEED, VARIANT = "express" } = process.env;
const BCRYPT_COST = 10;
const MAX_LIST = 1000;

/** @type {Map<string, {id: string, username: string, passwordHash: string}>} */
const usersById = new Map();
const usersByName = new Map();
/** @type {Map<string, object[]>} notes of an account, oldest first */
const notesByUser = new Map();

const verify = (token) => jwt.verify(token, JWT_SECRET, { algorithms: ["HS256"] });

const verified = new Map();
const verifyCached = (token) => {
  const known = verified.get(token);
  if (known && known.exp * 1000 > Date.now()) return known;
  const payload = verify(token);
  verified.set(token, payload);
  return payload;
};
const check = { express: verify, "express-cached": verifyCached }[VARIANT];

const sign = (user) => jwt.sign({ id: user.id, username: user.username }, JWT_SECRET, { expiresIn: "7d" });
const signedIn = (user) => ({ token: sign(user), user: { id: user.id, username: user.username } });

const fail = (status, message) => Object.assign(new Error(message), { status });

function authenticate(request, response, next) {
  const header = request.headers.authorization;
  if (!header?.startsWith("Bearer ")) throw fail(401, "Sign in first.");
  try {
    request.user = check(header.slice(7));
  } catch {
    throw fail(401, "The token is not valid.");
  }
  next();
}

function credentials(body) {
  const { username, password } = body ?? {};
  if (typeof username !== "string" || username.length < 3 || username.length > 50) throw fail(400, "username: 3 to 50 characters.");
  if (typeof password !== "string" || password.length < 6 || password.length > 100) throw fail(400, "password: 6 to 100 characters.");
  return { username, password };
}

function addUser(user) {
  usersById.set(user.id, user);
  usersByName.set(user.username, user);
  notesByUser.set(user.id, []);
}

const auth = express.Router();

auth.post("/register", async (request, response) => {
  const { username, password } = credentials(request.body);
  if (usersByName.has(username)) throw fail(409, "That name is taken.");
  const user = { id: randomUUID(), username, passwordHash: await bcrypt.hash(password, BCRYPT_COST) };
  addUser(user);
  response.status(201).json(signedIn(user));
});

auth.post("/login", async (request, response) => {
  const { username, password } = credentials(request.body);
  const user = usersByName.get(username);
  if (!user || !(await bcrypt.compare(password, user.passwordHash))) throw fail(401, "Name or password is wrong.");
  response.json(signedIn(user));
});

auth.get("/me", authenticate, (request, response) => {
  const user = usersById.get(request.user.id);
  if (!user) throw fail(401, "The account is gone.");
  response.json({ id: user.id, username: user.username });
});

function noteFrom(body) {
  const { title, bodyMarkdown = "", tags = [], links = [], isPinned = false, isArchived = false } = body ?? {};
  if (typeof title !== "string" || title.length > 200) throw fail(400, "title: up to 200 characters.");
  if (typeof bodyMarkdown !== "string" || bodyMarkdown.length > 50_000) throw fail(400, "bodyMarkdown: up to 50,000 characters.");
  if (!Array.isArray(tags) || !Array.isArray(links)) throw fail(400, "tags and links are lists.");
  const now = new Date().toISOString();
  return { id: randomUUID(), title, bodyMarkdown, tags, links, isPinned, isArchived, createdAt: now, updatedAt: now };
}

function addNote(userId, body) {
  const mine = notesByUser.get(userId);
  if (!mine) throw fail(401, "The account is gone.");
  const note = noteFrom(body);
  mine.push(note);
  return note;
}

const notes = express.Router();
notes.use(authenticate);

notes.get("/", (request, response) => {
  const limit = Math.min(Number(request.query.limit) || MAX_LIST, MAX_LIST);
  const offset = Number(request.query.offset) || 0;
  const mine = notesByUser.get(request.user.id) ?? [];
  const end = Math.max(mine.length - offset, 0);
  response.json(mine.slice(Math.max(end - limit, 0), end).reverse());
});

notes.post("/", (request, response) => {
  response.status(201).json(addNote(request.user.id, request.body));
});

const app = express();
app.use(express.json({ limit: "1mb" }));
app.get("/status", (request, response) => response.json({ status: "ok", timestamp: new Date().toISOString() }));
app.use("/api/auth", auth);
app.use("/api/notes", notes);
app.use((request, response) => response.status(404).json({ status: 404, detail: "There is nothing here." }));
app.use((error, request, response, next) => {
  const status = error.status ?? 500;
  response.status(status).json({ status, detail: status < 500 ? error.message : "Something went wrong." });
});

if (SEED) await seed(SEED, BCRYPT_COST, { addUser, addNote, sign });
app.listen(Number(PORT), "127.0.0.1");
