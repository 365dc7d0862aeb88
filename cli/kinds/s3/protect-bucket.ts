import { ADDRESSES } from '@holdfast/core/kinds/addresses.ts';
import { vaultPlace } from '@holdfast/core/kinds/s3/model/vault-key.ts';
import { bucketOf, sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import { defined } from '@holdfast/core/model/defined.ts';
import { coverage, type SourceSettings } from '@holdfast/core/model/source.ts';
import { captureRuleName, sourceStackName } from '@holdfast/core/model/stack-names.ts';
import { Option } from 'commander';
import type { CoreStack } from '../../../operations/core-stack.ts';
import { SOURCE_TAG, STACK_TAG, type StackRequest } from '../../../operations/ports.ts';
import { checkBucket, checkNotVault } from '../../../operations/sources/check-bucket.ts';
import type { Connection } from '../../context.ts';
import { roleOf } from '../../core-stack.ts';
import { ON_OFF, type OnOff } from '../../options.ts';
import { type CoveredOptions, parseCovered } from '../../sources/covered-argument.ts';
import { readTemplate } from '../../sources/read-template.ts';
import { counted } from '../../text/format.ts';
import type { Protection, ProtectionOf } from '../protection.ts';
import { canaryKey, checkCanaryPlace } from './canary-argument.ts';
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

/** Listings of a thousand keys each: what is not found in ten thousand keys may be further on. */
const MOST_PAGES = 10;

/**
 * A warning where globs take none of a bucket's objects: what is mistyped would be noticed on the bad day.
 *
 * @returns nothing for an empty bucket, and for one without globs
 */
async function noneIsMeant(
  {
    source,
    prefix = '',
    include = [],
    exclude = [],
  }: Pick<SourceSettings, 'source' | 'prefix' | 'include' | 'exclude'>,
  { world: { store } }: Connection,
): Promise<string[]> {
  if (include.length + exclude.length === 0) return [];
  const isMeant = coverage({ prefix, include, exclude });
  let seen = 0;
  let after: string | undefined;
  for (let pages = 1; ; pages++) {
    const page = await store.list({
      bucket: bucketOf(source),
      prefix,
      ...(after === undefined ? {} : { after }),
    });
    if (page.objects.some(({ key }) => isMeant(key))) return [];
    seen += page.objects.length;
    after = page.objects.at(-1)?.key;
    if (page.more && pages < MOST_PAGES) continue;
    if (seen === 0) return [];
    const which = page.more ? `the first ${counted(seen, 'object')}` : `its ${counted(seen, 'object')}`;
    return [
      `the globs take none of ${which}; see docs/globs.md for what they mean, or look with: holdfast find`,
    ];
  }
}

/** The small stack that wires one bucket to the core stack. */
async function bucketStack(
  bucket: string,
  {
    prefix = '',
    tagChanges = true,
    canaryKey,
    acls = false,
  }: Pick<SourceSettings, 'prefix' | 'tagChanges'> & { readonly canaryKey?: string; readonly acls?: boolean },
  core: CoreStack,
): Promise<StackRequest> {
  const { outputs, parameters } = core;
  return {
    name: sourceStackName(core.name, sourceUri(bucket), ADDRESSES),
    template: await readTemplate('source.yaml'),
    parameters: {
      Bucket: bucket,
      Prefix: prefix,
      CaptureRuleName: captureRuleName(core.name, bucket),
      CaptureQueueArn: outputs.CaptureQueueArn,
      ReconcileQueueArn: outputs.ReconcileQueueArn,
      CaptureChangesRole: roleOf('CaptureChangesRoleName', s3Work, core),
      CaptureBacklogRole: roleOf('CaptureBacklogRoleName', s3Work, core),
      ReconcileSourceRole: roleOf('ReconcileSourceRoleName', s3Work, core),
      RestoreObjectsRole: outputs.RestoreObjectsRoleName,
      ExactRestores: outputs.ExactRestoresAllowed,
      CanaryKey: canaryKey ?? '',
      CanaryVaultKey: canaryKey === undefined ? '' : vaultPlace(bucket, canaryKey).key,
      VaultBucket: outputs.VaultBucket,
      VaultKmsKeyArn: parameters['VaultKmsKeyArn'] ?? '',
      TagChanges: String(tagChanges),
      Acls: String(acls),
      AclRestores: outputs.AclRestoresAllowed,
      CoreStack: core.name,
      AlarmTopicArn: outputs.AlarmTopicArn,
    },
    tags: { [SOURCE_TAG]: sourceUri(bucket), [STACK_TAG]: core.name },
  };
}
