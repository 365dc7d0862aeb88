import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import type { RestoreRequest } from '@holdfast/core/model/restore-request.ts';
import { bucketOf, sourceUri } from '@holdfast/core/model/source-uri.ts';
import { isSiteUri } from '@holdfast/core/model/workdocs/site-uri.ts';
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

/** Makes the target as the source is set up; a source that is gone is followed by a bucket with S3's own defaults. */
export async function createTarget(
  { source, target }: RestoreRequest,
  { buckets, stack }: Connection,
  context: Context,
): Promise<void> {
  const uri = sourceUri(target.bucket);
  const like = isSiteUri(source) ? undefined : await buckets.describe(bucketOf(source));
  if (like === undefined && !isSiteUri(source)) {
    context.output.note(`${source} cannot be read: ${uri} is made with S3's own defaults`);
  }
  const setup = like ?? { versioned: false };
  await new Steps(`restore to ${uri}`, context).run(`make ${uri}`, `${uri} made`, () =>
    buckets.create(target.bucket, { ...setup, region: stack.region }),
  );
  context.output.note(`made ${uri}: ${words(setup)}, not public`);
}

function words({
  versioned,
  encryption,
}: {
  versioned: boolean;
  encryption?: { algorithm: string };
}): string {
  const encrypted = encryption === undefined ? 'encrypted by S3' : `encrypted (${encryption.algorithm})`;
  return `${encrypted}, ${versioned ? 'with versions' : 'without versions'}`;
}
