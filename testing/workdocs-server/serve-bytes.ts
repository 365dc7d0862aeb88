import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { type MemorySite, uploadHeaders } from '../memory/memory-site.ts';
import type { SignedPlace } from '../memory/site-urls.ts';

type Exchange = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly site: MemorySite;
};
/** What is answered. With `breaks`, the connection is lost behind the body. */
type Answer = {
  readonly status: number;
  readonly body?: Uint8Array | string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly breaks?: boolean;
};

/** What S3 does behind a signed URL: gives the bytes of a version, or takes them. */
export async function serveBytes(exchange: Exchange): Promise<void> {
  const { response } = exchange;
  const { status, body = '', headers = {}, breaks = false } = await answerTo(exchange);
  response.writeHead(status, headers);
  if (breaks) response.write(body, () => response.destroy());
  else response.end(body);
}

function answerTo({ request, site }: Exchange): Answer | Promise<Answer> {
  const href = new URL(request.url ?? '', site.model.urls.base).href;
  const verdict = site.model.urls.check(href, site.model.clock());
  if (verdict.state === 'forged') return refusal(403, 'SignatureDoesNotMatch');
  if (verdict.state === 'expired') return refusal(403, 'AccessDenied', 'Request has expired');
  const method = verdict.place.purpose === 'source' ? 'GET' : 'PUT';
  if (request.method !== method) return refusal(403, 'SignatureDoesNotMatch');
  return method === 'GET' ? give(request, site, verdict.place) : take(request, site, verdict.place);
}

function give(request: IncomingMessage, site: MemorySite, place: SignedPlace): Answer {
  const { documentId, versionId } = place;
  const version = site.model.document(documentId).versions.find(({ id }) => id === versionId);
  const how = site.spoilt.get(versionId);
  if (how === 'refused') return refusal(500, 'InternalError');
  if (version?.bytes === undefined) return refusal(404, 'NoSuchKey');
  const part = rangeOf(request.headers.range, version.bytes);
  if (part === undefined) return refusal(416, 'InvalidRange');
  const breaks = how === 'broken';
  const body = breaks || how === 'shorter' ? part.subarray(0, Math.floor(part.length / 2)) : part;
  return {
    status: request.headers.range === undefined ? 200 : 206,
    body: how === 'content' ? body.map((byte) => byte ^ 1) : body,
    headers: how === 'no-length' ? {} : { 'Content-Length': String((breaks ? part : body).length) },
    breaks,
  };
}

/** A PUT has to come with its length, and with exactly the headers that the URL was signed with. */
async function take(request: IncomingMessage, site: MemorySite, place: SignedPlace): Promise<Answer> {
  if (request.headers['content-length'] === undefined) return refusal(411, 'MissingContentLength');
  const { contentType } = site.model.version(place.documentId, place.versionId);
  const isSigned = Object.entries(uploadHeaders(contentType)).every(
    ([name, value]) => request.headers[name.toLowerCase()] === value,
  );
  if (!isSigned) return refusal(403, 'SignatureDoesNotMatch');
  site.model.putBytes(place, await buffer(request));
  return { status: 200 };
}

function rangeOf(header: string | undefined, bytes: Uint8Array): Uint8Array | undefined {
  if (header === undefined) return bytes;
  const [, first = '', last = ''] = /^bytes=(\d+)-(\d*)$/.exec(header) ?? [];
  if (first === '' || Number(first) >= bytes.length) return undefined;
  return bytes.subarray(Number(first), last === '' ? undefined : Number(last) + 1);
}

function refusal(status: number, code: string, message = code): Answer {
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return { status, body, headers: { 'Content-Type': 'application/xml', Connection: 'close' } };
}
