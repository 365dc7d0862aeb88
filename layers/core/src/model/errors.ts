/**
 * What can be done about an error: `user` errors are the caller's to mend (bad input, no permission), `retry`
 * errors go back to the queue, `fatal` ones are defects or broken set-ups that retrying cannot mend.
 */
export type Remedy = 'user' | 'retry' | 'fatal';

/** Base of every error Holdfast raises itself. The message names the thing, the value and the way out. */
export class HoldfastError extends Error {
  readonly remedy: Remedy;

  constructor(message: string, remedy: Remedy, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
    this.remedy = remedy;
  }
}

/** Input that cannot be used as it is: a URI, a time, a glob, a message, an argument. */
export class InvalidInputError extends HoldfastError {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, 'user', options);
  }
}

/** Another writer kept winning the race for one key; the message goes back to the queue. */
export class ContentionError extends HoldfastError {
  constructor(message: string) {
    super(message, 'retry');
  }
}

/** Why an object store refused, independent of the SDK that reported it. */
export type StoreErrorCode =
  | 'not-found'
  | 'no-such-bucket'
  | 'access-denied'
  | 'customer-key'
  | 'archived'
  /** S3 has nothing left of what was asked for: expedited retrievals, at times. */
  | 'no-capacity'
  /** Asked to thaw what can be read. */
  | 'not-archived'
  | 'precondition-failed'
  | 'throttled'
  | 'unavailable'
  | 'invalid';

const RETRYABLE: ReadonlySet<StoreErrorCode> = new Set([
  'throttled',
  'unavailable',
  'precondition-failed',
  'no-capacity',
]);

/** A refused or failed object-store request. */
export class StoreError extends HoldfastError {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, RETRYABLE.has(code) ? 'retry' : 'user', options);
    this.code = code;
  }
}

/** True for a {@link StoreError} with one of the given codes. */
export function isStoreError(error: unknown, ...codes: StoreErrorCode[]): error is StoreError {
  return error instanceof StoreError && (codes.length === 0 || codes.includes(error.code));
}

/** A refused or failed request to the service that a source is in, where that is no bucket. Each kind has its own. */
export abstract class SourceError extends HoldfastError {}

/** The catalog's table was throttled or out of reach, after the adapter's own retries. */
export class CatalogError extends HoldfastError {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, 'retry', options);
  }
}

/** A queue did not accept all messages, after the adapter's own retries. */
export class QueueError extends HoldfastError {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, 'retry', options);
  }
}

/** Errors whose message quotes what could not be read, which may be anything. */
const QUOTING: ReadonlySet<string> = new Set(['InvalidInputError', 'SyntaxError', 'URIError', 'ValiError']);

/** What a log may hold of anything that was thrown: never a part of an input. */
export function logText(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return QUOTING.has(error.name)
    ? `${error.name} (its words quote the input, and are left out)`
    : messageOf(error);
}

/** The message of anything that was thrown, cut to what a table item or a log line can bear. */
export function messageOf(error: unknown, limit = 500): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.length > limit ? `${text.slice(0, limit - 1)}…` : text;
}
