import { once } from 'node:events';
import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { defined } from '../../model/defined.ts';
import { messageOf, SiteError, type SiteErrorCode } from '../../model/errors.ts';
import type { BegunUpload, DownloadOptions, OpenDownload } from '../../ports/site.ts';
import { isOwnMachine } from './own-machine.ts';

/** Without a byte from the other side, in ms. */
const IDLE_MS = 60_000;

// Signed URLs are secrets: none of them is ever in a message, and no error of the transport is kept as a cause.

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

function begin(
  href: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  idleMs: number,
  signal?: AbortSignal,
): ClientRequest {
  const url = new URL(href);
  if (url.protocol !== 'https:' && !isOwnMachine(url.href))
    throw new SiteError(
      'invalid',
      `WorkDocs gave a URL of ${url.host} that is not encrypted: it is not used`,
    );
  const { request } = url.protocol === 'https:' ? https : http;
  const begun = request(url, { method, headers, timeout: idleMs, ...defined({ signal }) });
  begun.on('timeout', () => begun.destroy(new Error(`nothing came for ${idleMs} ms`)));
  return begun;
}

async function answerOf(
  request: ClientRequest,
  what: string,
  signal?: AbortSignal,
): Promise<IncomingMessage> {
  try {
    const [answer] = await once(request, 'response');
    return answer as IncomingMessage;
  } catch (error) {
    signal?.throwIfAborted();
    throw broken(error, what);
  }
}

/** S3 answers 403 to a URL that has expired, and to one that was changed: both ask for a new one. */
function refusal(answer: IncomingMessage, what: string): SiteError {
  const { statusCode = 0 } = answer;
  answer.destroy();
  const code: Readonly<Record<number, SiteErrorCode>> = {
    403: 'expired-url',
    404: 'not-found',
    429: 'throttled',
    503: 'throttled',
  };
  return new SiteError(code[statusCode] ?? 'unavailable', `${what} was answered with status ${statusCode}`);
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

function broken(error: unknown, what: string): SiteError {
  if (error instanceof SiteError) return error;
  return new SiteError('unavailable', `${what} broke off: ${messageOf(error)}`);
}
