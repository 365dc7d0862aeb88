import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import type { RestoreRequest } from '@holdfast/core/model/restore-request.ts';
import type { BucketSetup } from '../../operations/ports.ts';
import type { Connection, Context } from '../context.ts';
import { Steps } from '../steps.ts';

/** Refuses a new bucket that is there already. @throws {InvalidInputError} */
export async function checkNewTarget({ target }: RestoreRequest, { world }: Connection): Promise<void> {
  const uri = sourceUri(target.bucket);
  const { state } = await world.store.bucket(target.bucket);
  if (state === 'absent') return;
  throw new InvalidInputError(
    state === 'exists'
      ? `${uri} exists already: restore into it with --to ${uri}, or choose another name`
      : `${uri} belongs to somebody else: bucket names are taken worldwide, choose another one`,
  );
}

/**
 * Makes the target as the source is set up, without versions; a source that is gone is followed by a bucket with S3's own
 * defaults.
 *
 * Versions come when the restore is done. For 15 minutes after they are switched on, S3 may answer 404 for what was written since,
 * and advises to write nothing; a bucket that never had any takes writes at once, and a restore writes each of its objects once.
 * Source: S3 API reference, PutBucketVersioning.
 *
 * @returns how it is to be in the end
 */
export async function createTarget(
  { source, target }: RestoreRequest,
  { buckets, stack }: Connection,
  context: Context,
): Promise<BucketSetup> {
  const uri = sourceUri(target.bucket);
  const bucket = context.kinds.of(source).bucketOf?.(source);
  const like = bucket === undefined ? undefined : await buckets.describe(bucket);
  if (like === undefined && bucket !== undefined) {
    context.output.note(`${source} cannot be read: ${uri} is made with S3's own defaults`);
  }
  const setup = like ?? { versioned: false };
  await new Steps(`restore to ${uri}`, context).run(`make ${uri}`, `${uri} made`, () =>
    buckets.create(target.bucket, { ...setup, versioned: false, region: stack.region }),
  );
  context.output.note(`made ${uri}: ${words(setup)}, not public`);
  return setup;
}

/** Gives a target that was made the versions that its source has, or says how, if nobody waits for the restore's end. */
export async function switchOnVersions(
  { source, target: { bucket } }: RestoreRequest,
  isDone: boolean,
  { buckets }: Connection,
  { output }: Pick<Context, 'output'>,
): Promise<void> {
  const uri = sourceUri(bucket);
  if (isDone) {
    await buckets.keepVersions(bucket);
    output.note(
      `${uri} keeps versions from now on, as ${source} does: AWS advises to write nothing for 15 minutes`,
    );
    return;
  }
  output.note(
    `${uri} keeps no versions yet, as ${source} does: when the job is done, switch them on with aws s3api ` +
      `put-bucket-versioning --bucket ${bucket} --versioning-configuration Status=Enabled`,
  );
}

function words({
  versioned,
  encryption,
}: {
  versioned: boolean;
  encryption?: { algorithm: string };
}): string {
  const encrypted = encryption === undefined ? 'encrypted by S3' : `encrypted (${encryption.algorithm})`;
  return `${encrypted}, ${versioned ? 'without versions until the restore is done' : 'without versions'}`;
}
