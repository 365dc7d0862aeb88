import type { ReconcileMessage } from '@holdfast/core/model/messages.ts';
import { sourceUri } from '@holdfast/core/model/source-uri.ts';
import { checkBucket, checkNotVault } from './bucket-argument.ts';
import { type CoveredOptions, parseCovered } from './covered-argument.ts';
import type { Protection } from './protection.ts';
import { bucketStack } from './source-stack.ts';

/** How a bucket is protected. @throws {InvalidInputError} for what is no bucket, or no glob */
export function bucketProtection(uri: string, options: CoveredOptions): Protection {
  const { bucket, ...covered } = parseCovered(uri, options);
  const source = sourceUri(bucket);
  return {
    settings: { ...covered, source },
    check: async (connection) => {
      checkNotVault(bucket, connection);
      await checkBucket(bucket, connection);
    },
    stack: (core) => bucketStack(bucket, covered.prefix ?? '', core),
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
