import { S3ObjectStore } from '@holdfast/core/aws/s3-object-store.ts';
import { describe, expect, it } from 'vitest';
import { type Answer, cannedS3, errorXml } from '../../support/canned-s3.ts';

const FACTS = {
  etag: '"e"',
  'content-length': '5',
  'last-modified': 'Sun, 01 Mar 2026 12:00:00 GMT',
};

async function head(...answers: Answer[]) {
  const { client, requests } = cannedS3(answers);
  return { result: await new S3ObjectStore(client).head({ bucket: 'b', key: 'k' }), requests };
}

async function factsOf(headers: Record<string, string>) {
  const { result } = await head({ headers: { ...FACTS, ...headers } });
  if (!result.found) throw new Error(result.why);
  return result.object;
}

describe('head', () => {
  it('reads the least S3 says, and asks for the checksum', async () => {
    const { result, requests } = await head({ headers: FACTS });
    expect(result).toEqual({
      found: true,
      object: {
        etag: 'e',
        size: 5,
        lastModified: Date.parse('2026-03-01T12:00:00Z'),
        storageClass: 'STANDARD',
        archived: false,
        headers: {},
        metadata: {},
        tagCount: 0,
      },
    });
    expect(requests[0]?.headers['x-amz-checksum-mode']).toBe('ENABLED');
  });

  it('keeps an Expires that is no date', async () => {
    expect((await factsOf({ expires: 'never' })).headers.expires).toBe('never');
  });

  it('takes a checksum over the whole object only', async () => {
    const whole = { 'x-amz-checksum-crc64nvme': 'AAAA', 'x-amz-checksum-type': 'FULL_OBJECT' };
    const ofParts = { 'x-amz-checksum-sha256': 'AAAA-2', 'x-amz-checksum-type': 'COMPOSITE' };
    expect((await factsOf(whole)).checksum).toEqual({ algorithm: 'CRC64NVME', value: 'AAAA' });
    expect(await factsOf(ofParts)).not.toHaveProperty('checksum');
    // Where the type is not said, the number of parts behind the value says it.
    expect(await factsOf({ 'x-amz-checksum-crc32': 'AAAAAA==-2' })).not.toHaveProperty('checksum');
  });

  it('says how S3 encrypts the object: with a KMS key, its ETag is no MD5', async () => {
    const header = { 'x-amz-server-side-encryption': 'aws:kms' };
    expect(await factsOf(header)).toMatchObject({ encryption: 'aws:kms' });
    expect(await factsOf({})).not.toHaveProperty('encryption');
  });

  it('says with which key, and how it is locked', async () => {
    const headers = {
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': 'arn:aws:kms:us-east-1:111122223333:key/k',
      'x-amz-object-lock-mode': 'GOVERNANCE',
      'x-amz-object-lock-retain-until-date': '2027-01-01T00:00:00.000Z',
      'x-amz-object-lock-legal-hold': 'ON',
    };
    expect(await factsOf(headers)).toMatchObject({
      kmsKey: 'arn:aws:kms:us-east-1:111122223333:key/k',
      lock: { mode: 'GOVERNANCE', until: Date.parse('2027-01-01T00:00:00Z') },
      legalHold: true,
    });
    const off = await factsOf({ 'x-amz-object-lock-legal-hold': 'OFF' });
    for (const absent of ['kmsKey', 'lock', 'legalHold']) expect(off).not.toHaveProperty(absent);
  });

  it.each([
    [{ 'x-amz-storage-class': 'GLACIER' }, true],
    [{ 'x-amz-storage-class': 'DEEP_ARCHIVE', 'x-amz-restore': 'ongoing-request="true"' }, true],
    [
      {
        'x-amz-storage-class': 'DEEP_ARCHIVE',
        'x-amz-restore': 'ongoing-request="false", expiry-date="Fri, 06 Mar 2026 00:00:00 GMT"',
      },
      false,
    ],
    [{ 'x-amz-storage-class': 'GLACIER_IR' }, false],
    [{ 'x-amz-storage-class': 'INTELLIGENT_TIERING' }, false],
    [{ 'x-amz-storage-class': 'INTELLIGENT_TIERING', 'x-amz-archive-status': 'ARCHIVE_ACCESS' }, true],
  ])('knows whether it must be thawed: %j', async (headers, archived) => {
    expect((await factsOf(headers)).archived).toBe(archived);
  });

  it('tells where the bytes lie, and what became of a request for them', async () => {
    const deep = { 'x-amz-storage-class': 'DEEP_ARCHIVE' };
    expect(await factsOf(deep)).toMatchObject({ archive: 'DEEP_ARCHIVE' });
    expect(await factsOf(deep)).not.toHaveProperty('thaw');
    expect(await factsOf({ ...deep, 'x-amz-restore': 'ongoing-request="true"' })).toMatchObject({
      thaw: { state: 'thawing' },
    });
    const done = 'ongoing-request="false", expiry-date="Fri, 06 Mar 2026 00:00:00 GMT"';
    expect(await factsOf({ ...deep, 'x-amz-restore': done })).toMatchObject({
      thaw: { state: 'thawed', until: Date.parse('2026-03-06T00:00:00Z') },
    });
    const tiering = { 'x-amz-storage-class': 'INTELLIGENT_TIERING' };
    const moving = {
      ...tiering,
      'x-amz-archive-status': 'DEEP_ARCHIVE_ACCESS',
      'x-amz-restore': 'ongoing-request="true"',
    };
    expect(await factsOf(moving)).toMatchObject({
      archived: true,
      archive: 'DEEP_ARCHIVE_ACCESS',
      thaw: { state: 'thawing' },
    });
    expect(await factsOf(tiering)).not.toHaveProperty('archive');
  });

  it.each([
    [404, 'absent'],
    [405, 'absent'],
    [403, 'access-denied'],
  ])('takes %i for %s', async (status, why) => {
    expect((await head({ status })).result).toEqual({ found: false, why });
  });

  it('asks what a 400 means, and finds SSE-C', async () => {
    const refusal = {
      status: 400,
      body: errorXml(
        'InvalidRequest',
        'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.',
      ),
    };
    const { result, requests } = await head({ status: 400 }, refusal);
    expect(result).toEqual({ found: false, why: 'customer-key' });
    expect(requests[1]).toMatchObject({ method: 'GET', headers: { range: 'bytes=0-0' } });
  });

  it.each([
    [{ status: 400, body: errorXml('ExpiredToken') }, 'unavailable'],
    [{ status: 400, body: errorXml('InvalidArgument') }, 'invalid'],
    [{ status: 200, body: 'x' }, 'unavailable'],
  ])('takes no other 400 for a fact about the object: %j', async (answer, code) => {
    await expect(head({ status: 400 }, answer)).rejects.toMatchObject({ code });
  });

  it.each([301, 400])('proves nothing about a bucket of another region (%i)', async (status) => {
    const elsewhere = { status, headers: { 'x-amz-bucket-region': 'us-west-2' } };
    await expect(head(elsewhere)).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('us-west-2'),
    });
  });

  it.each([500, 503])('proves nothing when S3 fails (%i)', async (status) => {
    await expect(head({ status })).rejects.toMatchObject({ remedy: 'retry' });
  });
});

describe('bucket', () => {
  const bucket = (answer: Answer) => new S3ObjectStore(cannedS3([answer]).client).bucket('b');

  it('tells the region', async () => {
    const state = await bucket({ headers: { 'x-amz-bucket-region': 'eu-central-1' } });
    expect(state).toEqual({ state: 'exists', region: 'eu-central-1' });
  });

  it('finds one of another region', async () => {
    const state = await bucket({ status: 301, headers: { 'x-amz-bucket-region': 'us-west-2' } });
    expect(state).toEqual({ state: 'elsewhere', region: 'us-west-2' });
  });

  it.each([
    [404, { state: 'absent' }],
    [403, { state: 'access-denied' }],
  ])('takes %i for %j', async (status, state) => {
    expect(await bucket({ status })).toEqual(state);
  });

  it('throws when it cannot know', async () => {
    await expect(bucket({ status: 503 })).rejects.toMatchObject({ code: 'throttled' });
    const reset = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
    await expect(bucket(reset)).rejects.toMatchObject({ code: 'unavailable' });
  });
});
