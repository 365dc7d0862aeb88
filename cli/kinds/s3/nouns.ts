import type { Nouns } from '@holdfast/core/source/nouns.ts';

/** How people speak of buckets. */
export const s3Nouns: Nouns = {
  one: 'a bucket',
  wholeForm: 's3://bucket',
  protectForm: 's3://bucket[/prefix]',
  partForms: ['s3://bucket', 's3://bucket/prefix'],
  itemForm: 's3://bucket/key',
  nothingOf: (uri) => `nothing of ${uri}`,
  noVersionOf: (uri) => `no version of ${uri}`,
  reasons: {},
};
