import { s3Address } from '@holdfast/core/kinds/s3/address.ts';
import { s3History } from '@holdfast/core/kinds/s3/history.ts';
import { bucketOf } from '@holdfast/core/model/bucket-uri.ts';
import type { Nouns } from '@holdfast/core/source/nouns.ts';
import type { Kind } from '../kind.ts';
import { s3Protection } from './protect-bucket.ts';
import { s3Standing } from './standing.ts';
import { s3Work } from './work.ts';

/** How people speak of buckets. */
const s3Nouns: Nouns = {
  one: 'a bucket',
  wholeForm: 's3://bucket',
  protectForm: 's3://bucket[/prefix]',
  partForms: ['s3://bucket', 's3://bucket/prefix'],
  itemForm: 's3://bucket/key',
  nothingOf: (uri) => `nothing of ${uri}`,
  noVersionOf: (uri) => `no version of ${uri}`,
  reasons: {},
};

export const S3: Kind = {
  address: s3Address,
  history: s3History,
  nouns: s3Nouns,
  work: s3Work,
  standing: s3Standing,
  protection: s3Protection,
  bucketOf,
};
