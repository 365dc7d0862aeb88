import type { Nouns } from '@holdfast/core/source/nouns.ts';

/** How people speak of buckets. */
export const s3Nouns: Nouns = {
  item: 'object',
  itemForm: 's3://bucket/key',
  nothingOf: (uri) => `nothing of ${uri}`,
  noVersionOf: (uri) => `no version of ${uri}`,
};
