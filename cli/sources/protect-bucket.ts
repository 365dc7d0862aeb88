import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import { defined } from '@holdfast/core/model/defined.ts';
import type { ReconcileMessage } from '@holdfast/core/model/messages.ts';
import type { OnOff } from '../options.ts';
import { checkBucket, checkNotVault } from './bucket-argument.ts';
import { canaryKey, checkCanaryPlace } from './canary-argument.ts';
import { type CoveredOptions, parseCovered } from './covered-argument.ts';
import type { Protection } from './protection.ts';
import { bucketStack } from './source-stack.ts';

/** The options that are for buckets only. */
export type BucketOptions = {
  readonly canary?: string;
  readonly tagsChanged?: OnOff;
  readonly acls?: true;
};

/** How a bucket is protected. @throws {InvalidInputError} for what is no bucket, no glob, or no place for a canary */
export function bucketProtection(
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
    first: (jobId) => ({
      queue: 'reconcile',
      message: { kind: 'reconcile', source, trigger: 'protect', jobId } satisfies ReconcileMessage,
    }),
    warnings: () => [],
  };
}
