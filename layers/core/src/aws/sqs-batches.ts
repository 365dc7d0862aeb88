import { HoldfastError } from '../model/errors.ts';

/** One message of a batch. */
export type Envelope = { readonly Id: string; readonly MessageBody: string };

const MAX_ENTRIES = 10;
// SQS takes 1 MiB for a message and for a batch. Older endpoints take 256 KiB, so only a message that is larger
// by itself goes beyond that.
const MAX_MESSAGE_BYTES = 1024 * 1024;
const MAX_BATCH_BYTES = 250 * 1024;

/**
 * A body as SQS accepts it. It takes only the characters that XML has; JSON escapes all others but these two.
 *
 * @throws HoldfastError `fatal` for a body that no queue takes: sending it again would not help
 */
export function fitForSqs(queue: string, json: string): string {
  const body = json.replaceAll('\uFFFE', '\\ufffe').replaceAll('\uFFFF', '\\uffff');
  const bytes = Buffer.byteLength(body);
  if (bytes <= MAX_MESSAGE_BYTES) return body;
  throw new HoldfastError(`a message for the ${queue} queue has ${bytes} bytes; SQS takes 1 MiB`, 'fatal');
}

/** Cuts bodies into batches of at most ten messages that stay small together. */
export function batchesOf(bodies: readonly string[]): Envelope[][] {
  const batches: Envelope[][] = [];
  let batch: Envelope[] = [];
  let bytes = 0;
  for (const MessageBody of bodies) {
    const size = Buffer.byteLength(MessageBody);
    if (batch.length === MAX_ENTRIES || (batch.length > 0 && bytes + size > MAX_BATCH_BYTES)) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push({ Id: String(batch.length), MessageBody });
    bytes += size;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
