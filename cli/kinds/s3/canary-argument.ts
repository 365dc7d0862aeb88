import { CANARY_NAME, MAX_CANARY_BYTES, readCanary } from '@holdfast/core/kinds/s3/model/canary.ts';
import { parseBucketUri, sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import { keyBytes, MAX_KEY_BYTES } from '@holdfast/core/model/byte-order.ts';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import { coverage, type SourceSettings } from '@holdfast/core/model/source.ts';
import type { Connection } from '../../context.ts';
import { visibleKey } from '../../text/visible.ts';

/** What a policy would read as something else than itself. Source: IAM user guide, "Resource": wildcards, variables. */
const OF_POLICIES = /[*?$]/;

/**
 * The key of the canary that `--canary s3://bucket/prefix` asks for: `<prefix>holdfast-canary`.
 *
 * @throws {InvalidInputError} for one that would not be backed up, or that no right can be given for
 */
export function canaryKey(
  uri: string,
  bucket: string,
  covered: Pick<SourceSettings, 'prefix' | 'include' | 'exclude'>,
): string {
  const place = parseBucketUri(uri);
  if (place.bucket !== bucket)
    throw new InvalidInputError(
      `--canary "${uri}" is in another bucket than ${sourceUri(bucket)}: a canary is written where changes are captured`,
    );
  const key = place.prefix + CANARY_NAME;
  if (OF_POLICIES.test(key))
    throw new InvalidInputError(
      `--canary "${uri}": a right for one object cannot be given where its key has "*", "?" or "$"; name another prefix`,
    );
  if (keyBytes(key) > MAX_KEY_BYTES)
    throw new InvalidInputError(
      `--canary: the key would be longer than S3's 1,024 bytes; name a shorter prefix`,
    );
  if (!coverage(covered)(key))
    throw new InvalidInputError(
      `--canary "${uri}": ${sourceUri(bucket)}/${key} would not be backed up, by the prefix or the globs that you gave; ` +
        'name a prefix within them',
    );
  return key;
}

/** Refuses a place where somebody else's object is: it would be written over. @throws {InvalidInputError} */
export async function checkCanaryPlace(
  bucket: string,
  key: string,
  { world: { store } }: Pick<Connection, 'world'>,
): Promise<void> {
  const head = await store.head({ bucket, key });
  if (!head.found && head.why === 'absent') return;
  const place = `${sourceUri(bucket)}/${visibleKey(key)}`;
  if (!head.found && head.why === 'access-denied')
    throw new InvalidInputError(
      `whether there is an object ${place} already cannot be seen: it takes s3:GetObject and s3:ListBucket`,
    );
  if (head.found && (head.object.size ?? 0) <= MAX_CANARY_BYTES && !head.object.archived) {
    if (readCanary(await store.get({ bucket, key }), sourceUri(bucket)) !== undefined) return;
  }
  throw new InvalidInputError(
    `${place} is there already, and is no canary of Holdfast: it would be written over each hour; name another prefix`,
  );
}
