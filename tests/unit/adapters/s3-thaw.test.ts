import { RestoreObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { S3ObjectStore } from '@holdfast/core/aws/s3-object-store.ts';
import type { StoreErrorCode } from '@holdfast/core/model/errors.ts';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';

const client = new S3Client({ region: 'eu-central-1' });
const s3 = mockClient(client);
const store = new S3ObjectStore(client);
const REF = { bucket: 'vault', key: 's3/photos/a b', versionId: 'v1' };

beforeEach(() => s3.reset());

function answered(httpStatusCode: number) {
  s3.on(RestoreObjectCommand).resolves({ $metadata: { httpStatusCode } });
}

function refused(name: string, httpStatusCode: number) {
  s3.on(RestoreObjectCommand).rejects(
    Object.assign(new Error('no luck'), { name, $metadata: { httpStatusCode } }),
  );
}

describe('a request to thaw', () => {
  it('names version, tier and days', async () => {
    answered(202);
    await store.thaw(REF, { tier: 'expedited', days: 3 });
    expect(s3.commandCalls(RestoreObjectCommand)[0]?.args[0].input).toEqual({
      Bucket: 'vault',
      Key: 's3/photos/a b',
      VersionId: 'v1',
      RestoreRequest: { Days: 3, GlacierJobParameters: { Tier: 'Expedited' } },
    });
  });

  it('says nothing of days to Intelligent-Tiering, which would refuse them', async () => {
    answered(202);
    await store.thaw(REF, { tier: 'bulk' });
    expect(s3.commandCalls(RestoreObjectCommand)[0]?.args[0].input.RestoreRequest).toEqual({
      GlacierJobParameters: { Tier: 'Bulk' },
    });
  });

  it('tells asked from thawed and thawing', async () => {
    answered(202);
    expect(await store.thaw(REF, { tier: 'bulk', days: 1 })).toBe('asked');
    answered(200);
    expect(await store.thaw(REF, { tier: 'bulk', days: 1 })).toBe('thawed');
    refused('RestoreAlreadyInProgress', 409);
    expect(await store.thaw(REF, { tier: 'bulk', days: 1 })).toBe('thawing');
  });

  it.each<[string, number, StoreErrorCode]>([
    ['InvalidObjectState', 403, 'not-archived'],
    ['ObjectAlreadyInActiveTierError', 403, 'not-archived'],
    ['GlacierExpeditedRetrievalNotAvailable', 503, 'no-capacity'],
    ['AccessDenied', 403, 'access-denied'],
    ['NoSuchVersion', 404, 'not-found'],
    ['SlowDown', 503, 'throttled'],
  ])('refused with %s is %s %s', async (name, status, code) => {
    refused(name, status);
    await expect(store.thaw(REF, { tier: 'expedited', days: 1 })).rejects.toMatchObject({ code });
  });
});
