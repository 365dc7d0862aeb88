import { GetObjectCommand, type GetObjectCommandOutput, type S3Client } from '@aws-sdk/client-s3';
import { defined } from '../model/defined.ts';
import { StoreError } from '../model/errors.ts';
import type { ObjectRef, OpenObject, OpenOptions } from '../ports/object-store.ts';
import { attempt, uri } from './s3-attempt.ts';
import { quotedEtag } from './s3-encoding.ts';
import { toStoreError } from './s3-errors.ts';
import { toObjectFacts } from './s3-facts.ts';
import { withAllMetadata } from './s3-metadata.ts';
import { QUICK } from './s3-quick.ts';
import { isHttpRequest, objectInput } from './s3-requests.ts';

/** Reads an object as a stream. */
export function openObject(
  client: S3Client,
  ref: ObjectRef & { readonly ifMatch?: string },
  { range, signal }: OpenOptions,
): Promise<OpenObject> {
  const what = `read ${uri(ref)}`;
  return attempt(what, async () => {
    const command = withChecksums(
      new GetObjectCommand({
        ...objectInput(ref),
        ...defined({
          IfMatch: ref.ifMatch && quotedEtag(ref.ifMatch),
          Range: range && `bytes=${range.first}-${range.last ?? ''}`,
        }),
      }),
    );
    const answer = await client.send(withAllMetadata(command), {
      ...QUICK,
      ...defined({ abortSignal: signal }),
    });
    return { object: { ...toObjectFacts(answer), size: wholeSize(answer) }, body: bytesOf(answer, what) };
  });
}

/**
 * Asks for the checksums by header: asked by the SDK's own parameter, the SDK computes them too, and what it throws of a
 * mismatch does not say what it found.
 */
function withChecksums(command: GetObjectCommand): GetObjectCommand {
  command.middlewareStack.add(
    (next) => (args) => {
      const { request } = args;
      if (isHttpRequest(request)) request.headers['x-amz-checksum-mode'] = 'ENABLED';
      return next(args);
    },
    { step: 'build', name: 'checksumsByHeader' },
  );
  return command;
}

/** Of a range, the answer's length is the range's. */
function wholeSize({ ContentRange, ContentLength }: GetObjectCommandOutput): number {
  const whole = ContentRange?.split('/').at(-1);
  return whole === undefined ? (ContentLength ?? 0) : Number(whole);
}

async function* bytesOf({ Body }: GetObjectCommandOutput, what: string): AsyncGenerator<Uint8Array> {
  if (!isIterable(Body)) throw new StoreError('unavailable', `${what}: S3 answered without a body`);
  try {
    yield* Body;
  } catch (error) {
    throw toStoreError(error, what);
  }
}

function isIterable(body: unknown): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}
