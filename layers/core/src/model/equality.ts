import type { RestoreWish } from './restore-request.ts';

/**
 * Whether a restore asks that bytes be compared. Otherwise the size and the time prove that a file is what the copy would
 * make of it; with this, only a checksum does (docs/restore.md, "What is already right").
 */
export function asksForBytes({
  versionId,
  overwrite,
  verify,
}: Pick<RestoreWish, 'overwrite' | 'verify'> & { readonly versionId?: string | undefined }): boolean {
  return versionId !== undefined || overwrite !== 'never' || verify;
}
