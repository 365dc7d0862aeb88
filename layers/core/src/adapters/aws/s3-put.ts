import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Written } from '../../ports/object-store.ts';
import { attempt, uri } from './s3-attempt.ts';
import { toWritten } from './s3-facts.ts';
import { QUICK } from './s3-quick.ts';
import { objectInput } from './s3-requests.ts';

/** Writes a small text object. */
export function putText(
  client: S3Client,
  place: { readonly bucket: string; readonly key: string },
  text: string,
  contentType: string,
): Promise<Written> {
  return attempt(`put ${uri(place)}`, async () => {
    const input = { ...objectInput(place), Body: text, ContentType: contentType };
    return toWritten(await client.send(new PutObjectCommand(input), QUICK));
  });
}
