import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BegunUpload } from '../site.ts';
import { SiteError } from '../site-error.ts';
import { answerOf, begin, IDLE_MS, refusal } from './signed-url.ts';

/** PUTs bytes to a signed URL, with exactly the headers that it was signed with. */
export async function upload(
  { url, headers }: Pick<BegunUpload, 'url' | 'headers'>,
  body: AsyncIterable<Uint8Array>,
  size: number,
  idleMs = IDLE_MS,
): Promise<void> {
  const request = begin(url, 'PUT', { ...headers, 'Content-Length': String(size) }, idleMs);
  const answering = answerOf(request, 'the upload');
  // A refusal may come before the bytes are through: then it is the answer that counts.
  const sending = pipeline(Readable.from(exactly(body, size)), request);
  const [sent, answered] = await Promise.allSettled([sending, answering]);
  if (sent.status === 'rejected' && sent.reason instanceof Error && !isOfTransport(sent.reason)) {
    request.destroy();
    throw sent.reason;
  }
  if (answered.status === 'rejected') throw answered.reason;
  answered.value.resume();
  if (answered.value.statusCode !== 200) throw refusal(answered.value, 'the upload');
}

/** Bytes beyond what was announced would be taken for the next request. */
async function* exactly(body: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let sent = 0;
  for await (const chunk of body) {
    sent += chunk.length;
    if (sent > size) break;
    yield chunk;
  }
  if (sent !== size)
    throw new SiteError(
      'corrupt',
      `the upload was announced with ${size} bytes, and ${sent > size ? 'more' : sent} came`,
    );
}

/** By the code that Node's network errors have; the source of the bytes has errors of its own. */
function isOfTransport(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string' && /^(E[A-Z]+|ERR_STREAM_\w+)$/.test(error.code);
}
