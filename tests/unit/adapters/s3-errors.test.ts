import { S3ObjectStore } from '@holdfast/core/aws/s3-object-store.ts';
import { isStoreError } from '@holdfast/core/model/errors.ts';
import { describe, expect, it } from 'vitest';
import { type Answer, cannedS3, errorXml } from '../../support/canned-s3.ts';

const REQUEST = { from: { bucket: 'src', key: 'k' }, to: { bucket: 'vault', key: 'c' } };
const COPIED = { body: '<CopyObjectResult><ETag>"e"</ETag></CopyObjectResult>' };

const copy = (answers: readonly Answer[], options = {}, attempts = 1) =>
  new S3ObjectStore(cannedS3(answers, { attempts }).client).copy({ ...REQUEST, ...options });

describe('a refused copy', () => {
  it.each([
    [404, 'NoSuchKey', 'not-found'],
    [404, 'NoSuchVersion', 'not-found'],
    [404, 'NoSuchBucket', 'no-such-bucket'],
    [403, 'AccessDenied', 'access-denied'],
    [403, 'SomethingNew', 'access-denied'],
    [400, 'KMS.DisabledException', 'access-denied'],
    [403, 'InvalidObjectState', 'archived'],
    [403, 'ObjectNotInActiveTierError', 'archived'],
    [412, 'PreconditionFailed', 'precondition-failed'],
    [409, 'ConditionalRequestConflict', 'precondition-failed'],
    [409, 'OperationAborted', 'unavailable'],
    [503, 'SlowDown', 'throttled'],
    [503, 'ServiceUnavailable', 'unavailable'],
    [500, 'InternalError', 'unavailable'],
    [400, 'RequestTimeout', 'unavailable'],
    [400, 'ExpiredToken', 'unavailable'],
    [400, 'InvalidRequest', 'invalid'],
    [400, 'EntityTooLarge', 'invalid'],
  ])('%i %s is %s', async (status, name, code) => {
    await expect(copy([{ status, body: errorXml(name) }])).rejects.toMatchObject({ code });
  });

  it.each([
    ['SlowDown', 'throttled'],
    ['InternalError', 'unavailable'],
    ['AccessDenied', 'access-denied'],
    ['NoSuchKey', 'not-found'],
    ['PreconditionFailed', 'precondition-failed'],
  ])('finds %s in the body of a 200', async (name, code) => {
    await expect(copy([{ status: 200, body: errorXml(name) }])).rejects.toMatchObject({ code });
  });

  it('takes a 200 that breaks off for no answer', async () => {
    await expect(copy([{ status: 200, body: '' }])).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('tries again after an error in the body of a 200', async () => {
    const written = await copy([{ body: errorXml('InternalError') }, COPIED], {}, 3);
    expect(written.etag).toBe('e');
  });

  it('takes no answer for unavailable', async () => {
    const error = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    await expect(copy([error])).rejects.toMatchObject({ code: 'unavailable', remedy: 'retry' });
  });

  it('names what was asked, what S3 said, and keeps the cause', async () => {
    const error = await copy([{ status: 403, body: errorXml('AccessDenied', 'not yours') }]).catch((e) => e);
    expect(isStoreError(error)).toBe(true);
    expect(error.message).toBe(
      "copy s3://src/k to s3://vault/c: AccessDenied: not yours (a right is missing, or it is another account's bucket)",
    );
    expect(error.cause).toBeInstanceOf(Error);
  });

  it('recognises SSE-C by its words', async () => {
    const words = 'The object was stored using a form of Server Side Encryption.';
    const refusal = copy([{ status: 400, body: errorXml('InvalidRequest', words) }]);
    await expect(refusal).rejects.toMatchObject({ code: 'customer-key' });
  });

  it('takes a 404 for an unmet condition when an object had to be there', async () => {
    const gone = [{ status: 404, body: errorXml('NoSuchKey') }];
    const code = (condition: object) => copy(gone, { condition }).catch((error) => error.code);
    expect(await code({ ifMatch: 'e' })).toBe('precondition-failed');
    expect(await code({ ifAbsent: true })).toBe('not-found');
    const noVersion = copy([{ status: 404, body: errorXml('NoSuchVersion') }], {
      condition: { ifMatch: 'e' },
    });
    await expect(noVersion).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('a refused completion', () => {
  const complete = (name: string) =>
    new S3ObjectStore(cannedS3([{ status: 404, body: errorXml(name) }]).client).completeMultipart(
      { bucket: 'b', key: 'k', uploadId: 'u' },
      [{ number: 1, etag: 'e' }],
      { ifMatch: 'e' },
    );

  it('tells an upload that is gone from an object that is', async () => {
    await expect(complete('NoSuchUpload')).rejects.toMatchObject({ code: 'not-found' });
    await expect(complete('NoSuchKey')).rejects.toMatchObject({ code: 'precondition-failed' });
  });
});

describe('an abort', () => {
  const abort = (status: number, name: string) =>
    new S3ObjectStore(cannedS3([{ status, body: errorXml(name) }]).client).abortMultipart({
      bucket: 'b',
      key: 'k',
      uploadId: 'u',
    });

  it('does not mind an upload that is gone, and minds all else', async () => {
    await expect(abort(404, 'NoSuchUpload')).resolves.toBeUndefined();
    await expect(abort(403, 'AccessDenied')).rejects.toMatchObject({ code: 'access-denied' });
  });
});
