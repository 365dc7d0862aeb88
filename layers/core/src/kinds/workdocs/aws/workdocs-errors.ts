import { statusOf } from '../../../aws/s3-errors.ts';
import { messageOf } from '../../../model/errors.ts';
import { SiteError, type SiteErrorCode } from '../site-error.ts';
import { codeOfException } from '../workdocs-exceptions.ts';

/** Runs requests to WorkDocs, and translates what they throw. @param what what was asked, as a log should have it */
export async function attempt<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toSiteError(error, what);
  }
}

/** Translates whatever the SDK threw. */
function toSiteError(error: unknown, what: string): SiteError {
  if (error instanceof SiteError) return error;
  const name = error instanceof Error ? error.name : 'Error';
  const code = codeOfException(name) ?? codeOfStatus(statusOf(error));
  return new SiteError(code, `${what}: ${name}: ${messageOf(error) || 'no message'}`, { cause: error });
}

/**
 * For a name that is not known. A 404 without WorkDocs' own name for it may come from anything on the way: it proves
 * nothing about what was asked for.
 */
function codeOfStatus(status: number | undefined): SiteErrorCode {
  if (status === undefined || status === 404 || status >= 500) return 'unavailable';
  if (status === 429) return 'throttled';
  return status === 401 || status === 403 ? 'access-denied' : 'invalid';
}
