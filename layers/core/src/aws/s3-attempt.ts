import { StoreError } from '../model/errors.ts';
import type { WriteCondition } from '../ports/object-store.ts';
import { toStoreError } from './s3-errors.ts';

/**
 * Runs a request and turns whatever the SDK throws into a StoreError.
 *
 * @param what what is asked, for the message
 * @param condition that of a write: S3 answers 404, not 412, when there is no object at all to match
 */
export async function attempt<T>(
  what: string,
  work: () => Promise<T>,
  condition?: WriteCondition,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const known = toStoreError(error, what);
    throw isUnmatched(known, error, condition)
      ? new StoreError('precondition-failed', known.message, { cause: error })
      : known;
  }
}

// What these names say is missing is not the object that had to be there. Only for a copy of a current object nothing
// says which of the two is missing; both are mended by looking again, which this code asks for.
const OTHERS: ReadonlySet<string> = new Set(['NoSuchUpload', 'NoSuchVersion']);

function isUnmatched(known: StoreError, error: unknown, condition: WriteCondition | undefined): boolean {
  if (condition === undefined || !('ifMatch' in condition)) return false;
  return known.code === 'not-found' && !(error instanceof Error && OTHERS.has(error.name));
}

/** An object as messages name it. */
export function uri({ bucket, key }: { readonly bucket: string; readonly key: string }): string {
  return `s3://${bucket}/${key}`;
}
