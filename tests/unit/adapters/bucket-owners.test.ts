import { eventBridgeClient, s3Client } from '@holdfast/core/aws/clients.ts';
import { S3ObjectStore } from '@holdfast/core/aws/s3-object-store.ts';
import { EventBridgeWiring } from '@holdfast/core/kinds/s3/aws/eventbridge-wiring.ts';
import type { ObjectStore } from '@holdfast/core/ports/object-store.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { S3BucketAdmin } from '../../../cli/adapters/aws/s3-bucket-admin.ts';
import { operationOf } from '../../../testing/proxy/aws-operation.ts';
import { type RawRequest, rawServer } from '../../support/raw-server.ts';

const OWN = '111122223333';
const OTHER = '999988887777';

let server: Awaited<ReturnType<typeof rawServer>>;
beforeAll(async () => {
  server = await rawServer(() => ({ status: 200, body: '<X><UploadId>u</UploadId><ETag>"e"</ETag></X>' }));
});
afterAll(() => server.stop());

function options() {
  return { endpoint: server.endpoint, region: 'eu-central-1', account: OWN, limits: { attempts: 1 } };
}

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  onTestFinished(() => void vi.unstubAllEnvs());
  server.requests.length = 0;
});

const AT = { bucket: 'b', key: 'k' };
const UPLOAD = { ...AT, uploadId: 'u' };
const FROM = { ...AT, versionId: 'v', ifMatch: 'e' };

/** Each method of the store, asked once; the compiler asks for one that is added. */
const CALLS: {
  readonly [Method in Exclude<keyof ObjectStore, 'ofAccount'>]: (store: ObjectStore) => Promise<unknown>;
} = {
  head: (store) => store.head(AT),
  bucket: (store) => store.bucket('b'),
  list: (store) => store.list({ bucket: 'b' }),
  listVersions: (store) => store.listVersions({ bucket: 'b' }),
  copy: (store) => store.copy({ from: FROM, to: AT }),
  beginMultipart: (store) => store.beginMultipart({ to: AT, headers: {}, metadata: {}, tags: {} }),
  copyPart: (store) => store.copyPart(UPLOAD, { number: 1, from: FROM, first: 0, last: 1 }),
  listParts: (store) => store.listParts(UPLOAD),
  completeMultipart: (store) => store.completeMultipart(UPLOAD, [{ number: 1, etag: 'e' }]),
  abortMultipart: (store) => store.abortMultipart(UPLOAD),
  thaw: (store) => store.thaw(AT, { tier: 'bulk', days: 1 }),
  getTags: (store) => store.getTags(AT),
  getAcl: (store) => store.getAcl(AT),
  ownership: (store) => store.ownership('b'),
  putTags: (store) => store.putTags(AT, { a: '1' }),
  hide: (store) => store.hide(AT),
  put: (store) => store.put(AT, 'x', 'text/plain'),
  write: (store) => store.write(AT, Buffer.from('x')),
  writePart: (store) => store.writePart(UPLOAD, 1, Buffer.from('x')),
  get: (store) => store.get(AT),
  open: (store) => store.open(AT),
};

/** Whose each request expects its buckets to be: the bucket's own, and the one that it copies from. */
function ownersIn(requests: readonly RawRequest[]) {
  return requests.map(({ method, target, headers }) => {
    const sent = Object.fromEntries(headers.map(([name, value]) => [name, value.toString('latin1')]));
    return {
      operation: operationOf({ method, url: target, headers: sent }),
      owner: sent['x-amz-expected-bucket-owner'],
      ...('x-amz-copy-source' in sent ? { source: sent['x-amz-source-expected-bucket-owner'] } : {}),
    };
  });
}

describe.each(Object.entries(CALLS))('%s', (_, call) => {
  it('says whose the bucket has to be, and the bucket it copies from', async () => {
    // What becomes of the answer is for the tests of each: here the request counts.
    await Promise.allSettled([call(new S3ObjectStore(s3Client(options())))]);
    const [first, ...more] = ownersIn(server.requests);
    expect([first?.owner, first?.source ?? OWN, more]).toEqual([OWN, OWN, []]);
  });

  it('expects another account of the one bucket that is named, and of no other', async () => {
    const store = new S3ObjectStore(s3Client(options()));
    await Promise.allSettled([call(store.ofAccount('b', OTHER))]);
    await Promise.allSettled([call(store.ofAccount('other', OTHER))]);
    // The same client goes on expecting what it did.
    await Promise.allSettled([call(store)]);
    expect(ownersIn(server.requests).map(({ owner }) => owner)).toEqual([OTHER, OWN, OWN]);
  });
});

it('has the wiring of a bucket say whose it is', async () => {
  const s3 = s3Client(options());
  const eventBridge = eventBridgeClient(options());
  const wiring = new EventBridgeWiring({ s3, eventBridge, ruleName: () => 'r', queueUrl: '' });
  await wiring.connect('b');
  expect(ownersIn(server.requests)).toEqual([
    { operation: 's3 GetBucketNotification', owner: OWN },
    { operation: 's3 PutBucketNotification', owner: OWN },
  ]);
});

it('has the set-up of a bucket say whose it is, and only its creation not, which cannot', async () => {
  const admin = new S3BucketAdmin(s3Client(options()));
  await admin.describe('b');
  const setup = { versioned: true, encryption: { algorithm: 'AES256', bucketKey: false } };
  await admin.create('b', { ...setup, region: 'eu-central-1' });
  const found = ownersIn(server.requests);
  expect(found).toHaveLength(6);
  expect(found.filter(({ owner }) => owner !== OWN)).toEqual([
    { operation: 's3 CreateBucket', owner: undefined },
  ]);
});
