/** The words in which a module's device.js speaks; `__init__.py` beside this file says what they mean. */

import type { Safe } from "../static/device/templates_runtime.js";

/** A record as it is stored, with `_rev`, and `_stub` where long texts are not here. */
export type Document = Record<string, any>;
/** What the reads of a page gave, by name: a list of documents, a document or null, a number, or pairs. */
export type Documents = Record<string, any>;
/** What a view gives to its template. */
export type Context = Record<string, any>;
export type Html = Safe;

/** All that a view may know besides documents. */
export interface Query {
  params: Record<string, string>;
  now: string;
  zone: string;
  newId: string;
  day: string;
  bounds: Record<string, string>;
  user: string;
  space: string;
  settings: Document;
  form: Record<string, string>;
  errors: Record<string, string>;
  device: Record<string, any>;
}

/** All values of each field of a form, in order. */
export type Form = Map<string, string[]>;

export interface Mutation {
  op: "create" | "update" | "delete" | "restore";
  collection: string;
  id: string;
  fields?: Document;
  bases?: Record<string, string>;
  /** The revision that the person was shown. */
  baseRev?: number | null;
  /** What a new record shows of texts that the server takes over from another (Trait.continues). */
  stub?: Document;
}

/** Mutations to apply together, then a place to go. Or refused fields and no change. */
export interface Submission {
  mutations?: Mutation[];
  location?: string;
  errors?: Record<string, string>;
  /** Another module's form post, to be made instead; `{made}` in `location` is what it created. */
  forward?: { path: string; method: "POST" | "PUT" | "DELETE"; form: Form };
}

export type View = (documents: Documents, query: Query) => Context;
export type Submit = (documents: Documents, form: Form, query: Query) => Submission;

/** The changes that are made together. `document` gives a living record, without long texts, or null. */
export interface Batch {
  document(id: string): Document | null;
}

/** One accepted mutation: what was stored, and what will be. */
export interface Change {
  mutation: Mutation;
  collection: string;
  previous: Document | null;
  document: Document;
  effect: "created" | "updated" | "deleted" | "restored" | "same";
}

/** Throws InvalidError for a change that contradicts other records. */
export type Rule = (batch: Batch, change: Change) => void;

/** What follows from a document itself: fields that are filled in, and the instant at which it wants attention. */
export interface Consequences {
  derive?: (document: Document, previous: Document | null) => void;
  due?: (document: Document) => string | null;
  rules?: Rule[];
}
