import { isStoreError, messageOf } from '@holdfast/core/model/errors.ts';
import { tableOf } from '@holdfast/core/model/named-values.ts';

/** Why one object could not be put where it belongs. */
export class PlaceError extends Error {
  readonly reason: string;

  constructor(reason: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'PlaceError';
    this.reason = reason;
  }
}

const WORDS = tableOf<readonly [reason: string, words: string]>({
  EACCES: ['permission', 'permission denied'],
  EPERM: ['permission', 'not permitted'],
  EROFS: ['permission', 'the disk is read-only'],
  ENAMETOOLONG: ['name-refused', 'the path is too long for this disk'],
  EILSEQ: ['name-refused', 'this disk does not take such a name'],
  EINVAL: ['name-refused', 'this disk does not take such a name'],
  ELOOP: ['symlink', 'a symbolic link stands in its way'],
  ENOTDIR: ['not-a-folder', 'a file stands where a folder has to be'],
  EISDIR: ['not-a-file', 'a folder stands in its way'],
  EFBIG: ['too-large', 'too large a file for this disk'],
  ENOENT: ['gone', 'something else took its folder away'],
});

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

export function isCode(error: unknown, ...codes: string[]): boolean {
  return codes.includes(codeOf(error));
}

export function isDiskFull(error: unknown): boolean {
  return isCode(error, 'ENOSPC', 'EDQUOT');
}

/** What the disk said, in words. */
export function diskWords(error: unknown): string {
  return WORDS.get(codeOf(error))?.[1] ?? messageOf(error);
}

/** Why an object failed, if that is the object's own trouble; undefined for what no object is to blame for. */
export function troubleOf(error: unknown): { readonly reason: string; readonly detail: string } | undefined {
  if (error instanceof PlaceError) return { reason: error.reason, detail: error.message };
  if (isStoreError(error, 'no-such-bucket') || isDiskFull(error)) return undefined;
  if (isStoreError(error, 'archived'))
    return { reason: 'archived', detail: 'its copy is in an archive class and has to be thawed first' };
  if (isStoreError(error)) return { reason: error.code, detail: messageOf(error) };
  const [reason, detail] = WORDS.get(codeOf(error)) ?? [];
  if (reason !== undefined && detail !== undefined) return { reason, detail };
  return /^E[A-Z]+$/.test(codeOf(error)) ? { reason: 'disk', detail: messageOf(error) } : undefined;
}
