import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How long S3 and DynamoDB take to answer, in ms. */
export type Latencies = { readonly copy: number; readonly head: number; readonly table: number };

const COPIED =
  '<?xml version="1.0" encoding="UTF-8"?><CopyObjectResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
  '<LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>"0123456789abcdef0123456789abcdef"</ETag>' +
  '<ChecksumCRC64NVME>AAAAAAAAAAA=</ChecksumCRC64NVME><ChecksumType>FULL_OBJECT</ChecksumType></CopyObjectResult>';
const OBJECT = {
  etag: '"0123456789abcdef0123456789abcdef"',
  'content-type': 'application/octet-stream',
  'content-length': '1024',
  'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT',
};

type Answer = {
  readonly after: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
};

/**
 * An endpoint that has every object and no entry, and answers each request after the time that AWS is modelled to take:
 * what a function can do beside it is bounded by the function alone. Runs until its parent ends.
 */
async function serve(latencies: Latencies): Promise<void> {
  const server = createServer((request, response) => {
    request.resume();
    const { after, headers, body } = answerTo(request, latencies);
    setTimeout(() => response.writeHead(200, headers).end(body), after);
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  process.send?.({ port: (server.address() as AddressInfo).port });
  process.once('disconnect', () => process.exit());
}

function answerTo({ method, headers }: IncomingMessage, { copy, head, table }: Latencies): Answer {
  if (headers['x-amz-target'] !== undefined)
    return { after: table, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: '{}' };
  if (method === 'HEAD') return { after: head, headers: OBJECT };
  const version = { 'content-type': 'application/xml', 'x-amz-version-id': 'v1' };
  return { after: copy, headers: version, body: COPIED };
}

if (process.send !== undefined) await serve(JSON.parse(process.argv[2] ?? '{}') as Latencies);
