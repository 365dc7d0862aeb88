import { RestoreObjectCommand, type S3Client, type Tier } from '@aws-sdk/client-s3';
import { defined } from '../model/defined.ts';
import { StoreError } from '../model/errors.ts';
import type { ThawRequest, ThawTier } from '../model/thaw.ts';
import type { ObjectRef, ThawAnswer } from '../ports/object-store.ts';
import { uri } from './s3-attempt.ts';
import { toStoreError } from './s3-errors.ts';
import { QUICK } from './s3-quick.ts';
import { objectInput } from './s3-requests.ts';

const TIERS: Readonly<Record<ThawTier, Tier>> = {
  bulk: 'Bulk',
  standard: 'Standard',
  expedited: 'Expedited',
};

/** What S3 says of an object that needs no thawing: of its class, and of its tier in Intelligent-Tiering. */
const READABLE: ReadonlySet<string> = new Set(['InvalidObjectState', 'ObjectAlreadyInActiveTierError']);

/** RestoreObject. S3 says 202 when it begins, 200 when the copy is there already (and stays for the new days). */
export async function thawObject(
  client: S3Client,
  ref: ObjectRef,
  { tier, days }: ThawRequest,
): Promise<ThawAnswer> {
  const RestoreRequest = { ...defined({ Days: days }), GlacierJobParameters: { Tier: TIERS[tier] } };
  try {
    const answer = await client.send(
      new RestoreObjectCommand({ ...objectInput(ref), RestoreRequest }),
      QUICK,
    );
    return answer.$metadata.httpStatusCode === 200 ? 'thawed' : 'asked';
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    if (name === 'RestoreAlreadyInProgress') return 'thawing';
    const known = toStoreError(error, `thaw ${uri(ref)}`);
    throw READABLE.has(name) ? new StoreError('not-archived', known.message, { cause: error }) : known;
  }
}
