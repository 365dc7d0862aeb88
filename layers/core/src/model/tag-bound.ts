/**
 * Above this, in bytes, a copy is not made again for other tags: 90 days of a MiB in STANDARD cost 13 times what the record
 * of its tags costs to write, and each restore of a larger object one listing more.
 */
export const TAG_COPY_MAX_BYTES = 1024 * 1024;

/** True for what is too large to be copied again for its tags. */
export function keepsTagsBeside(
  size: number,
  limits: { readonly tagCopyMaxBytes: number; readonly multipartThresholdBytes: number },
): boolean {
  return size > Math.min(limits.tagCopyMaxBytes, limits.multipartThresholdBytes);
}
