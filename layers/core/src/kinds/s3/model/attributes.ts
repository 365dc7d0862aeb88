import { createHash } from 'node:crypto';
import type { ObjectFacts } from '../../../model/object.ts';

/**
 * A digest (SHA-256, hex) of what only a write of an object can change besides its bytes: headers, metadata, redirect. It
 * tells apart two writes of the same bytes within a second where there are no versions: ETag, size and time are the same.
 * Tags and the class are not in it: they change without a write.
 */
export function attributesDigest({ headers, metadata, websiteRedirect }: ObjectFacts): string {
  const parts = [sorted(headers), sorted(metadata), websiteRedirect];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** In one order, whatever order an answer of S3 has them in. */
function sorted(record: Readonly<Record<string, string | undefined>>): Array<[string, string | undefined]> {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}
