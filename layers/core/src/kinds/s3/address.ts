import type { Address } from '../../model/address.ts';
import { bucketOf, parseBucketUri, sourceUri } from '../../model/bucket-uri.ts';
import { aclRecordPrefix, longVaultPrefix, tagsRecordPrefix, vaultPrefix } from './model/vault-key.ts';

/** `s3://bucket[/prefix]`. */
export const s3Address: Address = {
  scheme: 's3://',
  form: 's3://bucket[/prefix]',
  uriNoun: 'an S3 URI',
  container: 'bucket',
  containers: 'buckets',
  restoreOptions: ['acls'],
  planQueue: 'restore',
  parse: (text) => {
    const { bucket, prefix } = parseBucketUri(text);
    return { source: sourceUri(bucket), prefix };
  },
  stackLabel: (source) => ({ label: bucketOf(source), unique: bucketOf(source) }),
  vaultPrefixes: (source) =>
    [vaultPrefix, longVaultPrefix, tagsRecordPrefix, aclRecordPrefix].map((of) => of(bucketOf(source))),
  isUnder: (key, prefix) => key.startsWith(prefix),
  keysUnder: (prefix) => prefix,
  refusal: ({ acls }, into) =>
    acls && into !== 'bucket'
      ? '"acls" is for buckets as targets: folders and archives keep none'
      : undefined,
};
