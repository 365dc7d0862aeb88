import { once } from 'node:events';
import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { eachHeader, headerOfText } from '../../../aws/header-bytes.ts';
import { isOwnMachine } from '../../../aws/own-machine.ts';
import { defined } from '../../../model/defined.ts';
import { messageOf } from '../../../model/errors.ts';
import { SiteError, type SiteErrorCode } from '../site-error.ts';

/** Without a byte from the other side, in ms. */
export const IDLE_MS = 60_000;

// Signed URLs are secrets: none of them is ever in a message, and no error of the transport is kept as a cause.

/** Begins a request to a signed URL. @throws {SiteError} `invalid` when it would go unencrypted to another machine */
export function begin(
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
  const begun = request(url, {
    method,
    headers: eachHeader(headers, headerOfText),
    timeout: idleMs,
    ...defined({ signal }),
  });
  // Whoever waits for the answer, or reads it, meets its errors there; without this they would end the process too.
  begun.on('error', () => {});
  begun.on('timeout', () => begun.destroy(new Error(`nothing came for ${idleMs} ms`)));
  return begun;
}

/** Waits for an answer, whatever its status. @throws {SiteError} `unavailable`; the signal's reason */
export async function answerOf(
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
export function refusal(answer: IncomingMessage, what: string): SiteError {
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

/** What the transport failed with, in words without the URL. */
export function broken(error: unknown, what: string): SiteError {
  if (error instanceof SiteError) return error;
  return new SiteError('unavailable', `${what} broke off: ${messageOf(error)}`);
}
