/** S3 takes at most so many parts of an object. */
const MAX_PARTS = 10_000;

/** The part size for an object: the smallest one allowed that needs no more than 10,000 parts. All in bytes. */
export function partBytesFor(size: number, smallest: number): number {
  return Math.max(smallest, Math.ceil(size / MAX_PARTS));
}

/** Gathers chunks into parts of `bytes` bytes each, the last one shorter. Holds one part, and the chunks of the next. */
export async function* inParts(
  body: AsyncIterable<Uint8Array>,
  bytes: number,
): AsyncGenerator<Uint8Array, void> {
  let chunks: Uint8Array[] = [];
  let gathered = 0;
  for await (const chunk of body) {
    let from = 0;
    while (gathered + chunk.length - from >= bytes) {
      const until = from + bytes - gathered;
      yield Buffer.concat([...chunks, chunk.subarray(from, until)]);
      from = until;
      chunks = [];
      gathered = 0;
    }
    if (from < chunk.length) {
      chunks.push(chunk.subarray(from));
      gathered += chunk.length - from;
    }
  }
  if (gathered > 0) yield Buffer.concat(chunks);
}
