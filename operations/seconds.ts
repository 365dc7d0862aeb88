/** A moment without its milliseconds, which S3 does not keep. @param at ms since 1970 */
export function seconds(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}
