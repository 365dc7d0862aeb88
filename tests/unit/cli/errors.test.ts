import { HoldfastError, InvalidInputError, QueueError, StoreError } from '@holdfast/core/model/errors.ts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CommandError, describeError } from '../../../cli/errors.ts';

/** An error as the SDK throws it. */
function sdkError(name: string, message: string, more: object = {}): Error {
  return Object.assign(new Error(message), { name, ...more });
}

const refused = sdkError('Error', 'connect ECONNREFUSED 127.0.0.1:4566', {
  code: 'ECONNREFUSED',
  address: '127.0.0.1',
  port: 4566,
});

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('describeError', () => {
  it.each([
    ['bad input', new InvalidInputError('"x" is not a time'), 'input', 2, '"x" is not a time'],
    ['what a command says itself', new CommandError('no stack', 'no-stack'), 'no-stack', 1, 'no stack'],
    [
      'no credentials',
      sdkError('CredentialsProviderError', 'Could not load credentials from any providers'),
      'credentials',
      1,
      'no AWS credentials: set AWS_ACCESS_KEY_ID',
    ],
    [
      'a session that has expired',
      sdkError('CredentialsProviderError', 'The SSO session associated with this profile has expired'),
      'credentials',
      1,
      'The SSO session associated with this profile has expired',
    ],
    [
      'credentials that AWS refuses',
      sdkError('ExpiredTokenException', 'The security token included in the request is expired'),
      'credentials',
      1,
      'AWS does not accept the credentials (ExpiredTokenException',
    ],
    ['no region', new Error('Region is missing'), 'region', 1, 'no AWS region: give --region'],
    [
      'an emulator that is down',
      new StoreError('unavailable', 'list s3://b: Error: ECONNREFUSED', { cause: refused }),
      'connection',
      1,
      'nothing answers at 127.0.0.1:4566',
    ],
    [
      'an emulator that is down, by two addresses',
      new AggregateError([refused, refused], ''),
      'connection',
      1,
      'nothing answers at 127.0.0.1:4566',
    ],
    [
      'a host there is not',
      sdkError('Error', 'getaddrinfo ENOTFOUND x.invalid', { code: 'ENOTFOUND', hostname: 'x.invalid' }),
      'connection',
      1,
      'no such host at x.invalid',
    ],
    [
      'no answer',
      sdkError('TimeoutError', 'socket timeout'),
      'connection',
      1,
      'no answer in time at the AWS endpoint',
    ],
    [
      'a right that is lacking, at a service',
      sdkError('AccessDeniedException', 'User: me is not authorized to perform: sqs:ReceiveMessage'),
      'access-denied',
      1,
      'access denied: User: me is not authorized to perform: sqs:ReceiveMessage: check the rights',
    ],
    [
      'a right that is lacking, at a queue',
      new QueueError('sending to the restore queue: not authorized', {
        cause: sdkError('AccessDenied', 'not authorized'),
      }),
      'access-denied',
      1,
      'sending to the restore queue: not authorized: check the rights',
    ],
    [
      'keys that S3 refuses',
      new StoreError('access-denied', 'list s3://b: x', {
        cause: sdkError('InvalidAccessKeyId', 'no such key'),
      }),
      'credentials',
      1,
      'AWS does not accept the credentials (InvalidAccessKeyId: no such key)',
    ],
    [
      'a right that is lacking, at a bucket',
      new StoreError('access-denied', 'list s3://b: Forbidden: no message', {
        cause: sdkError('AccessDenied', 'Access Denied'),
      }),
      'access-denied',
      1,
      'list s3://b: Forbidden: no message: check the rights',
    ],
    [
      'a bucket in another region',
      new StoreError('invalid', 'list s3://b: PermanentRedirect: x (the bucket is in eu-west-1)'),
      'failed',
      1,
      'the bucket is in eu-west-1',
    ],
    [
      'what the core says',
      new HoldfastError('the table is not there', 'fatal'),
      'failed',
      1,
      'the table is not there',
    ],
    [
      'a defect',
      new TypeError('x is not\n  a function'),
      'failed',
      1,
      'TypeError: x is not a function (HOLDFAST_DEBUG=1',
    ],
    ['what is no error at all', 'just words', 'failed', 1, 'just words'],
  ])('tells of %s in one line', (_, error, kind, exitCode, words) => {
    const trouble = describeError(error);

    expect(trouble).toMatchObject({ kind, exitCode });
    expect(trouble.message).toContain(words);
    expect(trouble.message).not.toContain('\n');
  });

  it('names the profile that credentials were looked for in', () => {
    vi.stubEnv('AWS_PROFILE', 'work');

    const { message } = describeError(sdkError('CredentialsProviderError', 'x'));

    expect(message).toContain('no AWS credentials in the profile "work"');
  });
});
