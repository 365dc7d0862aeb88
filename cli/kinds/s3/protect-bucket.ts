import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import { defined } from '@holdfast/core/model/defined.ts';
import { Option } from 'commander';
import { checkBucket, checkNotVault } from '../../../operations/sources/check-bucket.ts';
import { ON_OFF, type OnOff } from '../../options.ts';
import { type CoveredOptions, parseCovered } from '../../sources/covered-argument.ts';
import type { Protection, ProtectionOf } from '../protection.ts';
import { bucketStack } from './bucket-stack.ts';
import { canaryKey, checkCanaryPlace } from './canary-argument.ts';
import { noneIsMeant } from './none-is-meant.ts';
import { s3Work } from './work.ts';

/** The options that are for buckets only. */
type BucketOptions = {
  readonly canary?: string;
  readonly tagsChanged?: OnOff;
  readonly acls?: true;
};

/** How a bucket is protected. @throws {InvalidInputError} for what is no bucket, no glob, or no place for a canary */
function bucketProtection(
  uri: string,
  { canary, tagsChanged, acls: asked, ...options }: CoveredOptions & BucketOptions,
): Protection {
  const { bucket, ...covered } = parseCovered(uri, options);
  const source = sourceUri(bucket);
  const tagChanges = tagsChanged !== 'off';
  const acls = asked === true;
  const watched = defined({
    canaryKey: canary === undefined ? undefined : canaryKey(canary, bucket, covered),
  });
  return {
    settings: { ...covered, source, tagChanges },
    ownAccount: true,
    watched,
    acls,
    check: async (connection) => {
      checkNotVault(bucket, connection);
      await checkBucket(bucket, connection);
      if (watched.canaryKey !== undefined) await checkCanaryPlace(bucket, watched.canaryKey, connection);
    },
    stack: (core) =>
      bucketStack(bucket, { ...watched, ...defined({ prefix: covered.prefix }), tagChanges, acls }, core),
    wire: (steps, { world }) =>
      steps.run('switch EventBridge on at the bucket', 'EventBridge switched on', () =>
        world.wiring.connect(bucket),
      ),
    first: (jobId) => s3Work.comparison({ source }, { trigger: 'protect', jobId }),
    warnings: (connection) => noneIsMeant({ ...covered, source }, connection),
  };
}

/** How buckets are protected. */
export const s3Protection: ProtectionOf = {
  options: () => [
    new Option(
      '--canary <uri>',
      'buckets: have a tiny object written at s3://bucket/prefix each hour, and read back from the vault: the lag is then ' +
        'proven; takes a right to write that one object',
    ),
    new Option(
      '--tags-changed <on|off>',
      'of a bucket: whether tags that change after the upload are captured, too (default: on)',
    ).choices(ON_OFF),
    new Option(
      '--acls',
      'of a bucket: remember the ACLs of its objects, where they are not the default one; takes the right to read them, and a request for each object that is captured',
    ),
  ],
  refusals: {},
  of: bucketProtection,
  stays: ['  EventBridge stays switched on at the bucket, since other rules may use it'],
};
