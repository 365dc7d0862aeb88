import { Readable } from 'node:stream';
import type { ListObjectVersionsCommand } from '@aws-sdk/client-s3';

/** Whether each line of the listing, from the top, is a version or a delete marker. */
export type VersionOrder = ReadonlyArray<'version' | 'marker'>;

/**
 * Lets a command note the order of its answer. The SDK sorts S3's one list into versions and delete markers, and
 * which of two lines of the same second is newer can then no longer be told.
 *
 * @returns a function to call after the command was sent
 */
export function watchVersionOrder(command: ListObjectVersionsCommand): () => VersionOrder {
  let order: VersionOrder = [];
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { response } = result;
      if (!hasBody(response)) return result;
      const bytes = await collect(response.body);
      order = orderIn(bytes.toString('utf8'));
      response.body = Readable.from([bytes], { objectMode: false });
      return result;
    },
    // Low in its step: this close to the wire the answer is still text.
    { step: 'deserialize', priority: 'low', name: 'watchVersionOrder' },
  );
  return () => order;
}

/** Texts within the answer are escaped, so a tag is a tag. */
function orderIn(xml: string): VersionOrder {
  return [...xml.matchAll(/<(Version|DeleteMarker)[ >]/g)].map(([, tag]) =>
    tag === 'Version' ? 'version' : 'marker',
  );
}

async function collect(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function hasBody(response: unknown): response is { body: AsyncIterable<Uint8Array> } {
  if (typeof response !== 'object' || response === null || !('body' in response)) return false;
  const { body } = response;
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}
