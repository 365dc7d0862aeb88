import { SourceError } from '../../model/errors.ts';

/** Why a site refused, independent of the SDK that reported it. */
export type SiteErrorCode =
  /** `EntityNotExistsException`: the only evidence that something is gone. */
  | 'not-found'
  | 'throttled'
  /** Also a role that may not be assumed. */
  | 'access-denied'
  /** A signed URL that is no good any more: a new one has to be asked for. */
  | 'expired-url'
  /** Checked out, locked, changed at the same time, or there already. */
  | 'conflict'
  /** What was downloaded is not what WorkDocs says of it. */
  | 'corrupt'
  | 'unavailable'
  | 'invalid';

const SITE_RETRYABLE: ReadonlySet<SiteErrorCode> = new Set([
  'throttled',
  'expired-url',
  'conflict',
  'corrupt',
  'unavailable',
]);

/** A refused or failed request to a WorkDocs site. */
export class SiteError extends SourceError {
  readonly code: SiteErrorCode;

  constructor(code: SiteErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, SITE_RETRYABLE.has(code) ? 'retry' : 'user', options);
    this.code = code;
  }
}

/** True for a {@link SiteError} with one of the given codes. */
export function isSiteError(error: unknown, ...codes: SiteErrorCode[]): error is SiteError {
  return error instanceof SiteError && (codes.length === 0 || codes.includes(error.code));
}
