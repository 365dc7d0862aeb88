import type { IncomingMessage } from 'node:http';
import { defined } from '../../../model/defined.ts';
import type { DownloadOptions, OpenDownload } from '../site.ts';
import { answerOf, begin, broken, IDLE_MS, refusal } from './signed-url.ts';

/** Opens what a signed URL leads to. */
export async function download(
  href: string,
  { range, signal }: DownloadOptions,
  idleMs = IDLE_MS,
): Promise<OpenDownload> {
  const headers = range === undefined ? {} : { Range: `bytes=${range.first}-${range.last ?? ''}` };
  const request = begin(href, 'GET', headers, idleMs, signal);
  request.end();
  const answer = await answerOf(request, 'the download', signal);
  const expected = range === undefined ? 200 : 206;
  if (answer.statusCode !== expected) throw refusal(answer, 'the download');
  return { ...defined({ length: lengthOf(answer) }), body: bytesOf(answer, signal) };
}

function lengthOf({ headers }: IncomingMessage): number | undefined {
  const length = headers['content-length'];
  return length === undefined ? undefined : Number(length);
}

async function* bytesOf(answer: IncomingMessage, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of answer) yield chunk;
  } catch (error) {
    signal?.throwIfAborted();
    throw broken(error, 'the download');
  } finally {
    answer.destroy();
  }
}
