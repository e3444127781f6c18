/**
 * The errors that are raised on purpose, each with a sentence for a person: twin of aios/errors.py.
 *
 * @typedef {{field: string, message: string}} FieldError one refused field, and what to do about it
 */

/** Root of the tree. `headers` go out with the answer. */
export class AiosError extends Error {
  status = 500;
  code = "error";
  /**
   * @param {string} detail
   * @param {Record<string, string>} headers
   */
  constructor(detail, headers = {}) {
    super(detail);
    this.name = new.target.name;
    this.detail = detail;
    this.headers = headers;
  }
}

/** What was sent cannot be kept. `errors` names every refused field, not only the first. */
export class InvalidError extends AiosError {
  status = 400;
  code = "invalid";
  /**
   * @param {string} detail
   * @param {FieldError[]} errors
   */
  constructor(detail, errors = []) {
    super(detail);
    this.errors = errors;
  }
}

/** The request came from another site, or the account may not do this. */
export class ForbiddenError extends AiosError {
  status = 403;
  code = "forbidden";
}

/** Unknown, or somebody else's: the two are never told apart. */
export class NotFoundError extends AiosError {
  status = 404;
  code = "not_found";
}

/** The address exists and does not take this method; `allow` names those it takes. */
export class MethodNotAllowedError extends AiosError {
  status = 405;
  code = "method_not_allowed";
  /**
   * @param {string} detail
   * @param {string} allow
   */
  constructor(detail, allow) {
    super(detail, { Allow: allow });
  }
}

/** The request contradicts what is stored; `reason` says how: a used id (`exists`), a deleted record (`deleted`). */
export class ConflictError extends AiosError {
  status = 409;
  code = "conflict";
  /**
   * @param {string} detail
   * @param {string} reason
   */
  constructor(detail, reason = "conflict") {
    super(detail);
    this.reason = reason;
  }
}

/** `baseRev` named a revision that is no longer current. */
export class PreconditionError extends AiosError {
  status = 412;
  code = "precondition_failed";
}

/** The body is over the limit. */
export class TooLargeError extends AiosError {
  status = 413;
  code = "too_large";
}

/** The store refused the change; nothing was kept, try again after `retryAfterS` seconds. */
export class UnavailableError extends AiosError {
  status = 503;
  code = "unavailable";
  /**
   * @param {string} detail
   * @param {number} retryAfterS
   */
  constructor(detail, retryAfterS = 2) {
    super(detail, { "Retry-After": String(retryAfterS) });
  }
}
